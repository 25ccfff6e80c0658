import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type Followed, followExecution } from "../../../cli/shared/pipeline-execution";
import type {
  ActionExecution,
  ExecutionStatus,
  PipelineApi,
  StageState,
} from "../../../operations/aws/code-pipeline";

/** What CodeBuild was asked, and the builds that it does not stop. */
let asked: string[];
let unstoppable: string[];
let server: Server;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    if (request.method === "GET") {
      response.statusCode = request.url === "/plans/to_read/1.md" ? 200 : 404;
      response.end("# The plan\n\n1 stack changes\n");
      return;
    }
    let body = "";
    for await (const chunk of request) body += chunk;
    const { id } = JSON.parse(body) as { readonly id: string };
    asked.push(`${String(request.headers["x-amz-target"]).split(".")[1]} ${id}`);
    response.statusCode = unstoppable.includes(id) ? 400 : 200;
    response.end(
      unstoppable.includes(id) ? '{"__type":"ResourceNotFoundException","message":"no such"}' : "{}",
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const refusal = (name: string) => Object.assign(new Error("as the test says"), { name });

/** An execution: what a test sets is what AWS tells next. */
let status: ExecutionStatus;
let looks: number;
let token: string | undefined;
let runs: readonly ActionExecution[];
let said: string;
let stop: AbortController;
let hurry: AbortController;
beforeEach(() => {
  asked = [];
  unstoppable = [];
  [status, looks, token, runs, said] = ["InProgress", 0, undefined, [], ""];
  stop = new AbortController();
  hurry = new AbortController();
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

function follow(api: Partial<PipelineApi>, more: Partial<Followed> = {}) {
  const state = (): readonly StageState[] => [
    {
      stageName: "production",
      latestExecution: { pipelineExecutionId: "e1", status: "InProgress" },
      actionStates: [{ actionName: "Approve", latestExecution: { status: "InProgress", token } }],
    },
  ];
  const { port } = server.address() as AddressInfo;
  return followExecution({
    id: "e1",
    pipeline: "acme",
    api: {
      stages: async () => [],
      start: async () => "e1",
      execution: async () => {
        looks++;
        // As a call over the network: whoever looks without a pause lets others have their turn.
        await sleep(1);
        return { status };
      },
      state: async () => state(),
      actions: async () => runs,
      answer: async () => {},
      abandon: async () => {},
      ...api,
    },
    caller: {
      ...{ endpoint: `http://127.0.0.1:${port}`, region: "eu-central-1" },
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    },
    answers: { yes: true },
    interrupts: { stop: stop.signal, hurry: hurry.signal },
    view: { show: () => {}, leave: () => {} },
    lookEvery: 5,
    ...more,
  });
}

const run = (name: string, runStatus: ActionExecution["status"], isBatch = false): ActionExecution => ({
  ...{ actionExecutionId: name, stageName: "production", actionName: name, status: runStatus },
  ...{ startTime: 1, lastUpdateTime: 2 },
  input: { resolvedConfiguration: { ProjectName: name, ...(isBatch && { BatchEnabled: "true" }) } },
  output: { executionResult: { externalExecutionId: `${name}:1` } },
});

describe("where somebody else is quicker", () => {
  it.each(["InvalidApprovalTokenException", "ApprovalAlreadyCompletedException"])(
    "goes on after an approval that was answered meanwhile (%s)",
    async (name) => {
      token = "t1";
      const answers: string[] = [];
      const api: Partial<PipelineApi> = {
        async answer(answer) {
          answers.push(answer.token);
          status = "Succeeded";
          throw refusal(name);
        },
      };
      expect(await follow(api)).toMatchObject({ status: "Succeeded" });
      expect([answers, said]).toEqual([["t1"], expect.stringContaining("Somebody else has answered before")]);
    },
  );

  it.each(["PipelineExecutionNotStoppableException", "DuplicatedStopRequestException", "ConflictException"])(
    "looks again at what cannot be stopped just now (%s)",
    async (name) => {
      let attempts = 0;
      const api: Partial<PipelineApi> = {
        async abandon() {
          attempts++;
          if (attempts === 1) throw refusal(name);
          status = "Stopped";
        },
      };
      stop.abort();
      expect(await follow(api)).toMatchObject({ status: "Stopped" });
      expect([attempts, said.match(/Stopping execution e1/g)]).toEqual([2, ["Stopping execution e1"]]);
    },
  );

  it("throws what is refused for any other reason", async () => {
    token = "t1";
    const answer = async () => Promise.reject(refusal("AccessDeniedException"));
    await expect(follow({ answer })).rejects.toThrow("as the test says");
    stop.abort();
    const abandon = async () => Promise.reject(refusal("AccessDeniedException"));
    await expect(follow({ abandon })).rejects.toThrow("as the test says");
  });
});

describe("once it is to stop", () => {
  it("looks no more often than before", async () => {
    status = "Stopping";
    stop.abort();
    const end = follow({}, { lookEvery: 60 });
    await sleep(300);
    status = "Stopped";
    await end;
    expect(looks).toBeLessThan(9);
  });

  it("is left at the second Ctrl-C, and says what may go on", async () => {
    status = "Stopping";
    stop.abort();
    const end = follow({}, { lookEvery: 60_000 });
    setTimeout(() => hurry.abort(), 50);
    const otherwise = setTimeout(() => {
      status = "Stopped";
    }, 200);
    await expect(end).rejects.toMatchObject({
      message: expect.stringContaining("execution e1 was left before its end"),
      fix: expect.stringMatching(
        /AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws --endpoint-url http:\/\/127\.0\.0\.1:\d+ --region eu-central-1 codepipeline get-pipeline-state --name acme$/,
      ),
    });
    clearTimeout(otherwise);
  });

  it("asks for no approval", async () => {
    token = "t1";
    stop.abort();
    const abandon = async () => {
      status = "Stopped";
    };
    const answer = async () => Promise.reject(new Error("answered"));
    expect(await follow({ abandon, answer })).toMatchObject({ status: "Stopped" });
  });

  it("stops the builds and batches of what was abandoned, each of them", async () => {
    stop.abort();
    unstoppable = ["plan:1"];
    const approval = { ...run("Approve", "Abandoned"), input: { resolvedConfiguration: {} } };
    const api: Partial<PipelineApi> = {
      async abandon() {
        status = "Stopped";
        runs = [
          run("plan", "Abandoned"),
          run("deploy", "Abandoned", true),
          run("check", "Succeeded"),
          approval,
        ];
      },
    };
    await follow(api);
    expect(asked).toEqual(["StopBuild plan:1", "StopBuildBatch deploy:1"]);
    expect(said).toContain("The build plan:1 was not stopped: ResourceNotFoundException: no such");
  });
});

describe("a sandbox that does not answer", () => {
  const noAnswer = () => Object.assign(new Error("the operation was aborted"), { name: "AbortError" });

  it("is asked again", async () => {
    token = "t1";
    const calls = { execution: 0, answer: 0 };
    const api: Partial<PipelineApi> = {
      async execution() {
        calls.execution++;
        if (calls.execution < 6) throw noAnswer();
        return { status };
      },
      async answer() {
        calls.answer++;
        if (calls.answer === 1) throw noAnswer();
        status = "Succeeded";
      },
    };
    expect(await follow(api)).toMatchObject({ status: "Succeeded" });
    expect(calls).toEqual({ execution: 7, answer: 2 });
  });

  it("is gone after ten times in a row", async () => {
    let calls = 0;
    const state = async () => {
      calls++;
      throw noAnswer();
    };
    await expect(follow({ state })).rejects.toThrow("the operation was aborted");
    expect(calls).toBe(10);
  });

  it("is left at the second Ctrl-C", async () => {
    stop.abort();
    hurry.abort();
    const state = async () => Promise.reject(noAnswer());
    await expect(follow({ state })).rejects.toThrow("execution e1 was left before its end");
  });
});

it("leaves alone the builds of what somebody else has abandoned", async () => {
  status = "Stopped";
  runs = [run("deploy", "Abandoned")];
  await follow({});
  expect(asked).toEqual([]);
});

describe("a person who is asked", () => {
  /** What becomes of an approval, and how often it was asked for. */
  async function resultOf(typed: string): Promise<readonly [results: readonly string[], questions: number]> {
    token = "t1";
    const results: string[] = [];
    const answer: PipelineApi["answer"] = async ({ result }) => {
      results.push(result.status);
      status = "Failed";
    };
    const terminal = { input: new PassThrough(), output: new PassThrough() };
    terminal.input.end(typed);
    await follow({ answer }, { answers: {}, terminal });
    return [
      results,
      String(terminal.output.read()).split("Approve production? Answer yes or no: ").length - 1,
    ];
  }

  it.each([
    ["yes\n", "Approved"],
    [" Y \n", "Approved"],
    ["no\n", "Rejected"],
    ["n\n", "Rejected"],
  ])("is understood (%j)", async (typed, result) => {
    expect(await resultOf(typed)).toEqual([[result], 1]);
  });

  it("is asked again after anything else", async () => {
    expect(await resultOf("\nperhaps\nyes\n")).toEqual([["Approved"], 3]);
  });

  it.each([
    ["1.md", /# The plan\n\n1 stack changes\n\nproduction waits for an approval:/],
    [
      "2.md",
      /To read all of it: AWS_ACCESS_KEY_ID=test .* s3 cp s3:\/\/plans\/to_read\/2\.md -\n\nproduction waits/,
    ],
  ])("has the plan in view, or is told how to read it (%s)", async (name, shown) => {
    const input = { resolvedConfiguration: { CustomData: `All of it: s3://plans/to_read/${name}` } };
    runs = [{ ...run("Approve", "InProgress"), input }];
    await resultOf("yes\n");
    expect(said).toMatch(shown);
  });

  it("rejects where the input ends", async () => {
    expect(await resultOf("perhaps\n")).toEqual([["Rejected"], 2]);
  });

  it("has not answered where the question is taken back", async () => {
    token = "t1";
    const abandon = async () => {
      status = "Stopped";
    };
    const answer = async () => Promise.reject(new Error("answered"));
    const terminal = { input: new PassThrough(), output: new PassThrough() };
    terminal.output.once("data", () => stop.abort());
    const end = follow({ abandon, answer }, { answers: {}, terminal });
    expect(await end).toMatchObject({ status: "Stopped" });
  });
});
