import type { EndpointAnswer } from '@gemini-balance/contract'
import type { AttemptFilter, AttemptPage, RequestLogStore } from '../../telemetry/stores.ts'
import type { KeyNames } from '../keys/key-names.ts'
import { presentAttempt } from './present.ts'
import type { CallerNames } from '../tokens/caller-names.ts'

export type AttemptDeps = {
  readonly requestLog: Pick<RequestLogStore, 'list'>
  readonly keyNames: KeyNames
  readonly callerNames: CallerNames
}

/** A page of the request log as the contract shows it. */
export async function listAttempts(
  { requestLog, keyNames, callerNames }: AttemptDeps,
  filter: AttemptFilter,
  page: AttemptPage,
): Promise<EndpointAnswer<'listAttempts'>> {
  const { rows, next } = await requestLog.list(filter, page)
  const nameOf = await callerNames(rows.map(({ caller }) => caller))
  return {
    rows: rows.map((row) =>
      presentAttempt(row, {
        keyEnd: keyNames.maskedKey(row.keyId),
        callerName: row.caller === undefined ? undefined : nameOf(row.caller),
      }),
    ),
    ...(next === undefined ? {} : { next }),
  }
}
