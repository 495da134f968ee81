import { adminToken } from './gateway.ts'

export const dayMs = 24 * 3_600_000

export type LoggedIn = { readonly cookie: string; readonly setCookie: string }

/** Logs in as a page does, and keeps what a browser would keep. */
export async function login(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<LoggedIn> {
  const response = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ token: adminToken }),
  })
  const setCookie = response.headers.getSetCookie()[0]
  if (response.status !== 200 || setCookie === undefined) {
    throw new Error(`The login answered ${response.status}: ${await response.text()}`)
  }
  return { cookie: setCookie.split(';')[0] ?? '', setCookie }
}

let lastAddress = 0

/** An address nobody has called from yet, as a proxy in front would tell of it. */
export function newAddress(): string {
  lastAddress += 1
  return `198.18.${Math.floor(lastAddress / 250)}.${(lastAddress % 250) + 1}`
}
