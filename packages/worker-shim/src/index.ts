// Public names of @syncpool/worker-shim.

export { PlacementError, ShimError, type ShimErrorCode } from './errors.ts';
export { PLACEMENT, type ThreadPlacement } from './placement/of-thread.ts';
export { effectiveAffinity, type PinOptions, type PinResult, pinThisThread, pinThread } from './pin/pin.ts';
export type { PlacementPolicy, PlanOptions } from './placement/options.ts';
export { type Placement, type Plan, planPlacement } from './placement/plan.ts';
export { formatCpuList, parseCpuList } from './topology/cpulist.ts';
export { type Distance, distance, stealRings } from './topology/distance.ts';
export { readTopology } from './topology/read.ts';
export type { Cpu, NumaNode, Topology } from './topology/topology.ts';
