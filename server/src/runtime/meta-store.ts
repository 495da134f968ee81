/** Values that the program itself must remember, such as the admin token it generated. */
export type MetaStore = {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
  remove(name: string): Promise<void>
  /** Returns the stored value; without one, stores and returns what `make` gives. */
  getOrMake(name: string, make: () => string): Promise<string>
}
