import type { Key, KeyConfig, Tier, Project, ProjectSource, KeyGroup } from './entities.ts'
import type { KeyId, ProjectId } from '../types.ts'

/** What the fleet tells the lanes, which hang on seats and projects. */
export type FleetEvents = {
  readonly keyGone: (key: Key) => void
  readonly seatAdded: (seat: KeyGroup) => void
  readonly seatGone: (seat: KeyGroup) => void
  readonly seatChanged: (seat: KeyGroup) => void
  readonly projectGone: (project: Project, successor: Project | undefined) => void
}

export const isUsable = (key: Key): boolean => !key.disabled && key.death === undefined
export const ownProjectId = (id: KeyId): ProjectId => `key:${id}`

type Where = { readonly project: ProjectId; readonly source: ProjectSource }

/** All keys, projects and seats: who belongs where. It knows nothing of lanes and time. */
export class Inventory {
  readonly #keys = new Map<KeyId, Key>()
  readonly #projects = new Map<ProjectId, Project>()
  readonly #lines: Tier[] = []
  /** Undefined when keys have changed since it was looked up. */
  #hasBearerKey: boolean | undefined
  readonly #events: FleetEvents

  constructor(events: FleetEvents) {
    this.#events = events
  }

  get keys(): ReadonlyMap<KeyId, Key> {
    return this.#keys
  }

  get projects(): ReadonlyMap<ProjectId, Project> {
    return this.#projects
  }

  /** Highest priority first; a priority's two lines (paid or not) stand side by side. */
  get lines(): readonly Tier[] {
    return this.#lines
  }

  /** Whether Google may take any of the keys that can be used as a Bearer credential. */
  get hasBearerKey(): boolean {
    this.#hasBearerKey ??= [...this.#keys.values()].some(
      (key) => isUsable(key) && !key.secret.isAuthKey,
    )
    return this.#hasBearerKey
  }

  add(entry: KeyConfig): Key {
    const project = this.#projectFor(entry.project ?? ownProjectId(entry.id))
    if (project.paid === undefined && entry.paid !== undefined) markPaid(project, entry.paid)
    const key = createKey(entry, this.#seatFor(project, entry.priority ?? 0))
    this.#keys.set(key.id, key)
    this.#join(key, key.seat)
    return key
  }

  change(key: Key, entry: KeyConfig): void {
    applyEntry(key, entry)
    const learned = key.projectSource === 'learned' && entry.project === undefined
    const id = learned ? key.seat.project.id : (entry.project ?? ownProjectId(key.id))
    if (!learned)
      key.projectSource = entry.projectSource ?? (entry.project ? 'operator' : undefined)
    if (id !== key.seat.project.id || key.priority !== key.seat.line.priority) this.#move(key, id)
    else this.refresh(key.seat)
  }

  remove(key: Key): void {
    this.#keys.delete(key.id)
    key.gone = true
    this.#events.keyGone(key)
    const { project } = key.seat
    this.#leave(key)
    this.#closeProject(project, undefined)
  }

  move(key: Key, { project, source }: Where): void {
    key.projectSource = source
    if (key.seat.project.id !== project) this.#move(key, project)
  }

  /** Puts a project's keys into the lines they belong to, after its paid mark changed. */
  reseat(project: Project): void {
    for (const seat of project.seats.slice()) {
      if (seat.line.paid === (project.paid === true)) continue
      const moved = seat.keys.splice(0)
      this.#closeSeat(seat)
      for (const key of moved) this.#join(key, this.#seatFor(project, key.priority))
    }
  }

  /** Sees again which keys of a seat can be used, after one died, revived, or was switched. */
  refresh(seat: KeyGroup): void {
    this.#hasBearerKey = undefined
    const nextKey = seat.usable[seat.next % Math.max(1, seat.usable.length)]
    seat.usable = seat.keys.filter(isUsable)
    seat.next = nextKey ? Math.max(0, seat.usable.indexOf(nextKey)) : 0
    seat.restricted = seat.usable.some((key) => key.allowedModels !== undefined)
    seat.weight = seat.usable.reduce((most, key) => Math.max(most, key.weight), 0) || 1
    this.#events.seatChanged(seat)
  }

  #move(key: Key, id: ProjectId): void {
    const before = key.seat.project
    const project = this.#projectFor(id)
    this.#leave(key)
    this.#join(key, this.#seatFor(project, key.priority))
    this.#closeProject(before, project)
  }

  #join(key: Key, seat: KeyGroup): void {
    this.#hasBearerKey = undefined
    key.seat = seat
    seat.keys = joined(seat.keys, key)
    // Not `refresh`: loading 50 000 keys of one project must not be quadratic.
    if (isUsable(key)) {
      seat.weight = seat.usable.length === 0 ? key.weight : Math.max(seat.weight, key.weight)
      seat.restricted ||= key.allowedModels !== undefined
      seat.usable = joined(seat.usable, key)
    }
    this.#events.seatChanged(seat)
  }

  #leave(key: Key): void {
    this.#hasBearerKey = undefined
    const { seat } = key
    seat.keys.splice(seat.keys.indexOf(key), 1)
    if (seat.keys.length > 0) this.refresh(seat)
    else this.#closeSeat(seat)
  }

  #closeSeat(seat: KeyGroup): void {
    this.#events.seatGone(seat)
    seat.gone = true
    seat.usable = []
    seat.project.seats.splice(seat.project.seats.indexOf(seat), 1)
    seat.line.gone += 1
    sweep(seat.line)
  }

  #closeProject(project: Project, successor: Project | undefined): void {
    if (project.seats.length > 0) return
    this.#projects.delete(project.id)
    this.#events.projectGone(project, successor)
  }

  #projectFor(id: ProjectId): Project {
    const known = this.#projects.get(id)
    if (known) return known
    const project = createProject(id)
    this.#projects.set(id, project)
    return project
  }

  #seatFor(project: Project, priority: number): KeyGroup {
    const known = project.seats.find((seat) => seat.line.priority === priority)
    if (known) return known
    const seat = createSeat(project, this.#lineFor(priority, project.paid === true))
    project.seats = joined(project.seats, seat)
    seat.line.seats.push(seat)
    this.#events.seatAdded(seat)
    return seat
  }

  #lineFor(priority: number, paid: boolean): Tier {
    const known = this.#lines.find((line) => line.priority === priority && line.paid === paid)
    if (known) return known
    const line: Tier = { priority, paid, seats: [], gone: 0, generation: 0 }
    this.#lines.push(line)
    this.#lines.sort((a, b) => b.priority - a.priority || Number(a.paid) - Number(b.paid))
    return line
  }
}

