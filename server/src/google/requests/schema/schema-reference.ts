import { isObject, listOf, type JsonObject } from '../../../runtime/json-value.ts'

/** Schemas refer with a few dozen characters. */
const maxReferenceLength = 1000

/** Resolves a `$ref` within its document: `#`, a JSON pointer or an `$anchor`. Never fetches anything. */
export function resolveReference(root: unknown, reference: string): unknown {
  if (reference === '#') return root
  if (reference.length > maxReferenceLength) return undefined
  if (reference.startsWith('#/')) return followPointer(root, reference.slice(2))
  if (reference.startsWith('#') && isObject(root)) return anchorsOf(root).get(reference.slice(1))
  return undefined
}

function followPointer(root: unknown, pointer: string): unknown {
  let found = root
  for (const step of pointer.split('/')) {
    const name = decodeStep(step)
    if (Array.isArray(found)) found = listOf(found)[Number(name)]
    else if (isObject(found) && Object.hasOwn(found, name)) found = found[name]
    else return undefined
  }
  return found
}

/** A step of a JSON pointer as a member's name. */
export function decodeStep(step: string): string {
  return decode(step).replaceAll('~1', '/').replaceAll('~0', '~')
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

const maxAnchorDepth = 32

type Anchors = ReadonlyMap<unknown, JsonObject>
const anchorsByDocument = new WeakMap<JsonObject, Anchors>()

/** The anchors of a document are collected once: each of its references may name one. */
function anchorsOf(root: JsonObject): Anchors {
  const known = anchorsByDocument.get(root)
  if (known !== undefined) return known
  const anchors = new Map<unknown, JsonObject>()
  collectAnchors(root, { anchors, depth: 0 })
  anchorsByDocument.set(root, anchors)
  return anchors
}

type Collected = { readonly anchors: Map<unknown, JsonObject>; readonly depth: number }

function collectAnchors(value: unknown, { anchors, depth }: Collected): void {
  if (depth > maxAnchorDepth) return
  const inner = { anchors, depth: depth + 1 }
  if (Array.isArray(value)) {
    for (const item of listOf(value)) collectAnchors(item, inner)
  } else if (isObject(value)) {
    const anchor = value['$anchor']
    if (anchor !== undefined && !anchors.has(anchor)) anchors.set(anchor, value)
    collectAnchors(Object.values(value), inner)
  }
}
