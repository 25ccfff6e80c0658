import {
  type PipelineProgress,
  pipelineLines,
  pipelineView,
  progressOf,
} from "../../../cli/output/pipeline-report";
import type { ActionExecution, ActionStatus } from "../../../operations/aws/code-pipeline";

const run = (
  stageName: string,
  actionName: string,
  status: ActionStatus,
  more: Partial<ActionExecution> = {},
) => ({
  ...{ actionExecutionId: actionName, stageName, actionName, status, startTime: 100, lastUpdateTime: 112 },
  ...more,
});
const stage = (stageName: string, ...actions: readonly string[]) => ({
  stageName,
  actionStates: actions.map((actionName) => ({ actionName })),
});
const state = [stage("Source", "Source"), stage("production", "Plan", "Wave_1")];

/** An execution whose second stage has begun. */
const progress = progressOf("e1", { status: "InProgress" }, state, [
  run("production", "Plan", "InProgress", { startTime: 113 }),
  run("production", "Plan", "Failed", {
    output: { executionResult: { errorDetails: { message: "an old try" } } },
  }),
  run("Source", "Source", "Succeeded", {
    output: { executionResult: { externalExecutionSummary: "version 1" } },
  }),
]);

it("shows the last run of each action, how long it took or takes, and what came of it", () => {
  expect(pipelineLines(progress, 120_000)).toEqual([
    "  Source      Source  done         12 s  version 1",
    "  production  Plan    running       7 s",
    "              Wave_1",
  ]);
});

it("says of an approval that it waits, for nothing runs there", () => {
  const input = { actionTypeId: { category: "Approval" } };
  const approval = progressOf("e1", { status: "InProgress" }, state, [
    run("production", "Plan", "InProgress", { input }),
  ]);
  expect(pipelineLines(approval, 112_000)[1]).toMatch(/ {2}Plan +waiting +12 s$/);
});

it("says where an execution waits for another", () => {
  const inboundExecutions = [{ pipelineExecutionId: "e0" }, { pipelineExecutionId: "e1" }];
  const waiting = state.map((one) => (one.stageName === "production" ? { ...one, inboundExecutions } : one));
  const lines = pipelineLines(progressOf("e1", { status: "InProgress" }, waiting, []), 0);
  expect(lines[1]).toBe("  production  Plan    waits for the execution before it");
});

it("shortens what does not fit into the terminal, and shows that", () => {
  const long = progressOf("e1", { status: "InProgress" }, state, [
    run("production", "Plan", "Failed", {
      output: { executionResult: { errorDetails: { message: "x".repeat(200) } } },
    }),
  ]);
  const [, fits = ""] = pipelineLines(long, 0, 80);
  expect([fits.length, fits.endsWith("x…")]).toEqual([80, true]);
  expect(pipelineLines(long, 0)[1]).toContain(`${"x".repeat(99)}…`);
});

/** What a view writes of what it is shown. */
function written(isTTY: boolean, ...shown: readonly PipelineProgress[]): string {
  let text = "";
  const out = {
    isTTY,
    rows: 3,
    write: (more: string) => {
      text += more;
    },
  } as unknown as NodeJS.WriteStream;
  const view = pipelineView(out);
  for (const each of shown) view.show(each);
  return text;
}

it("is a line for each change where there is no terminal", () => {
  const later = progressOf("e1", { status: "Failed" }, state, [
    run("production", "Plan", "Failed"),
    run("Source", "Source", "Succeeded"),
  ]);
  const lines = written(false, progress, progress, later).trimEnd().split("\n");
  expect(lines.map((line) => line.trim().split(/ {2,}/).slice(0, 2).join(" "))).toEqual([
    "Source/Source done",
    "production/Plan running",
    "production/Plan failed",
  ]);
});

it("is drawn over itself in a terminal, and never higher than that", () => {
  const text = written(true, progress, progress);
  expect(text.split("\u001b[2A")).toHaveLength(2);
  expect(text).not.toContain("Source  done");
});
