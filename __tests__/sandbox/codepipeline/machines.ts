import { newMachine, step } from "../../../sandbox/codepipeline/machine";
import type { ExecutionMode, Machine, PipelineEvent, Structure } from "../../../sandbox/codepipeline/model";
import { AwsError } from "../../../sandbox/http";

/** Three stages, of which the second has two actions side by side. */
export const structure = (mode: ExecutionMode = "QUEUED", version = 1): Structure => ({
  version,
  mode,
  stages: [
    { name: "Source", actions: [{ name: "Source", runOrder: 1 }] },
    {
      name: "staging",
      actions: [
        { name: "Plan", runOrder: 1 },
        { name: "Left", runOrder: 2 },
        { name: "Right", runOrder: 2 },
        { name: "Verify", runOrder: 3 },
      ],
    },
    { name: "Update", actions: [{ name: "Update", runOrder: 1 }] },
  ],
});

/** A pipeline to play with: ids of runs are numbers. */
export function pipeline(mode?: ExecutionMode) {
  let machine = newMachine(structure(mode));
  let ids = 0;
  let abandoned: readonly string[] = [];
  const send = (event: PipelineEvent) => {
    const result = step(machine, event, () => String(++ids));
    machine = result.machine;
    abandoned = result.abandoned;
  };
  const running = (id: string) =>
    machine.executions
      .find((execution) => execution.id === id)
      ?.runs.filter(({ status }) => status === "InProgress") ?? [];
  return {
    send,
    machine: () => machine,
    abandoned: () => abandoned,
    start: (...names: readonly string[]) => {
      for (const id of names) send({ kind: "start", id });
    },
    /** Names of the actions that run in an execution. */
    running: (id: string) => running(id).map(({ action }) => action),
    end(id: string, action: string, status: "Succeeded" | "Failed" = "Succeeded") {
      const run = running(id).find((one) => one.action === action);
      if (!run) throw new Error(`${action} does not run in ${id}`);
      send({ kind: "ended", run: run.id, status });
    },
    status: (id: string) => machine.executions.find((execution) => execution.id === id)?.status,
    codeOf(refuse: (machine: Machine) => void) {
      try {
        refuse(machine);
        return undefined;
      } catch (error) {
        return error instanceof AwsError ? error.code : String(error);
      }
    },
  };
}

/** Takes an execution as far as the second stage. */
export function inStaging(mode?: ExecutionMode) {
  const one = pipeline(mode);
  one.start("a");
  one.end("a", "Source");
  return one;
}
