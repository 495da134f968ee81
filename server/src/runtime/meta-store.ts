/** The few values the program itself must remember, such as a token it made up at its first start. */
export type MetaStore = {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
  remove(name: string): Promise<void>
  /** What is stored under the name, or else what `make` gives, stored from now on. */
  getOrMake(name: string, make: () => string): Promise<string>
}
