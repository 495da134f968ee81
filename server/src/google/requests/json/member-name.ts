/** Google accepts every member in camelCase and in snake_case. */
export function camelCase(name: string): string {
  if (!name.includes('_')) return name
  return name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}

export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
