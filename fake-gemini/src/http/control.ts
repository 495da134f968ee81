import type { ServerResponse } from 'node:http'
import type { FakeKeyState, FakeProject, FakeQuota } from '../options.ts'
import { keyStates } from '../projects/key-states.ts'
import type { ScriptRule } from '../scripts.ts'
import { addProject } from '../server-context.ts'
import type { ServerContext } from '../server-context.ts'
import { addForeign, addGenerated, setFileMisbehaviours, showFiles } from './control-files.ts'
import { prettyJson } from './send.ts'

export type ControlCall = { method: string; name: string; text: string }

type Action = (context: ServerContext, body: Record<string, unknown>) => unknown

const done = { ok: true }

function isKeyState(state: unknown): state is FakeKeyState {
  return state === 'ok' || (typeof state === 'string' && Object.hasOwn(keyStates, state))
}

function setClock(context: ServerContext, body: Record<string, unknown>): unknown {
  const { advanceMs, setMs } = body
  if (typeof advanceMs === 'number') context.clock.advance(advanceMs)
  else if (typeof setMs === 'number') context.clock.setTime(setMs)
  else throw new Error('Give advanceMs or setMs, a number of milliseconds.')
  return { now: context.clock.now() }
}

function setKey(context: ServerContext, { key, state }: Record<string, unknown>): unknown {
  if (typeof key !== 'string' || key === '') throw new Error('Give key, a string.')
  if (!isKeyState(state)) {
    throw new Error(`Give state, one of: ok, ${Object.keys(keyStates).join(', ')}.`)
  }
  context.registry.setKeyState(key, state)
  return done
}

function isProject(body: Record<string, unknown>): body is Record<string, unknown> & FakeProject {
  return typeof body['id'] === 'string' && Array.isArray(body['keys'])
}

function addDeclaredProject(context: ServerContext, body: Record<string, unknown>): unknown {
  if (!isProject(body)) throw new Error('Give id, a string, and keys, a list.')
  addProject(context, body)
  return done
}

function isQuota(value: unknown): value is FakeQuota {
  return typeof value === 'object' && value !== null
}

function setQuota(context: ServerContext, body: Record<string, unknown>): unknown {
  const { project, model, quota } = body
  if (typeof project !== 'string' || typeof model !== 'string' || !isQuota(quota)) {
    throw new Error('Give project and model, both strings, and quota, such as {"rpm": 5}.')
  }
  context.registry.setQuota(project, model, quota)
  return done
}

function addScript(context: ServerContext, body: ScriptRule): unknown {
  context.scripts.add(body)
  return done
}

/** By method and name. */
const actions: Readonly<Record<string, Action>> = {
  'GET received': (context) => ({ received: context.received.list() }),
  'DELETE received': (context) => {
    context.received.clear()
    return done
  },
  'POST clock': setClock,
  'POST keys': setKey,
  'POST projects': addDeclaredProject,
  'POST quotas': setQuota,
  'GET files': showFiles,
  'POST files': setFileMisbehaviours,
  'POST foreign-files': addForeign,
  'POST generated-files': addGenerated,
  'POST scripts': addScript,
  'DELETE scripts': (context) => {
    context.scripts.clear()
    return done
  },
  'GET stats': (context) => ({
    ...context.received.totals(),
    now: context.clock.now(),
    activeCalls: context.active,
    openConnections: context.openConnections(),
  }),
}

export function answerControl(
  context: ServerContext,
  call: ControlCall,
  response: ServerResponse,
): void {
  const [status, body] = act(context, call)
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(prettyJson(body))
}

function act(context: ServerContext, { method, name, text }: ControlCall): [number, unknown] {
  const action = actions[`${method} ${name}`]
  if (!action) {
    return [404, { error: `Unknown control call. Use one of: ${Object.keys(actions).join(', ')}.` }]
  }
  try {
    return [200, action(context, bodyOf(text))]
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
