// What the launcher tells a process is what that reads; a text that is not the launcher's is told apart.

import { expect, test } from 'vitest';
import { type Briefing, readBriefing, writeBriefing } from '../../../src/launch/briefing.ts';

const briefing: Briefing = {
  places: [[3], [0, 1, 2]],
  main: [7, 8],
  allowed: [0, 1, 2, 3, 7, 8],
  cpus: [{ id: 3, core: 2, cluster: 2, llc: 0, node: 1 }],
  nodes: [[1, 1, 10]],
  verbose: true,
};

test.each([briefing, { ...briefing, main: undefined }])('is read as it was written', (each) => {
  expect(readBriefing(writeBriefing(each))).toEqual(each);
});

test.each(['', 'no JSON', 'null', '7', '{}', '{"version":2}'])('is not this: %j', (text) => {
  expect(readBriefing(text)).toBeUndefined();
});
