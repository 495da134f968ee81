import { z } from 'zod'
import { keyOfOwnProject, ownProjectId } from '../../keys/own-project.ts'
import {
  stateVersion,
  type KeyStateRow,
  type LaneStateRow,
  type ProjectStateRow,
  type StateRow,
} from '../../keys/state-rows.ts'
import type { KeyId, ProjectId } from '../../keys/types.ts'

const count = z.number().int().min(0)
const moment = z.number().min(0)
const text = z.string()
/** One that is not known any more is only shown. */
const verdict = text
const cooldown = { since: moment, until: moment.nullable(), needsTrial: z.boolean() }
const learnedLimit = z.strictObject({ limit: count, at: moment, quotaId: text }).optional()
const version = z.literal(stateVersion)

/** A member that a row gets must be here too, or backups with it would be refused. */
type Members<Row> = Readonly<Record<keyof Row, z.ZodType>>

const keyRow = z.strictObject({
  kind: z.literal('key'),
  version,
  key: count,
  learnedProject: text.optional(),
  learnedFrom: z.literal('files').optional(),
  surveyed: z.literal(true).optional(),
  marker: z.strictObject({ name: text, file: text, at: moment }).optional(),
  filesRefused: z.strictObject({ at: moment, because: text }).optional(),
  deadMark: z
    .object({ verdict, at: moment, message: text.optional(), checkedAt: moment })
    .optional(),
  cooldown: z
    .object({ ...cooldown, reason: z.enum(['failing', 'suspect', 'held-back']), verdict })
    .optional(),
  streak: count,
  cooldownLevel: count,
  suspected: z.boolean(),
} satisfies Members<KeyStateRow>)

const projectRow = z.strictObject({
  kind: z.literal('project'),
  version,
  project: text,
  learnedPaid: z.boolean().optional(),
  suspension: z
    .object({
      ...cooldown,
      reason: z.enum([
        'project-suspended',
        'service-disabled',
        'project-unfunded',
        'project-needs-billing',
      ]),
      message: text.optional(),
      level: count,
    })
    .optional(),
} satisfies Members<ProjectStateRow>)

const laneRow = z.strictObject({
  kind: z.literal('lane'),
  version,
  project: text,
  lane: text,
  model: text,
  cooldown: z
    .object({
      ...cooldown,
      kind: z.enum(['quota', 'quota-unknown', 'quota-zero', 'model-closed', 'model-not-found']),
      quotaIds: z.array(text),
      message: text.optional(),
    })
    .optional(),
  learned: z
    .object({
      minuteRequests: learnedLimit,
      minuteTokens: learnedLimit,
      dayRequests: learnedLimit,
      dayTokens: learnedLimit,
    })
    .optional(),
  unknownQuotas: count,
  notFound: count,
  counts: z
    .object({
      minuteRequests: count,
      minuteTokens: count,
      minuteUntil: moment,
      dayRequests: count,
      dayTokens: count,
      dayEnd: moment,
    })
    .optional(),
} satisfies Members<LaneStateRow>)

const stateRow = z.discriminatedUnion('kind', [keyRow, projectRow, laneRow])

/** What the engine knows. Rows of another version are passed over, as they are at a start. */
export const stateRows = z
  .array(z.looseObject({ version: z.number() }))
  .transform((rows) => rows.filter((row) => row.version === stateVersion))
  .pipe(z.array(z.custom<StateRow>((row) => stateRow.safeParse(row).success)))

/** Which key takes the place of another. */
export type KeyPlaces = (id: KeyId) => KeyId | undefined

/** The same row about other ids of keys; undefined where a key is gone. */
export function moveRow(row: StateRow, placeOf: KeyPlaces): StateRow | undefined {
  if (row.kind !== 'key') {
    const project = moveProject(row.project, placeOf)
    return project === undefined ? undefined : { ...row, project }
  }
  const key = placeOf(row.key)
  if (key === undefined) return undefined
  const { learnedProject: learned, ...others } = row
  const learnedProject = learned === undefined ? undefined : moveProject(learned, placeOf)
  return { ...others, key, ...(learnedProject !== undefined && { learnedProject }) }
}

/** A project without a name of its own is named for its key. */
export function moveProject(id: ProjectId, placeOf: KeyPlaces): ProjectId | undefined {
  const key = keyOfOwnProject(id)
  if (key === undefined) return id
  const place = placeOf(key)
  return place === undefined ? undefined : ownProjectId(place)
}
