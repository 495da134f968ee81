import type { ServerResponse } from 'node:http'
import type { FakeKeyState, FakeProject, FakeQuota } from '../options.ts'
import { keyStates } from '../projects/key-states.ts'
import type { ScriptRule } from '../scripts.ts'
import type { World } from '../world.ts'
import { prettyJson } from './send.ts'

export type ControlCall = { method: string; name: string; text: string }

type Action = (world: World, body: Record<string, unknown>) => unknown

const done = { ok: true }

function isKeyState(state: unknown): state is FakeKeyState {
  return state === 'ok' || (typeof state === 'string' && Object.hasOwn(keyStates, state))
}

function setClock(world: World, body: Record<string, unknown>): unknown {
  const { advanceMs, setMs } = body
  if (typeof advanceMs === 'number') world.clock.advance(advanceMs)
  else if (typeof setMs === 'number') world.clock.setTime(setMs)
  else throw new Error('Give advanceMs or setMs, a number of milliseconds.')
  return { now: world.clock.now() }
}

function setKey(world: World, { key, state }: Record<string, unknown>): unknown {
  if (typeof key !== 'string' || key === '') throw new Error('Give key, a text.')
  if (!isKeyState(state)) {
    throw new Error(`Give state, one of: ok, ${Object.keys(keyStates).join(', ')}.`)
  }
  world.registry.setKeyState(key, state)
  return done
}

function isProject(body: Record<string, unknown>): body is Record<string, unknown> & FakeProject {
  return typeof body['id'] === 'string' && Array.isArray(body['keys'])
}

function addProject(world: World, body: Record<string, unknown>): unknown {
  if (!isProject(body)) throw new Error('Give id, a text, and keys, a list.')
  world.registry.addProject(body)
  return done
}

function isQuota(value: unknown): value is FakeQuota {
  return typeof value === 'object' && value !== null
}

function setQuota(world: World, body: Record<string, unknown>): unknown {
  const { project, model, quota } = body
  if (typeof project !== 'string' || typeof model !== 'string' || !isQuota(quota)) {
    throw new Error('Give project and model, texts, and quota, such as {"rpm": 5}.')
  }
  world.registry.setQuota(project, model, quota)
  return done
}

function addScript(world: World, body: ScriptRule): unknown {
  world.scripts.add(body)
  return done
}

/** Everything a test can do from another process, by method and name. */
const actions: Readonly<Record<string, Action>> = {
  'GET received': (world) => ({ received: world.received.list() }),
  'DELETE received': (world) => {
    world.received.clear()
    return done
  },
  'POST clock': setClock,
  'POST keys': setKey,
  'POST projects': addProject,
  'POST quotas': setQuota,
  'POST scripts': addScript,
  'DELETE scripts': (world) => {
    world.scripts.clear()
    return done
  },
  'GET stats': (world) => ({
    ...world.received.totals(),
    now: world.clock.now(),
    activeCalls: world.active,
    openConnections: world.openConnections(),
  }),
}

export function answerControl(world: World, call: ControlCall, response: ServerResponse): void {
  const [status, body] = act(world, call)
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(prettyJson(body))
}

function act(world: World, { method, name, text }: ControlCall): [number, unknown] {
  const action = actions[`${method} ${name}`]
  if (!action) {
    return [404, { error: `No such control. There are: ${Object.keys(actions).join(', ')}.` }]
  }
  try {
    return [200, action(world, bodyOf(text))]
  } catch (error) {
    return [400, { error: error instanceof Error ? error.message : String(error) }]
  }
}

function bodyOf(text: string): Record<string, unknown> {
  if (text === '') return {}
  const body: unknown = JSON.parse(text)
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body }
  throw new Error('Send one JSON object.')
}
