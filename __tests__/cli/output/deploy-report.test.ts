import { stripVTControlCharacters } from "node:util";
import { deployReport } from "../../../cli/output/deploy-report";
import type { RolloutResult } from "../../../operations/rollout/roll-out";
import type { RunRecord } from "../../../operations/store/model";

const record = (more: Partial<RunRecord> = {}) =>
  ({
    id: "r1",
    command: "deploy",
    stacks: { a: { account: "1", state: "failed", why: "no" } },
    ...more,
  }) as RunRecord;
const lastLine = (result: RolloutResult, more?: Partial<RunRecord>) =>
  stripVTControlCharacters(deployReport(record(more), result))
    .trimEnd()
    .split("\n")
    .at(-1);

test("a run that failed says how it is gone on with: by hand, or in the same rollout", () => {
  const rollout = { id: "7f1c", stage: "production", wave: 1 };
  expect(lastLine({ outcome: "failed" })).toBe(
    "Run r1 failed. See it: npx meridian runs r1. Go on: npx meridian deploy --resume",
  );
  expect(lastLine({ outcome: "failed" }, { rollout })).toBe(
    "Run r1 failed. See it: npx meridian runs r1. Deploy it again in the same rollout, and it goes on.",
  );
  expect(lastLine({ outcome: "failed", tolerated: true }, { rollout })).toBe(
    "Run r1 ended: no more cells of its wave have failed than may. See it: npx meridian runs r1.",
  );
});

test("data that was not planned is said where the run may go on without it", () => {
  const result = { outcome: "failed", tolerated: true, dataLeft: ["a", "b"] } as const;
  expect(stripVTControlCharacters(deployReport(record(), result))).toContain(
    "data not planned  a, b: it is as it was, and the next deploy plans it again\n",
  );
});
