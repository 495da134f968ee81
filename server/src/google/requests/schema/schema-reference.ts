import { isObject, listOf } from '../../../runtime/json-value.ts'

/** Resolves a `$ref` within its document: `#`, a JSON pointer or an `$anchor`. Never fetches anything. */
export function resolveReference(root: unknown, reference: string): unknown {
  if (reference === '#') return root
  if (reference.startsWith('#/')) return followPointer(root, reference.slice(2))
  if (reference.startsWith('#')) return findAnchor(root, reference.slice(1), 0)
  return undefined
}

function followPointer(root: unknown, pointer: string): unknown {
  let found = root
  for (const step of pointer.split('/')) {
    const name = decode(step).replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(found)) found = listOf(found)[Number(name)]
    else if (isObject(found) && Object.hasOwn(found, name)) found = found[name]
    else return undefined
  }
  return found
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

const maxAnchorDepth = 32

function findAnchor(value: unknown, anchor: string, depth: number): unknown {
  if (depth > maxAnchorDepth) return undefined
  if (Array.isArray(value)) {
    for (const item of listOf(value)) {
      const found = findAnchor(item, anchor, depth + 1)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (!isObject(value)) return undefined
  return value['$anchor'] === anchor ? value : findAnchor(Object.values(value), anchor, depth + 1)
}
