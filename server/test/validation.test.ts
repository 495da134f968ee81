import {
  endpoints,
  readSettings,
  SettingsError,
  settingEntries,
  type Endpoint,
} from '@gemini-balance/contract'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  adminToken,
  clientToken,
  healthyProjects,
  keyNumber,
  useGateway,
} from './support/gateway.ts'

const gateway = useGateway({ fake: { projects: healthyProjects(1) } })

const wrongValues: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e300,
  '',
  'nonsense',
  [],
  [{}],
  {},
  { x: 1 },
]
const longText = 'x'.repeat(5000)

/** Event streams do not end; any setting may be named in a change of settings. */
const skipped = new Set(['getEvents', 'changeSettings', 'logout'])
const table: readonly (readonly [string, Endpoint])[] = Object.entries(endpoints).filter(
  ([name]) => !skipped.has(name),
)

const schema = z.object({ properties: z.record(z.string(), z.unknown()).default({}) })
const fieldsOf = ({ input }: Endpoint) =>
  Object.keys(
    schema.parse(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })).properties,
  )

async function send({ method, path }: Endpoint, field: string, value: unknown) {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const address = path.replaceAll(/:(\w+)/g, (_all, name: string) =>
    name === field ? encodeURIComponent(text === '' ? ' ' : text) : 'none',
  )
  const isGet = method === 'GET'
  const query = isGet ? `?${new URLSearchParams({ [field]: text }).toString()}` : ''
  const response = await fetch(gateway.url + address + query, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    redirect: 'manual',
    ...(isGet ? {} : { body: JSON.stringify({ [field]: value }) }),
  })
  return { status: response.status, text: await response.text() }
}

const problem = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
  problems: z
    .array(
      z.object({
        field: z.string().optional(),
        setting: z.string().optional(),
        problem: z.string(),
      }),
    )
    .optional(),
})

describe('an invalid value of an endpoint is refused with its field and what is allowed', () => {
  test.each(table)('%s', async (_name, endpoint) => {
    for (const field of fieldsOf(endpoint)) {
      for (const value of [...wrongValues, longText]) {
        const { status, text } = await send(endpoint, field, value)
        expect(status, `${field} ${JSON.stringify(value)} ${text}`).toBeLessThan(500)
        expect(text).not.toMatch(/Invalid|Too (?:big|small)|expected|received|undefined/)
        if (status !== 400) continue
        const { problems = [] } = problem.parse(JSON.parse(text))
        for (const one of problems) {
          expect(one.field ?? one.setting).toMatch(/./)
          expect(one.problem).toMatch(/^(?:must|is missing; it must|has unknown members)/)
        }
      }
    }
  })
})

test('an invalid value of a setting is refused with what is allowed', () => {
  for (const { env } of settingEntries) {
    for (const value of [...wrongValues, longText]) {
      try {
        readSettings({ [env]: value })
      } catch (error) {
        if (!(error instanceof SettingsError)) throw error
        expect(error.message).toMatch(/must|unknown members/)
        expect(error.message).not.toMatch(/cannot be used|Invalid|undefined/)
      }
    }
  }
})

test('an invalid value of a chat request is refused with its field and what is allowed', async () => {
  const chat = { model: 'gemini-3.8-flash', messages: [{ role: 'user', content: 'hi' }] }
  const bodies: readonly (readonly [object, string])[] = [
    [
      { messages: [{ role: 'boss', content: 'hi' }] },
      "Invalid 'messages[0].role': must be one of system, developer, user, assistant, model, tool, function, not other text.",
    ],
    [
      { messages: [{ role: 'user', content: [{ type: 'smell' }] }] },
      "Invalid 'messages[0].content[0].type': must be one of text, ",
    ],
    [
      { messages: [{ role: 'user', content: 5 }] },
      "Invalid 'messages[0].content': must be text or a list, not another number.",
    ],
    [{ messages: undefined }, "Invalid 'messages': is missing; it must be a list."],
    [{ temperature: 9 }, "Invalid 'temperature': must be at most 2."],
    [
      { tool_choice: 'sometimes' },
      "Invalid 'tool_choice': must be one of auto, none, required, any or a JSON object, not other text.",
    ],
    [{ stop: 5 }, "Invalid 'stop': must be text or a list, not another number."],
    [
      { response_format: { type: 'poem' } },
      "Invalid 'response_format.type': must be one of text, json_object, json_schema, not other text.",
    ],
    [
      { [keyNumber(1)]: 1, tools: [5] },
      "Invalid 'tools[0]': must be a JSON object, not another number.",
    ],
  ]
  for (const [change, sentence] of bodies) {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${clientToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...chat, ...change }),
    })
    const { error } = z
      .object({ error: z.object({ message: z.string() }) })
      .parse(await response.json())
    expect([response.status, error.message]).toEqual([400, expect.stringContaining(sentence)])
  }
})
