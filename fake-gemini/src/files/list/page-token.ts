/** Where a list goes on. Clients see it as a text without meaning. */
export type PagePosition = {
  /** Only files with a lower sequence follow; undefined means from the newest file. */
  before: number | undefined
  /** How many empty pages were already sent. */
  emptyPages: number
}

const start: PagePosition = { before: undefined, emptyPages: 0 }

export function tokenFor(projectNumber: string, { before, emptyPages }: PagePosition): string {
  const text = ['files', projectNumber, before ?? '', emptyPages].join(' ')
  return Buffer.from(text).toString('base64url')
}

/** Undefined if the token is not one of this project. */
export function readToken(token: string, projectNumber: string): PagePosition | undefined {
  if (token === '') return start
  const [, , before = '', emptyPages = ''] = Buffer.from(token, 'base64url').toString().split(' ')
  const position: PagePosition = {
    before: before === '' ? undefined : Number(before),
    emptyPages: Number(emptyPages),
  }
  return tokenFor(projectNumber, position) === token ? position : undefined
}
