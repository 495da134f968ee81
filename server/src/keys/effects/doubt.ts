import { verdicts, type VerdictName } from '../../google/verdicts.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import { coolKey, resumeProject, reviveKey } from './penalties.ts'
import type { Refusal } from './refusals.ts'
import type { Settlement } from './settlement.ts'

export function blamesKey(verdict: VerdictName): boolean {
  const { blame } = verdicts[verdict]
  return blame === 'key' || blame === 'project'
}

/** Whether the request is at fault, and not its key. The keys are then probed, and the probes decide. */
export function doubtRefusal(settlement: Settlement, context: EngineContext): boolean {
  const { key, outcome, now, reservation, caller } = settlement
  const { verdict } = outcome
  if (!blamesKey(verdict)) return false
  const { id: project } = key.group.project
  const refusal = { key, verdict, at: now, project, projectSource: key.projectSource }
  const alike = context.refusals.record(refusal, { request: reservation.request, caller })
  if (!alike) return false
  for (const one of alike) context.confirm(one)
  // Held back only while the probe runs: other requests would be refused too if the key is dead.
  if (context.confirm(refusal) && !key.cooldown && !key.deadMark) {
    const forMs = context.policy().failures.doubted.heldBackMs
    coolKey(context, key, { ...settlement, reason: 'held-back', forMs })
  }
  return true
}

/** Takes back what a refusal did to a key and its project. */
export function undoRefusal(
  { key, at, project, projectSource }: Refusal,
  context: EngineContext,
): void {
  if (key.gone) return
  const { suspension } = key.group.project
  if (suspension && suspension.since >= at) resumeProject(context, key.group.project)
  if ((key.deadMark?.at ?? key.cooldown?.since ?? -Infinity) >= at) reviveKey(context, key)
  if (key.group.project.id === project || key.projectSource !== 'learned') return
  context.inventory.move(key, { project, source: projectSource })
  context.changed.key(key)
}
