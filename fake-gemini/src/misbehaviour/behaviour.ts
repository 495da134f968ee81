import type { Plan } from '../answer/plan.ts'
import { politeDelivery } from './delivery.ts'
import type { Delivery } from './delivery.ts'
import type { Instead } from './instead.ts'
import { misbehaviours } from './misbehaviours.ts'
import type { Misbehaviour } from './misbehaviours.ts'
import { ordersInModel, ordersInText } from './order.ts'
import type { Order } from './order.ts'

/** All that was ordered for one call. */
export type Behaviour = {
  names: readonly string[]
  instead: Instead | undefined
  delivery: Delivery
  change(plan: Plan): Plan
}

/** Says which number of call with this id it is, starting at one. */
export type CallCounter = (id: string) => number

const byName = new Map(misbehaviours.map((row) => [row.name, row]))
const names: ReadonlySet<string> = new Set(byName.keys())

const polite: Behaviour = {
  names: [],
  instead: undefined,
  delivery: politeDelivery,
  change: (plan) => plan,
}

export function isMisbehavingModel(model: string): boolean {
  return ordersInModel(model, names) !== undefined
}

type Struck = { row: Misbehaviour; count: number }

export function behaviourFor(
  call: { model: string; text: string },
  countCall: CallCounter,
): Behaviour {
  const inModel = (ordersInModel(call.model, names) ?? []).map((order) => ({
    ...order,
    id: `${call.model} ${call.text}`,
  }))
  const orders = [...inModel, ...ordersInText(call.text, names)]
  if (orders.length === 0) return polite
  const struck = orders.flatMap((order) => strike(order, countCall))
  const delivery: Delivery = { ...politeDelivery }
  for (const { row, count } of struck) Object.assign(delivery, row.deliver?.(count))
  return {
    names: struck.map(({ row }) => row.name),
    instead: struck.map(({ row, count }) => row.replace?.(count)).find((one) => one !== undefined),
    delivery,
    change: (plan) =>
      struck.reduce<Plan>((changed, { row, count }) => row.change?.(changed, count) ?? changed, {
        ...plan,
        pieces: delivery.pieces,
      }),
  }
}

function strike(order: Order, countCall: CallCounter): Struck[] {
  const row = byName.get(order.name)
  if (!row) return []
  const count = order.count ?? row.count?.default ?? 0
  if (row.firstCallsOnly === true && countCall(`${row.name} ${order.id ?? ''}`) > count) return []
  return [{ row, count }]
}
