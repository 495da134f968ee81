/** What a connection does at a moment. The counts grow as bytes move. */
export type ConnectionSample = {
  readonly at: number
  /** Whether a request is not yet complete. */
  readonly isReceiving: boolean
  readonly received: number
  /** Whether bytes of an answer wait for the client. */
  readonly isSending: boolean
  readonly sent: number
}

/** When bytes last moved, and where the measured window began. */
export type ConnectionProgress = {
  readonly received: number
  readonly receivedAt: number
  readonly windowReceived: number
  readonly windowAt: number
  readonly sent: number
  readonly sentAt: number
}

export type ProgressLimits = {
  readonly requestIdleMs: number
  /** Bytes a second that a request must bring over `requestIdleMs`; 0 is no limit. */
  readonly requestMinBytesPerSecond: number
  readonly responseIdleMs: number
}

export type Stall = 'idle-request' | 'slow-request' | 'idle-reader'

/** The progress after a sample, or why the connection must be closed. */
export function nextProgress(
  before: ConnectionProgress | undefined,
  sample: ConnectionSample,
  limits: ProgressLimits,
): ConnectionProgress | Stall {
  const { at, isReceiving, received, isSending, sent } = sample
  const isNew = before === undefined || !isReceiving
  const receivedAt = isNew || received !== before.received ? at : before.receivedAt
  if (at - receivedAt >= limits.requestIdleMs) return 'idle-request'
  const sentAt = before === undefined || !isSending || sent !== before.sent ? at : before.sentAt
  if (at - sentAt >= limits.responseIdleMs) return 'idle-reader'
  if (!isNew && at - before.windowAt < limits.requestIdleMs) {
    const { windowReceived, windowAt } = before
    return { received, receivedAt, windowReceived, windowAt, sent, sentAt }
  }
  if (!isNew && isSlow(before, sample, limits)) return 'slow-request'
  return { received, receivedAt, windowReceived: received, windowAt: at, sent, sentAt }
}

function isSlow(
  { windowReceived, windowAt }: ConnectionProgress,
  { at, received }: ConnectionSample,
  { requestMinBytesPerSecond }: ProgressLimits,
): boolean {
  return received - windowReceived < (requestMinBytesPerSecond * (at - windowAt)) / 1000
}
