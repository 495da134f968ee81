/** The reason of an abort when the client closed its connection. */
export class ClientDisconnected extends Error {
  constructor() {
    super('The client disconnected.')
    this.name = 'ClientDisconnected'
  }
}
