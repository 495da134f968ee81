import type { InventoryEvents } from '../inventory/inventory.ts'
import { setSuspension } from '../inventory/project.ts'
import { absorbLane } from './lane.ts'
import type { Lanes } from './lanes.ts'
import { delayLane, dropCandidate, enterQueues, requeueLane } from './queues.ts'

type Events = Pick<InventoryEvents, 'groupAdded' | 'groupGone' | 'groupChanged' | 'projectGone'>

/** Keeps the lanes in step with the groups and projects they hang on. */
export function followInventory(lanes: Lanes, now: () => number): Events {
  return {
    groupAdded(group) {
      for (const lane of lanes.lanesOf(group.project)) {
        if (!lane.candidates.some((one) => one.group === group)) enterQueues(lane, group, now())
      }
    },
    groupGone(group) {
      for (const { candidates } of lanes.lanesOf(group.project)) {
        for (const one of candidates.filter((one) => one.group === group)) dropCandidate(one)
      }
    },
    groupChanged: (group) => lanes.requeueGroup(group),
    projectGone(project, successor) {
      for (const lane of lanes.lanesOf(project).slice()) {
        if (successor) {
          const into = lanes.laneFor(lane.table, successor)
          absorbLane(into, lane, now())
          delayLane(into)
          requeueLane(into, now())
        }
        lanes.forget(lane)
      }
      if (successor && !successor.suspension) setSuspension(successor, project.suspension)
    },
  }
}
