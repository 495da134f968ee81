/** JSON on one line with a space after colons and none after commas, as in Google's streams. */
export function spacedJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(',')}]`
  let text = ''
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}: ${spacedJson(item)}`
  }
  return `{${text}}`
}
