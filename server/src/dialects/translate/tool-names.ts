/** The names of a request's tools at Gemini and at the client. */
export type ToolNames = {
  toGemini(name: string): string
  toClient(name: string): string
}

/** What every Gemini model accepts; newer models accept a little more. */
const maxLength = 64
/** Leaves room for a number. */
const maxStem = 56
const allowed = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/

/** Renames tools that Gemini would refuse. Accepted names stay, also when a repaired name would equal one. */
export function createToolNames(names: readonly string[]): ToolNames {
  const distinct = new Set(names)
  const taken = new Set([...distinct].filter((name) => allowed.test(name)))
  const take = freeNames(taken)
  const toGemini = new Map<string, string>()
  const toClient = new Map<string, string>()
  for (const name of distinct) {
    if (allowed.test(name)) continue
    const repaired = take(repair(name))
    toGemini.set(name, repaired)
    toClient.set(repaired, name)
  }
  return {
    toGemini: (name) => toGemini.get(name) ?? name,
    toClient: (name) => toClient.get(name) ?? name,
  }
}

function repair(name: string): string {
  const cleaned = name.slice(0, maxLength).replaceAll(/[^A-Za-z0-9_-]/g, '_')
  return /^[A-Za-z_]/.test(cleaned) ? cleaned : `_${cleaned}`.slice(0, maxLength)
}

/** Takes a name, or numbers it when it is taken: `name_2`. Each stem counts on, so that many equal names cost linear time. */
function freeNames(taken: Set<string>): (name: string) => string {
  const numbers = new Map<string, number>()
  return (name) => {
    const stem = name.slice(0, maxStem)
    let number = numbers.get(stem) ?? 1
    let free = name
    while (taken.has(free)) {
      number += 1
      free = `${stem}_${number}`
    }
    numbers.set(stem, number)
    taken.add(free)
    return free
  }
}
