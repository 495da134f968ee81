/** Why a remote file cannot be used. The message is safe to show: it reveals nothing about the gateway's network. */
export class MediaError extends Error {
  /** The gateway has no room for it now; later it may. */
  readonly isBusy: boolean
  /** No other file of the request can be fetched either. */
  readonly endsAll: boolean

  constructor(message: string, about: { isBusy?: boolean; endsAll?: boolean } = {}) {
    super(message)
    this.name = 'MediaError'
    this.isBusy = about.isBusy ?? false
    this.endsAll = about.endsAll ?? this.isBusy
  }
}
