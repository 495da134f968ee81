import { APIError } from 'openai'
import { token } from '../../testing/test-gateway.ts'

/** Posts a chat request and reads the answer to its end, or until the connection breaks. */
export async function postChat({ url }: { readonly url: string }, body: object) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  const bytes: Buffer[] = []
  let isCut = false
  try {
    for await (const chunk of response.body ?? []) bytes.push(Buffer.from(chunk))
  } catch {
    isCut = true
  }
  return { status: response.status, text: Buffer.concat(bytes).toString('utf8'), isCut }
}

/** The error that the official client throws for a request. */
export async function errorOf(request: Promise<unknown>): Promise<APIError> {
  const error = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof APIError) return error
  throw new Error('The request was answered.')
}