/** An array that starts by `push` reserves 17 places; most projects have one key. */
function joined<T>(list: T[], item: T): T[] {
  if (list.length === 0) return [item]
  list.push(item)
  return list
}

/** Seats that went stay in their line until they are half of it, so that removing one costs nothing. */
function sweep(line: Tier): void {
  if (line.gone < 64 || line.gone * 2 < line.seats.length) return
  line.seats = line.seats.filter((seat) => !seat.gone)
  line.gone = 0
  line.generation += 1
}

export function markPaid(project: Project, paid: boolean): void {
  project.paid = paid
  project.paidSource = 'operator'
}

function createProject(id: ProjectId): Project {
  return {
    id,
    paid: undefined,
    paidSource: undefined,
    limits: undefined,
    suspension: undefined,
    seats: [],
    lanes: [],
    firstAsleep: -1,
  }
}

function createSeat(project: Project, line: Tier): KeyGroup {
  return {
    project,
    line,
    keys: [],
    usable: [],
    next: 0,
    weight: 1,
    restricted: false,
    gone: false,
  }
}

function createKey(entry: KeyConfig, seat: KeyGroup): Key {
  const key: Key = {
    id: entry.id,
    secret: entry.secret,
    seat,
    projectSource: entry.projectSource ?? (entry.project ? 'operator' : undefined),
    priority: 0,
    weight: 1,
    allowedModels: undefined,
    disabled: false,
    death: undefined,
    rest: undefined,
    streak: 0,
    restLevel: 0,
    suspected: false,
    spared: false,
    inFlight: 0,
    lastUsedAt: 0,
    lastAnsweredAt: 0,
    gone: false,
  }
  applyEntry(key, entry)
  return key
}

function applyEntry(key: Key, entry: KeyConfig): void {
  key.secret = entry.secret
  key.priority = entry.priority ?? 0
  key.weight = Math.max(0.01, entry.weight ?? 1)
  key.allowedModels = entry.allowedModels ? new Set(entry.allowedModels) : undefined
  key.disabled = entry.disabled ?? false
}
