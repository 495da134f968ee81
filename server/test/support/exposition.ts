/** A line of `/metrics`. */
export type MetricLine = {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export type Exposition = {
  readonly lines: readonly MetricLine[]
  readonly types: ReadonlyMap<string, string>
  /** The only line with these labels; fails when there is none or more than one. */
  value(name: string, labels?: Readonly<Record<string, string>>): number
  /** The sum of all lines with these labels. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const oneLabel = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y

/** Reads Prometheus' text format strictly: throws where a scraper would fail. */
export function readExposition(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('The last line does not end.')
  const types = new Map<string, string>()
  const lines: MetricLine[] = []
  const seen = new Set<string>()
  for (const row of text.split('\n')) {
    if (row === '') continue
    if (row.startsWith('# HELP ')) continue
    if (row.startsWith('# TYPE ')) {
      addType(types, row)
      continue
    }
    const line = readLine(row)
    const identity = `${line.name} ${JSON.stringify(
      Object.entries(line.labels)
        .map(String)
        .toSorted((a, b) => a.localeCompare(b)),
    )}`
    if (seen.has(identity)) throw new Error(`Twice the same line: ${row}`)
    seen.add(identity)
    const family = line.name.replace(/_(bucket|sum|count)$/, '')
    if (
      !types.has(line.name) &&
      types.get(family) !== 'histogram' &&
      types.get(family) !== 'summary'
    )
      throw new Error(`A line before its TYPE: ${row}`)
    lines.push(line)
  }
  const matching = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    lines.filter(
      (line) =>
        line.name === name &&
        Object.entries(labels).every(([label, value]) => line.labels[label] === value),
    )
  return {
    lines,
    types,
    value(name, labels) {
      const found = matching(name, labels)
      if (found.length !== 1) throw new Error(`${found.length} lines of ${name}`)
      return found[0]?.value ?? Number.NaN
    },
    sum: (name, labels) => matching(name, labels).reduce((sum, { value }) => sum + value, 0),
  }
}

function addType(types: Map<string, string>, row: string): void {
  const [, , name = '', type = ''] = row.split(' ')
  if (!metricName.test(name)) throw new Error(`Not a name: ${row}`)
  if (!['counter', 'gauge', 'histogram', 'summary'].includes(type))
    throw new Error(`Not a type: ${row}`)
  if (types.has(name)) throw new Error(`Twice the same metric: ${row}`)
  types.set(name, type)
}

function readLine(row: string): MetricLine {
  const [, name = '', labelText = '', number = ''] = sampleLine.exec(row) ?? []
  if (name === '') throw new Error(`Not a line: ${row}`)
  const value = number === '+Inf' ? Infinity : number === '-Inf' ? -Infinity : Number(number)
  if (Number.isNaN(value) && number !== 'NaN' && number !== 'Nan')
    throw new Error(`Not a number: ${row}`)
  const labels: Record<string, string> = {}
  oneLabel.lastIndex = 0
  while (oneLabel.lastIndex < labelText.length) {
    const [, label = '', quoted = ''] = oneLabel.exec(labelText) ?? []
    if (label === '' || label in labels) throw new Error(`Not labels: ${row}`)
    labels[label] = quoted.replaceAll(/\\(.)/g, (_all, one: string) => (one === 'n' ? '\n' : one))
  }
  return { name, labels, value }
}
