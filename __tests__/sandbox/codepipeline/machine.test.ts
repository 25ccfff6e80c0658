import { latestIn } from "../../../sandbox/codepipeline/machine";
import { refuseRetry, refuseRollback, refuseStart, refuseStop } from "../../../sandbox/codepipeline/refusals";
import { inStaging, pipeline, structure } from "./machines";

describe("an execution", () => {
  it("runs stage after stage, actions of one order side by side", () => {
    const { end, running, status } = inStaging();
    expect(running("a")).toEqual(["Plan"]);
    end("a", "Plan");
    expect(running("a")).toEqual(["Left", "Right"]);
    end("a", "Right");
    expect(running("a")).toEqual(["Left"]);
    for (const action of ["Left", "Verify", "Update"]) end("a", action);
    expect(status("a")).toBe("Succeeded");
  });

  it("fails with its stage once the actions beside the failed one have come to their end", () => {
    const { end, machine, running, status } = inStaging();
    end("a", "Plan");
    end("a", "Left", "Failed");
    expect([status("a"), running("a")]).toEqual(["InProgress", ["Right"]]);
    end("a", "Right");
    expect([status("a"), running("a")]).toEqual(["Failed", []]);
    expect(latestIn(machine(), "staging")?.entered.staging?.status).toBe("Failed");
  });
});

describe("in QUEUED mode", () => {
  it("executions wait for a stage in their order, however many are started meanwhile", () => {
    const { end, running, start, status } = inStaging();
    start("b", "c");
    end("b", "Source");
    end("c", "Source");
    expect([running("b"), running("c")]).toEqual([[], []]);
    end("a", "Plan", "Failed");
    expect([running("b"), running("c")]).toEqual([["Plan"], []]);
    for (const action of ["Plan", "Left", "Right", "Verify"]) end("b", action);
    expect([running("b"), running("c"), status("c")]).toEqual([["Update"], ["Plan"], "InProgress"]);
  });

  it("50 executions are under way at most", () => {
    const { codeOf, start } = pipeline();
    for (let number = 0; number < 49; number++) start(`e${number}`);
    expect(codeOf(refuseStart)).toBeUndefined();
    start("last");
    expect(codeOf(refuseStart)).toBe("ConcurrentPipelineExecutionsLimitExceededException");
  });
});

it("in SUPERSEDED mode the newest of those that wait goes on, and the others do not", () => {
  const { end, running, start, status } = inStaging("SUPERSEDED");
  for (const id of ["b", "c"]) {
    start(id);
    end(id, "Source");
  }
  expect([status("b"), status("c")]).toEqual(["Superseded", "InProgress"]);
  end("a", "Plan", "Failed");
  expect(running("c")).toEqual(["Plan"]);
});

describe("a stage that is run again", () => {
  const failed = () => {
    const one = inStaging();
    one.end("a", "Plan");
    one.end("a", "Left");
    one.end("a", "Right", "Failed");
    return one;
  };

  it("keeps what has succeeded with FAILED_ACTIONS", () => {
    const { end, running, send, status } = failed();
    send({ kind: "retry", id: "a", stage: "staging", mode: "FAILED_ACTIONS" });
    expect([status("a"), running("a")]).toEqual(["InProgress", ["Right"]]);
    end("a", "Right");
    expect(running("a")).toEqual(["Verify"]);
  });

  it("begins with its first action with ALL_ACTIONS", () => {
    const { running, send } = failed();
    send({ kind: "retry", id: "a", stage: "staging", mode: "ALL_ACTIONS" });
    expect(running("a")).toEqual(["Plan"]);
  });

  it("runs what has failed beside what still runs", () => {
    const { codeOf, end, running, send } = inStaging();
    end("a", "Plan");
    end("a", "Left", "Failed");
    const code = (mode: string) => codeOf((machine) => refuseRetry(machine, "staging", "a", mode));
    expect([code("ALL_ACTIONS"), code("FAILED_ACTIONS")]).toEqual(["StageNotRetryableException", undefined]);
    send({ kind: "retry", id: "a", stage: "staging", mode: "FAILED_ACTIONS" });
    expect([...running("a")].sort()).toEqual(["Left", "Right"]);
  });

  it("may have waited for its stage while the pipeline was updated, and not have failed before", () => {
    const { codeOf, end, send, start } = inStaging();
    start("b");
    end("b", "Source");
    send({ kind: "update", structure: structure("QUEUED", 2) });
    end("a", "Plan", "Failed");
    end("b", "Plan", "Failed");
    const code = () => codeOf((machine) => refuseRetry(machine, "staging", "b", "ALL_ACTIONS"));
    expect(code()).toBeUndefined();
    send({ kind: "update", structure: structure("QUEUED", 3) });
    expect(code()).toBe("StageNotRetryableException");
  });

  it("has to be the one that failed, of the execution that was in it last, in the structure of then", () => {
    const { codeOf, end, send, start } = failed();
    const code = (stage: string, id = "a") =>
      codeOf((machine) => refuseRetry(machine, stage, id, "FAILED_ACTIONS"));
    expect([code("staging"), code("Source"), code("none")]).toEqual([
      undefined,
      "StageNotRetryableException",
      "StageNotFoundException",
    ]);
    start("b");
    end("b", "Source");
    expect(code("staging")).toBe("NotLatestPipelineExecutionException");
    end("b", "Plan", "Failed");
    expect(code("staging", "b")).toBeUndefined();
    send({ kind: "update", structure: structure("QUEUED", 2) });
    expect(code("staging", "b")).toBe("StageNotRetryableException");
  });
});

