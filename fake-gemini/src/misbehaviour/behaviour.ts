import type { Plan } from '../answer/plan.ts'
import { defaultDelivery } from './delivery.ts'
import type { Delivery } from './delivery.ts'
import type { Replacement } from './replacement.ts'
import { misbehaviours } from './misbehaviours.ts'
import type { Misbehaviour } from './misbehaviours.ts'
import { directivesInModel, directivesInText } from './directive.ts'
import type { Directive } from './directive.ts'

/** The combined directives of one call. */
export type Behaviour = {
  names: readonly string[]
  replacement: Replacement | undefined
  delivery: Delivery
  change(plan: Plan): Plan
}

/** Returns how many calls had this id, including the current one. */
export type CallCounter = (id: string) => number

const byName = new Map(misbehaviours.map((row) => [row.name, row]))
const names: ReadonlySet<string> = new Set(byName.keys())

const normalBehaviour: Behaviour = {
  names: [],
  replacement: undefined,
  delivery: defaultDelivery,
  change: (plan) => plan,
}

export function isMisbehavingModel(model: string): boolean {
  return directivesInModel(model, names) !== undefined
}

type Applied = { row: Misbehaviour; count: number }

export function behaviourFor(
  call: { model: string; text: string },
  countCall: CallCounter,
): Behaviour {
  const inModel = (directivesInModel(call.model, names) ?? []).map((directive) => ({
    ...directive,
    id: `${call.model} ${call.text}`,
  }))
  const directives = [...inModel, ...directivesInText(call.text, names)]
  if (directives.length === 0) return normalBehaviour
  const applied = directives.flatMap((directive) => applyDirective(directive, countCall))
  const delivery: Delivery = { ...defaultDelivery }
  for (const { row, count } of applied) Object.assign(delivery, row.deliver?.(count))
  return {
    names: applied.map(({ row }) => row.name),
    replacement: applied
      .map(({ row, count }) => row.replace?.(count))
      .find((one) => one !== undefined),
    delivery,
    change: (plan) =>
      applied.reduce<Plan>((changed, { row, count }) => row.change?.(changed, count) ?? changed, {
        ...plan,
        pieces: delivery.pieces,
      }),
  }
}

function applyDirective(directive: Directive, countCall: CallCounter): Applied[] {
  const row = byName.get(directive.name)
  if (!row) return []
  const count = directive.count ?? row.count?.default ?? 0
  if (row.firstCallsOnly === true && countCall(`${row.name} ${directive.id ?? ''}`) > count)
    return []
  return [{ row, count }]
}
