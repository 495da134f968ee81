import { endpoints, type Endpoint } from '@gemini-balance/contract'
import { expect } from 'vitest'
import { adminToken } from './gateway.ts'

export const dayMs = 24 * 3_600_000

export type LoggedIn = { readonly cookie: string; readonly setCookie: string }

/** Logs in as a page does, and returns the cookie. */
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

/** A client address that no test has used, for X-Forwarded-For. */
export function newAddress(): string {
  lastAddress += 1
  return `198.18.${Math.floor(lastAddress / 250)}.${(lastAddress % 250) + 1}`
}

export type AdminCall = {
  readonly method?: string
  readonly body?: unknown
  readonly token?: string
}

/** Calls the admin API as a script does, with the admin token by default. The answer must fit the contract. */
export async function callAdmin(
  { url }: { readonly url: string },
  path: string,
  { method = 'GET', body, token = adminToken }: AdminCall = {},
) {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const answer = JSON.parse(text)
  if (response.status === 200) {
    // What the contract does not know is stripped, and is missed here.
    expect(endpointAt(method, path)?.answer.parse(answer)).toEqual(answer)
  }
  return { status: response.status, text, answer }
}

/** The endpoint of an address; one without parameters wins. */
function endpointAt(method: string, address: string): Endpoint | undefined {
  const [path = ''] = address.split('?')
  const table: readonly Endpoint[] = Object.values(endpoints)
  return table
    .filter((one) => one.method === method && patternOf(one.path).test(path))
    .toSorted((one, other) => one.path.split(':').length - other.path.split(':').length)[0]
}

const patternOf = (path: string) => new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`)
