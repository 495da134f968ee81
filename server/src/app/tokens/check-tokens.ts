import { findSetting, type SettingProblem, type Settings } from '@gemini-balance/contract'
import type { ClientTokens } from '../../auth/clients/client-tokens.ts'
import { metricsTokenProblems, weakTokenProblems } from '../../auth/token-problems.ts'
import { StartError } from '../../runtime/start-error.ts'
import type { LiveSettings } from '../../settings/live-settings.ts'
import { isLoopback } from '../../http/choose-host.ts'

export type CheckTokensDeps = {
  readonly settings: LiveSettings
  readonly tokens: Pick<ClientTokens, 'all'>
  /** The address to listen on. */
  readonly host: string
}

/** Refuses tokens that are easy to guess or that serve two purposes, at the start and at each change. Rejects with StartError. */
export async function checkTokens({ settings, tokens, host }: CheckTokensDeps): Promise<void> {
  const problemsOf = (next: Settings, changed: ReadonlySet<string>) => [
    ...(changed.has('AUTH_TOKEN') && !isLoopback(host) ? weakTokenProblems(next) : []),
    ...metricsTokenProblems(next, { changed, tokens: tokens.all() }),
  ]
  const problems = () => problemsOf(settings.current(), checkedAtStart)
  // An earlier start stored the environment's value, which may be another one now.
  const old = problems().filter((one) => originOf(settings, one) === 'environment')
  if (old.length > 0) await settings.reset(old.map(({ setting }) => setting))
  const left = problems()
  if (left.length > 0) throw new StartError(left.map((one) => sentenceOf(settings, one)).join(' '))
  settings.addCheck(problemsOf)
}

const checkedAtStart: ReadonlySet<string> = new Set(['AUTH_TOKEN', 'METRICS_TOKEN'])

function sentenceOf(settings: LiveSettings, one: SettingProblem): string {
  const sentence = `${one.setting} ${one.problem}`
  return originOf(settings, one) === 'database'
    ? `${sentence} It is stored: RESET_SETTINGS=${one.setting} removes it.`
    : sentence
}

function originOf(settings: LiveSettings, { setting }: SettingProblem) {
  const entry = findSetting(setting)
  return entry === undefined ? 'default' : settings.origin(entry)
}
