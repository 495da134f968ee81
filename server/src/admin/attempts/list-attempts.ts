import type { EndpointAnswer } from '@gemini-balance/contract'
import type { AttemptFilter, AttemptPage, RequestLogStore } from '../../telemetry/stores.ts'
import type { KeyNames } from '../keys/key-names.ts'
import { presentAttempt } from './present.ts'

export type AttemptDeps = {
  readonly requestLog: Pick<RequestLogStore, 'list'>
  readonly keyNames: KeyNames
}

/** A page of the request log as the contract shows it. */
export async function listAttempts(
  { requestLog, keyNames }: AttemptDeps,
  filter: AttemptFilter,
  page: AttemptPage,
): Promise<EndpointAnswer<'listAttempts'>> {
  const { rows, next } = await requestLog.list(filter, page)
  return {
    rows: rows.map((row) => presentAttempt(row, keyNames.maskedKey(row.keyId))),
    ...(next === undefined ? {} : { next }),
  }
}
