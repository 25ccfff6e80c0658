import fc from "fast-check";
import { newMachine, step } from "../../../sandbox/codepipeline/machine";
import type { PipelineEvent } from "../../../sandbox/codepipeline/model";
import { refuseRetry, refuseRollback, refuseStart, refuseStop } from "../../../sandbox/codepipeline/refusals";
import { AwsError } from "../../../sandbox/http";
import { structure } from "./machines";

/** One thing that somebody does, chosen by numbers so that it fits whatever the pipeline has come to. */
const act = fc.record({
  what: fc.constantFrom("start", "end", "end", "end", "end", "stop", "retry", "rollback", "update"),
  which: fc.nat(1000),
  flag: fc.boolean(),
  fails: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
});

describe.each(["QUEUED", "SUPERSEDED"] as const)("whatever happens to a %s pipeline", (mode) => {
  it("no two executions are in a stage, the order is kept, and every execution ends", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        let machine = newMachine(structure(mode));
        let ids = 0;
        let version = 1;
        /** Executions that were ever run again or taken back, which are out of turn. */
        const outOfTurn = new Set<string>();
        const send = (event: PipelineEvent) => {
          ({ machine } = step(machine, event, () => `r${++ids}`));
          for (const { name } of machine.structure.stages) {
            const inside = machine.executions.filter(
              ({ place, stage }) => place === "inside" && stage === name,
            );
            expect(inside.length).toBeLessThanOrEqual(1);
          }
          for (const { place, runs } of machine.executions)
            expect(runs.some(({ status }) => status === "InProgress")).toBe(place === "inside");
        };
        const pick = <T>(list: readonly T[], which: number) => list[which % Math.max(list.length, 1)];
        const runningRuns = () =>
          machine.executions.flatMap(({ runs }) => runs.filter(({ status }) => status === "InProgress"));
        for (const { fails, flag, what, which } of acts) {
          const execution = pick(machine.executions, which);
          const stage = pick(machine.structure.stages, which)?.name ?? "";
          try {
            if (what === "start") {
              refuseStart(machine);
              send({ kind: "start", id: `e${++ids}` });
            } else if (what === "update" && which % 4 === 0) {
              send({ kind: "update", structure: structure(mode, ++version) });
            } else if (what === "end") {
              const run = pick(runningRuns(), which);
              if (run) send({ kind: "ended", run: run.id, status: fails ? "Failed" : "Succeeded" });
            } else if (execution && what === "stop") {
              refuseStop(machine, execution.id, flag);
              send({ kind: "stop", id: execution.id, abandon: flag });
            } else if (execution && what === "retry") {
              const retryMode = flag ? "ALL_ACTIONS" : "FAILED_ACTIONS";
              refuseRetry(machine, execution.stage, execution.id, retryMode);
              send({ kind: "retry", id: execution.id, stage: execution.stage, mode: retryMode });
              outOfTurn.add(execution.id);
            } else if (execution && what === "rollback") {
              refuseRollback(machine, stage, execution.id);
              const id = `e${++ids}`;
              send({ kind: "rollback", id, stage, target: execution.id });
              outOfTurn.add(id);
            }
          } catch (error) {
            if (!(error instanceof AwsError)) throw error;
          }
        }
        for (let run = runningRuns()[0]; run; run = runningRuns()[0])
          send({ kind: "ended", run: run.id, status: "Succeeded" });
        expect(
          machine.executions.every(({ place, status }) => place === "out" && status !== "InProgress"),
        ).toBe(true);
        for (const { name } of machine.structure.stages) {
          const turns = machine.executions
            .filter(({ entered, id }) => entered[name] !== undefined && !outOfTurn.has(id))
            .map(({ entered }) => entered[name]?.turn ?? 0);
          expect(turns).toEqual([...turns].sort((a, b) => a - b));
        }
      }),
      { numRuns: 100 },
    );
  });
});
