import type { KeyConfig, ProjectSource } from '../types.ts'
import type { KeyCooldown } from './cooldown.ts'
import type { DeadMark, FilesRefused, Key, KeyGroup, Marker, Writable } from './entities.ts'

type Fields = Writable<Key>

export const isUsable = (key: Key): boolean => !key.disabled && key.deadMark === undefined

export function createKey(config: KeyConfig, group: KeyGroup): Key {
  const key: Key = {
    id: config.id,
    secret: config.secret,
    group,
    projectSource: sourceOf(config),
    surveyed: false,
    marker: undefined,
    filesRefused: undefined,
    priority: 0,
    weight: 1,
    allowedModels: undefined,
    disabled: false,
    deadMark: undefined,
    cooldown: undefined,
    streak: 0,
    cooldownLevel: 0,
    suspected: false,
    forgiven: false,
    inFlight: 0,
    lastUsedAt: 0,
    lastAnsweredAt: 0,
    gone: false,
  }
  configureKey(key, config)
  return key
}

export const sourceOf = ({ project, projectSource }: KeyConfig): ProjectSource | undefined =>
  projectSource ?? (project === undefined ? undefined : 'operator')

export function configureKey(key: Fields, config: KeyConfig): void {
  key.secret = config.secret
  key.priority = config.priority ?? 0
  key.weight = Math.max(0.01, config.weight ?? 1)
  key.allowedModels = config.allowedModels ? new Set(config.allowedModels) : undefined
  key.disabled = config.disabled ?? false
}

export function setDisabled(key: Fields, disabled: boolean): void {
  key.disabled = disabled
}

export function setProjectSource(key: Fields, source: ProjectSource | undefined): void {
  key.projectSource = source
}

/** What nobody said, so that it may change without a person. */
export const isFound = ({ projectSource }: Key): boolean =>
  projectSource === 'learned' || projectSource === 'files'

export function setSurveyed(key: Fields, marker: Marker | undefined): void {
  key.surveyed = true
  key.marker = marker
  key.filesRefused = undefined
}

export function clearMarker(key: Fields): void {
  key.marker = undefined
}

export function setFilesRefused(key: Fields, refused: FilesRefused): void {
  key.filesRefused = refused
}

export function setGroup(key: Fields, group: KeyGroup): void {
  key.group = group
}

export function setGone(key: Fields): void {
  key.gone = true
}

/** A dead key needs no cooldown. */
export function setDeadMark(key: Fields, mark: DeadMark): void {
  key.deadMark = mark
  key.cooldown = undefined
}

export function recordRecheck(key: Fields, now: number): void {
  if (key.deadMark) key.deadMark = { ...key.deadMark, checkedAt: now }
}

export function setKeyCooldown(key: Fields, cooldown: KeyCooldown): void {
  key.cooldown = cooldown
}

/** Forgets everything held against a key. */
export function clearKey(key: Fields): void {
  key.deadMark = undefined
  key.cooldown = undefined
  key.streak = 0
  clearSuspicion(key)
}

export function clearSuspicion(key: Fields): void {
  key.cooldownLevel = 0
  key.suspected = false
  key.forgiven = false
}

export function suspect(key: Fields): void {
  key.suspected = true
}

export function forgive(key: Fields): void {
  key.forgiven = true
}

export function countRefusal(key: Fields): number {
  key.streak += 1
  return key.streak
}

/** Counts a cooldown, and answers how many came before it. */
export function raiseCooldownLevel(key: Fields): number {
  key.cooldownLevel += 1
  return key.cooldownLevel - 1
}

export function recordKeyAnswer(key: Fields, now: number): void {
  key.lastAnsweredAt = now
  key.streak = 0
}

export function startKeyCall(key: Fields, now: number): void {
  key.inFlight += 1
  key.lastUsedAt = now
}

export function endKeyCall(key: Fields): void {
  key.inFlight -= 1
}

/** What of a key is kept over a restart. */
export type KeyMemory = Pick<
  Key,
  | 'deadMark'
  | 'cooldown'
  | 'streak'
  | 'cooldownLevel'
  | 'suspected'
  | 'surveyed'
  | 'marker'
  | 'filesRefused'
>

export function restoreKey(key: Fields, memory: KeyMemory): void {
  key.deadMark = memory.deadMark
  key.cooldown = memory.cooldown
  key.streak = memory.streak
  key.cooldownLevel = memory.cooldownLevel
  key.suspected = memory.suspected
  key.surveyed = memory.surveyed
  key.marker = memory.marker
  key.filesRefused = memory.filesRefused
}
