/** Why an attempt was abandoned when its client went away. */
export class ClientDisconnected extends Error {
  constructor() {
    super('The client left.')
    this.name = 'ClientLeft'
  }
}
