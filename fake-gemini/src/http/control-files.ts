import { addForeignFiles, addGeneratedFile } from '../files/store/prefill.ts'
import type { FileScope } from '../misbehaviour/file-behaviour.ts'
import type { ServerContext } from '../server-context.ts'

type Body = Record<string, unknown>

const done = { ok: true }

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string')
}

function scopeIn({ key, project }: Body): FileScope {
  if (typeof key === 'string' && project === undefined) return { key }
  if (typeof project === 'string' && key === undefined) return { project }
  throw new Error('Give key or project, a string.')
}

function projectIn(context: ServerContext, { project }: Body): string {
  if (typeof project !== 'string') throw new Error('Give project, a string.')
  return context.registry.project(project).id
}

export function setFileMisbehaviours(context: ServerContext, body: Body): unknown {
  const names = body['misbehaviours']
  if (!isNames(names)) throw new Error('Give misbehaviours, a list such as ["list-behind-5000"].')
  context.files.behaviours.set(scopeIn(body), names)
  return done
}

export function addForeign(context: ServerContext, body: Body): unknown {
  const count = body['count']
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) {
    throw new Error('Give count, a whole number from 1.')
  }
  addForeignFiles(context.files.store, projectIn(context, body), count)
  return done
}

export function addGenerated(context: ServerContext, body: Body): unknown {
  const { mimeType, text, sizeBytes } = body
  const name = addGeneratedFile(context.files.store, projectIn(context, body), {
    ...(typeof mimeType === 'string' ? { mimeType } : {}),
    ...(typeof text === 'string' ? { text } : {}),
    ...(typeof sizeBytes === 'number' ? { sizeBytes } : {}),
  })
  return { name }
}

/** The files of all projects, newest first, and who called. */
export function showFiles({ files: { store }, received }: ServerContext): unknown {
  const files = store.projects().map((project) => [project, store.resources(project)] as const)
  return { files: Object.fromEntries(files), calls: received.fileCalls() }
}
