/** Parts of the log are looked through one by one; `id` tells the part. */
export const idsInPart = 65_536

export const partOf = (id: number) => Math.floor(id / idsInPart)
