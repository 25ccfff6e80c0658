import {
  buildsToAsk,
  judgeLock,
  type LockCase,
  type LockingRun,
} from "../../../operations/recovery/judge-lock";
import type { HostProcess } from "../../../operations/recovery/processes";

const machine = "pid:[4026531836]";
const container = "pid:[4026532198]";
const stack = "globex_front";

const host: HostProcess = {
  ...{ name: "build-7", user: "ana", boot: "b-1", namespace: machine },
  ...{ pid: 100, started: "1000" },
};

const run: LockingRun = {
  id: "2026-11-26T17-20-00Z-ab12",
  host,
  started: "2026-11-26T17:20:00.000Z",
  stacks: { [stack]: { started: "2026-11-26T17:21:00.000Z", state: "applying" } },
};

const lock = {
  id: "0b5d2c1e",
  who: "ana@build-7",
  created: "2026-11-26T17:21:03.123456789Z",
  operation: "OperationTypeApply",
};

/** A lock that a killed run has left, met on the same machine by a later process. */
const left: LockCase = {
  ...{ stack, lock, runs: [run] },
  here: { ...host, pid: 200, started: "9000" },
  processesOf: () => [{ stack, pid: 101, started: "1010" }],
  isRunning: () => false,
  terraforms: [],
};

const judge = (change: Partial<LockCase>) => judgeLock({ ...left, ...change });
const withHost = (change: Partial<HostProcess>, here: Partial<HostProcess> = {}) =>
  judge({
    runs: [{ ...run, host: { ...host, ...change } }],
    here: { ...left.here, ...here },
  });
const withPart = (part: LockingRun["stacks"][string], ended?: string) =>
  judge({ runs: [{ ...run, ended, stacks: { [stack]: part } }] });

describe("a lock is of nobody any more", () => {
  test("when neither the run nor its Terraform is running on this machine", () => {
    expect(judge({})).toEqual({
      kind: "gone",
      explanation:
        "The lock of globex_front is of the run 2026-11-26T17-20-00Z-ab12, which ana@build-7 began 2026-11-26T17:20:00.000Z on this machine. Neither it nor any Terraform that it started for globex_front is running any more.",
    });
  });

  test("when other processes have got their ids since", () => {
    const others = new Map([
      [100, "7777"],
      [101, "8888"],
    ]);
    expect(judge({ isRunning: ({ pid, started }) => others.get(pid) === started }).kind).toBe("gone");
  });

  test("when the machine was started anew, whatever runs under those ids now", () => {
    const { explanation, kind } = judge({ here: { ...left.here, boot: "b-2" }, isRunning: () => true });
    expect(kind).toBe("gone");
    expect(explanation).toContain("started anew");
  });

  test("when only Terraform was killed, and the run has ended with that", () => {
    const ended = "2026-11-26T17:25:00.000Z";
    expect(withPart({ ...run.stacks[stack], ended, state: "failed" }, ended).kind).toBe("gone");
  });

  test("while Terraform is at work on other stacks", () => {
    const processesOf = () => [
      { stack, pid: 101, started: "1010" },
      { stack: "other", pid: 600, started: "6000" },
    ];
    expect(judge({ processesOf, terraforms: [{ pid: 600, started: "6000" }] }).kind).toBe("gone");
  });

  test("when this process itself goes on with the run", () => {
    const here = { ...host };
    expect(judge({ here, isRunning: ({ pid }) => pid === host.pid }).kind).toBe("gone");
  });
});

describe("where a killed run may have left it, or a later one", () => {
  const later = (change: Partial<HostProcess>): LockingRun => ({
    ...run,
    id: "later",
    host: { ...host, ...change },
  });
  test.each([
    ["none is left", later({ pid: 300, started: "3000" }), "gone"],
    ["one is at work", later({ pid: 400, started: "4000" }), "held"],
    ["one is elsewhere", later({ boot: "b-0", namespace: container }), "foreign"],
  ])("and %s", (_, other, kind) => {
    for (const runs of [
      [run, other],
      [other, run],
    ])
      expect(judge({ runs, isRunning: ({ pid }) => pid === 400 }).kind).toBe(kind);
  });
});

describe("a lock is held", () => {
  test.each([
    ["the run", 100],
    ["its Terraform", 101],
  ])("while %s is at work", (_, alive) => {
    const { explanation, kind } = judge({ isRunning: ({ pid }) => pid === alive });
    expect(kind).toBe("held");
    expect(explanation).toContain(`still at work (process ${alive})`);
  });

  test("also where that Terraform is a child of this process", () => {
    expect(judge({ here: host, isRunning: ({ pid }) => pid === 101 }).kind).toBe("held");
  });
});

