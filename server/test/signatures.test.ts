import { join } from 'node:path'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { useTemporaryFolder } from '../src/runtime/testing/temporary-folder.ts'
import { openStorage } from '../src/storage/open-storage.ts'
import { clientToken, healthyProjects, startGateway } from './support/gateway.ts'

const dataDir = useTemporaryFolder()

const start = () => startGateway({ dataDir: dataDir(), fake: { projects: healthyProjects(1) } })
const model = 'gemini-3.8-flash'
const tools = [{ type: 'function' as const, function: { name: 'get_time' } }]
const question = { role: 'user' as const, content: 'get_time, then tell me' }

const clientOf = ({ url }: { url: string }) =>
  new OpenAI({ apiKey: clientToken, baseURL: `${url}/v1`, maxRetries: 0 })

/** What most clients keep of an answer's calls: what OpenAI defines. */
async function askForCalls(gateway: { url: string }) {
  const answer = await clientOf(gateway).chat.completions.create({
    model,
    tools,
    messages: [question],
  })
  return (answer.choices[0]?.message.tool_calls ?? []).flatMap((call) =>
    call.type === 'function' ? [{ id: call.id, type: call.type, function: call.function }] : [],
  )
}

test('a conversation goes on after a restart with the signatures that its client dropped', async () => {
  const before = await start()
  const calls = await askForCalls(before)
  await before.close()

  const after = await start()
  try {
    const answer = await clientOf(after).chat.completions.create({
      model,
      tools,
      messages: [
        question,
        { role: 'assistant', content: null, tool_calls: calls },
        ...calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'noon' })),
      ],
    })
    expect(answer.choices[0]?.message.content).toBeTruthy()
    const sent = after.fake.received().at(-1)?.bodyText ?? ''
    expect(sent).toContain('"thoughtSignature"')
    expect(sent).not.toContain('skip_thought_signature_validator')
  } finally {
    await after.close()
  }
})

test('signatures that nobody asked for in a month are removed at the next start', async () => {
  const path = join(dataDir(), 'gemini-balance.db')
  const storage = await openStorage({ database: { kind: 'sqlite', path }, now: Date.now })
  const now = Date.now()
  const day = 24 * 3_600_000
  await storage.signatures.insertMany([
    { name: 'ann call_1', signature: 'old', at: now - 31 * day },
    { name: 'ann call_2', signature: 'new', at: now - 29 * day },
  ])
  await storage.close()

  const gateway = await start()
  const left = async () =>
    (await gateway.program.storage.signatures.newest(10)).map((row) => row.name)
  try {
    await expect.poll(left).toEqual(['ann call_2'])
  } finally {
    await gateway.close()
  }
})
