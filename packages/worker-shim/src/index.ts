// Public names of @syncpool/worker-shim.

export { ShimError, type ShimErrorCode } from './errors.ts';
export { formatCpuList, parseCpuList } from './topology/cpulist.ts';
export type { Cpu, NumaNode, Topology } from './topology/topology.ts';
