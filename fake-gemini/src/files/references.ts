import type { Call } from '../http/call.ts'
import type { Project } from '../projects/registry.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { Content } from '../wire/request.ts'
import { fileDenied, fileNotActive } from './errors.ts'
import { stateOf } from './store/file.ts'

const googleHost = 'generativelanguage.googleapis.com'
const shortName = /^files\/([^/?#]+)$/
const address = /^https?:\/\/([^/?#]+)\/(?:v1|v1beta|v1alpha)\/files\/([^/?#:]+)/

/** The id of a file of the Files API. Other addresses are of the web, and have none. */
export function fileIdIn(uri: string, ownHost: string | undefined): string | undefined {
  const short = shortName.exec(uri)?.[1]
  if (short !== undefined) return short
  const [, host, id] = address.exec(uri) ?? []
  return host === googleHost || host === ownHost ? id : undefined
}

/** The first file that the project may not use. */
export function fileProblem(
  call: Call,
  project: Project,
  contents: readonly (Content | undefined)[],
): GoogleError | undefined {
  const { files, clock } = call.context
  for (const uri of fileUris(contents)) {
    const id = fileIdIn(uri, call.request.headers.host)
    if (id === undefined) continue
    const file = files.store.find(project.id, id)
    if (!file) return fileDenied(id)
    if (stateOf(file, clock.now()) !== 'ACTIVE') return fileNotActive(id)
  }
  return undefined
}

type WithFile = { fileData?: { fileUri?: string } }

function* fileUris(contents: readonly (Content | undefined)[]): Generator<string> {
  for (const content of contents) {
    for (const part of content?.parts ?? []) {
      const inResponse: readonly WithFile[] = part.functionResponse?.parts ?? []
      for (const { fileData } of [part, ...inResponse]) {
        if (fileData?.fileUri !== undefined) yield fileData.fileUri
      }
    }
  }
}
