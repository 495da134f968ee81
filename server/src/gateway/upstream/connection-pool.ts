import { Client, type Dispatcher } from 'undici'

type Connection = { readonly client: Client; isFree: boolean }

/**
 * Connections to one origin, one call at a time on each, as many as there are calls. Unlike undici's pool it finds a free one
 * without a look at all others, and drops those that Google has closed.
 */
export class ConnectionPool {
  readonly #origin: string
  readonly #options: Client.Options
  readonly #open = new Set<Connection>()
  /** The last used is taken first: the others time out. */
  readonly #free: Connection[] = []
  #isClosing = false

  constructor(origin: string, options: Client.Options) {
    this.#origin = origin
    this.#options = options
  }

  dispatch(call: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    const connection = this.#take() ?? this.#create()
    const hasRoom = connection.client.dispatch(call, handler)
    // The call failed at once. Not before the client has noticed.
    if (hasRoom || connection.client.stats.size === 0) {
      queueMicrotask(() => this.#release(connection))
    }
  }

  /** Lets running calls finish. */
  async close(): Promise<void> {
    this.#isClosing = true
    await Promise.all(Array.from(this.#open, ({ client }) => client.close()))
  }

  async destroy(): Promise<void> {
    this.#isClosing = true
    await Promise.all(Array.from(this.#open, ({ client }) => client.destroy()))
  }

  #take(): Connection | undefined {
    const connection = this.#free.pop()
    if (connection !== undefined) connection.isFree = false
    return connection
  }

  #create(): Connection {
    const client = new Client(this.#origin, this.#options)
    const connection = { client, isFree: false }
    this.#open.add(connection)
    client.on('drain', () => this.#release(connection))
    client.on('disconnect', () => {
      if (connection.isFree) this.#drop(connection)
    })
    if (this.#isClosing) void client.destroy()
    return connection
  }

  #release(connection: Connection): void {
    const { connected, size } = connection.client.stats
    if (connection.isFree || size > 0 || !this.#open.has(connection)) return
    if (!connected) return this.#drop(connection)
    connection.isFree = true
    this.#free.push(connection)
  }

  #drop(connection: Connection): void {
    this.#open.delete(connection)
    if (connection.isFree) this.#free.splice(this.#free.indexOf(connection), 1)
    const { client } = connection
    if (!client.closed && !client.destroyed) void client.close()
  }
}