describe("a stage that has failed while another execution waits for it", () => {
  const twoOf = (isOpen: boolean) => {
    const one = inStaging();
    one.start("b");
    one.end("b", "Source");
    if (!isOpen) one.send({ kind: "transition", stage: "staging", isOpen });
    one.end("a", "Plan", "Failed");
    const code = one.codeOf((machine) => refuseRetry(machine, "staging", "a", "FAILED_ACTIONS"));
    return { ...one, code };
  };

  it("lets that one in at once, and cannot be retried then", () => {
    const { code, running } = twoOf(true);
    expect([running("b"), code]).toEqual([["Plan"], "NotLatestPipelineExecutionException"]);
  });

  it("waits for a retry where the transition was disabled before", () => {
    const { code, end, running, send } = twoOf(false);
    expect([running("b"), code]).toEqual([[], undefined]);
    send({ kind: "retry", id: "a", stage: "staging", mode: "FAILED_ACTIONS" });
    send({ kind: "transition", stage: "staging", isOpen: true });
    expect([running("a"), running("b")]).toEqual([["Plan"], []]);
    for (const action of ["Plan", "Left", "Right", "Verify"]) end("a", action);
    expect(running("b")).toEqual(["Plan"]);
  });
});

describe("an execution that is stopped", () => {
  it("waits for what runs, and begins nothing more", () => {
    const { codeOf, end, send, status } = inStaging();
    send({ kind: "stop", id: "a", abandon: false });
    expect(status("a")).toBe("Stopping");
    expect(codeOf((machine) => refuseStop(machine, "a", false))).toBe("DuplicatedStopRequestException");
    expect(codeOf((machine) => refuseStop(machine, "a", true))).toBeUndefined();
    end("a", "Plan");
    expect(status("a")).toBe("Stopped");
    expect(codeOf((machine) => refuseStop(machine, "a", true))).toBe(
      "PipelineExecutionNotStoppableException",
    );
  });

  it("abandons what runs, lets the next one in, and can be run again until then", () => {
    const { abandoned, codeOf, machine, running, send, status } = inStaging();
    const [run] = machine().executions[0]?.runs.filter((one) => one.status === "InProgress") ?? [];
    send({ kind: "stop", id: "a", abandon: true });
    expect([status("a"), abandoned()]).toEqual(["Stopped", [run?.id]]);
    expect(codeOf((one) => refuseRetry(one, "staging", "a", "FAILED_ACTIONS"))).toBeUndefined();
    send({ kind: "retry", id: "a", stage: "staging", mode: "FAILED_ACTIONS" });
    expect(running("a")).toEqual(["Plan"]);
  });

  it("is over at once where it waits", () => {
    const { end, send, start, status } = inStaging();
    start("b");
    end("b", "Source");
    send({ kind: "stop", id: "b", abandon: false });
    expect(status("b")).toBe("Stopped");
  });
});

describe("an update of the pipeline", () => {
  it("lets what runs come to its end, and cancels its execution then, be it the last action", () => {
    const { end, send, status } = inStaging();
    for (const action of ["Plan", "Left", "Right", "Verify"]) end("a", action);
    send({ kind: "update", structure: structure("QUEUED", 2) });
    expect(status("a")).toBe("InProgress");
    end("a", "Update");
    expect(status("a")).toBe("Cancelled");
  });

  it("lets executions go on that wait between two stages, unless their stage is gone", () => {
    const { end, running, send, start, status } = inStaging();
    start("b");
    end("b", "Source");
    send({ kind: "update", structure: structure("QUEUED", 2) });
    end("a", "Plan");
    expect([status("a"), running("b")]).toEqual(["Cancelled", ["Plan"]]);
    start("c");
    end("c", "Source");
    const [source, , last] = structure().stages;
    const stages = source && last ? [source, last] : [];
    send({ kind: "update", structure: { ...structure("QUEUED", 3), stages } });
    expect(status("c")).toBe("Cancelled");
  });
});

describe("a rollback", () => {
  const code = ({ codeOf }: ReturnType<typeof pipeline>, stage: string, target: string) =>
    codeOf((machine) => refuseRollback(machine, stage, target));

  it("runs one stage as an execution of its own", () => {
    const one = inStaging();
    for (const action of ["Plan", "Left", "Right", "Verify", "Update"]) one.end("a", action);
    expect(code(one, "staging", "a")).toBeUndefined();
    one.send({ kind: "rollback", id: "back", stage: "staging", target: "a" });
    expect(code(one, "staging", "a")).toBe("UnableToRollbackStageException");
    for (const action of ["Plan", "Left", "Right", "Verify"]) one.end("back", action);
    expect(one.status("back")).toBe("Succeeded");
    expect(code(one, "staging", "back")).toBe("UnableToRollbackStageException");
  });

  it("needs an execution that succeeded in the stage, in this structure, and no source stage", () => {
    const one = inStaging();
    expect(code(one, "Source", "a")).toBe("UnableToRollbackStageException");
    expect(code(one, "staging", "none")).toBe("PipelineExecutionNotFoundException");
    one.end("a", "Plan", "Failed");
    expect(code(one, "staging", "a")).toBe("UnableToRollbackStageException");
    one.send({ kind: "update", structure: structure("QUEUED", 2) });
    expect(code(one, "staging", "a")).toBe("PipelineExecutionOutdatedException");
  });
});

it("nobody enters a stage that is closed until it is opened", () => {
  const one = pipeline();
  one.send({ kind: "transition", stage: "staging", isOpen: false });
  one.start("a");
  one.end("a", "Source");
  expect(one.running("a")).toEqual([]);
  one.send({ kind: "transition", stage: "staging", isOpen: true });
  expect(one.running("a")).toEqual(["Plan"]);
});
