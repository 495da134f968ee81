import { startFakeGemini, type FakeGemini } from '@gemini-balance/fake-gemini'

/** Sends a request. Undefined when it is accepted, else the status and the error. */
export type SendRequest = (model: string, request: object) => Promise<string | undefined>

/** Fake Gemini, which refuses what Google refuses. */
export async function openStrictGemini(): Promise<{ send: SendRequest; fake: FakeGemini }> {
  const fake = await startFakeGemini({ openKeys: true })
  const send: SendRequest = async (model, request) => {
    const response = await fetch(`${fake.url}/v1beta/models/${model}:generateContent`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-goog-api-key': 'test-key' },
      body: JSON.stringify(request),
    })
    const text = await response.text()
    return response.status === 200 ? undefined : `${response.status} ${text}`
  }
  return { send, fake }
}
