/** How the Files API answers a call. */
export type FileTraits = {
  delayMs: number
  /** Lists show what there was so long ago, by the server's clock. */
  behindMs: number
  /** Empty pages, each with a token, before the first page. */
  emptyPages: number
  /** After the last page the list begins again. */
  endlessPages: boolean
  /** Each page begins with the last file of the page before. */
  overlappingPages: boolean
  unlisted: boolean
  processingFails: boolean
  /** The socket is destroyed when half of the body has arrived. */
  cutUpload: boolean
  redirectDownload: boolean
}

export const usualTraits: FileTraits = {
  delayMs: 0,
  behindMs: 0,
  emptyPages: 0,
  endlessPages: false,
  overlappingPages: false,
  unlisted: false,
  processingFails: false,
  cutUpload: false,
  redirectDownload: false,
}
