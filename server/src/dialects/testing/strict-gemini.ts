import { startFakeGemini, type FakeGemini } from '@gemini-balance/fake-gemini'

/** Asks a strict Gemini what it thinks of a request: undefined when it takes it, else its words. */
export type SendRequest = (model: string, request: object) => Promise<string | undefined>

export async function openStrictGemini(): Promise<{ ask: SendRequest; fake: FakeGemini }> {
  const fake = await startFakeGemini({ openKeys: true })
  const ask: SendRequest = async (model, request) => {
    const response = await fetch(`${fake.url}/v1beta/models/${model}:generateContent`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-goog-api-key': 'test-key' },
      body: JSON.stringify(request),
    })
    const text = await response.text()
    return response.status === 200 ? undefined : `${response.status} ${text}`
  }
  return { ask, fake }
}