describe("a lock is never released", () => {
  test("when no run knows the stack", () => {
    expect(judge({ runs: [] })).toEqual({
      kind: "foreign",
      explanation:
        "The state of globex_front is locked by ana@build-7 since 2026-11-26T17:21:03.123456789Z (OperationTypeApply). No run of this fleet says that the lock is its own. It is not released here. Ask them; if you are sure that nobody works on it, run `terraform force-unlock 0b5d2c1e` in the folder of the stack.",
    });
  });

  test.each([
    ["another stack's run", judge({ runs: [{ ...run, stacks: { other: { state: "applying" } } }] })],
    ["another user", judge({ lock: { ...lock, who: "bo@build-7" } })],
    ["another machine", judge({ lock: { ...lock, who: "ana@build-8" } })],
    ["a time before the run", judge({ lock: { ...lock, created: "2026-11-26T17:19:00Z" } })],
    [
      "a time before the run came to the stack",
      judge({ lock: { ...lock, created: "2026-11-26T17:20:30Z" } }),
    ],
    ["a time after the stack was done", withPart({ ended: "2026-11-26T17:21:00Z", state: "applied" })],
    ["a time after the run", withPart({ state: "applying" }, "2026-11-26T17:20:30Z")],
    ["no time at all", judge({ lock: { ...lock, created: "" } })],
  ])("when it names %s", (_, { explanation, kind }) => {
    expect(kind).toBe("foreign");
    expect(explanation).toContain("No run of this fleet");
  });

  test.each([
    ["when the run was elsewhere", withHost({}, { name: "build-8" }), "only there"],
    ["when the boot is not known", withHost({ boot: undefined }), "this very machine"],
    ["when the boot is not known here", withHost({}, { boot: undefined }), "this very machine"],
    ["when the namespace is not known", withHost({ namespace: undefined }), "this very machine"],
    ["when another user asks", withHost({}, { user: "bo" }), "as another user"],
    ["from another container", withHost({ namespace: container }), "in another container"],
    ["from within a container", withHost({}, { namespace: container }), "in another container"],
    [
      "when a container finds itself on another machine",
      withHost({ namespace: container }, { namespace: container, boot: "b-2" }),
      "may be at work on another machine",
    ],
    [
      "while a Terraform is at work that somebody started by hand",
      judge({
        terraforms: [
          { pid: 101, started: "1010" },
          { pid: 500, started: "5000", folder: `/srv/fleet/cdktf.out/stacks/${stack}` },
          { pid: 501, started: "5001", folder: "/srv/fleet/cdktf.out/stacks/other" },
        ],
      }),
      "no run has noted is at work on the stack on this machine (process 500)",
    ],
    [
      "while one has the id of a noted one",
      judge({ terraforms: [{ pid: 101, started: "9999" }] }),
      "process 101",
    ],
    ["when nobody can see what is running", judge({ terraforms: undefined }), "cannot be seen"],
    ["when no Terraform was noted", judge({ processesOf: () => [] }), "knows of no Terraform"],
    [
      "when only another stack's was",
      judge({ processesOf: () => [{ stack: "other", pid: 101, started: "1010" }] }),
      "knows of no Terraform",
    ],
    [
      "when a machine of the same name was started anew that noted nothing here",
      judge({ here: { ...left.here, boot: "b-2" }, processesOf: () => [] }),
      "knows of no Terraform",
    ],
  ])("%s", (_, { explanation, kind }, why) => {
    expect(kind).toBe("foreign");
    expect(explanation).toContain(why);
    expect(explanation).toContain("terraform force-unlock 0b5d2c1e");
  });
});

describe("a lock that a build of CodeBuild has taken", () => {
  const build = "arn:aws:codebuild:eu-central-1:555555555555:build/acme__pipeline_deploy_production_1:0d1c";
  /** Met in another build, on a machine that has nothing in common with that one but its name. */
  const met: Partial<LockCase> = {
    runs: [{ ...run, build }],
    processesOf: () => [],
    build: `${build}-retried`,
  };

  test("is of nobody any more once that build is over, whatever is to be seen here", () => {
    const { explanation, kind } = judge({ ...met, buildState: () => "over" });
    expect(kind).toBe("gone");
    expect(explanation).toBe(
      `The lock of globex_front is of the run 2026-11-26T17-20-00Z-ab12, which ana@build-7 began 2026-11-26T17:20:00.000Z in the build ${build}. That build is over, and nothing of it is left.`,
    );
  });

  test("is held while that build is at work, even where no process is to be seen", () => {
    expect(judge({ ...met, buildState: () => "at work" }).kind).toBe("held");
  });

  test.each<[string, Partial<LockCase>]>([
    ["CodeBuild does not say", { buildState: () => undefined }],
    ["nobody asks CodeBuild", {}],
    [
      "a Terraform that no run has noted works on the stack here",
      {
        buildState: () => "over",
        terraforms: [{ pid: 600, started: "6000", folder: `/elsewhere/${stack}` }],
      },
    ],
    [
      "another run may have taken it as well",
      {
        buildState: () => "over",
        runs: [
          { ...run, build },
          { ...run, id: "by hand" },
        ],
      },
    ],
  ])("is not released where %s", (_, more) => {
    expect(judge({ ...met, ...more }).kind).toBe("foreign");
  });

  test("is judged by its processes in that build itself", () => {
    expect(judge({ ...left, runs: [{ ...run, build }], build }).kind).toBe("gone");
    expect(judge({ runs: [{ ...run, build }], build, isRunning: () => true }).kind).toBe("held");
  });

  test("is the only one that CodeBuild is asked about", () => {
    const asked = (more: Partial<LockCase>) => buildsToAsk({ ...left, ...met, ...more });
    expect(asked({})).toEqual([build]);
    expect(asked({ build })).toEqual([]);
    expect(asked({ lock: { ...lock, who: "bo@build-7" } })).toEqual([]);
    expect(asked({ runs: [run] })).toEqual([]);
  });
});
