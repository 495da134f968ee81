/** Queries search the log part by part; an id belongs to one part. */
export const idsInPart = 65_536

export const partOf = (id: number) => Math.floor(id / idsInPart)
