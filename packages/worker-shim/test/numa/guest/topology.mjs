// The machine as the package reads it.
import { readTopology } from '@syncpool/worker-shim';

const { system, cpus, allowed, nodes, warnings } = readTopology();
const distances = nodes.map((node) => ({ ...node, distances: Object.fromEntries(node.distances) }));
console.log(JSON.stringify({ system, cpus, allowed, nodes: distances, warnings }));
