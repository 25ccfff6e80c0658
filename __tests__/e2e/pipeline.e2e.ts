import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { accountCredentials } from "../../cli/shared/sandbox-request";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import {
  artifactBucketName,
  foundationOf,
  pipelineName,
  pipelineRoleName,
  reportPrefix,
} from "../../fleet/pipeline";
import { packageRoot } from "../../fleet/project";
import { type PipelineApi, pipelineApi, type StageState } from "../../operations/aws/code-pipeline";
import { scratchFolder } from "../../operations/terraform/environment";
import { descendants } from "./descendants";
import { type PipelineProject, pipelineProject } from "./pipeline-project";
import { admin, askFront, fleetAt, meridian, planCode, terraform } from "./support";
import { requireTranscript, type Shell, shellIn } from "./transcript";

/** Whether the AWS CLI is on the PATH. Where it is not, all of this is left out, which is said; in CI that is an error instead. */
const hasAws = spawnSync("aws", ["--version"], { timeout: 60_000 }).status === 0;

if (!hasAws) {
  const message = "the AWS CLI is missing (python3 -m pip install awscli): nobody tries the pipeline";
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`${message}\n`);
}

const name = "shop";
const delivery = "555555555555";
const region = "eu-central-1";

let project: PipelineProject;
let session: SandboxSession;
let shell: Shell;
let backend: Server;
/** What the third release asks before it answers. */
let backendStatus = 200;

/** Runs the AWS CLI as somebody who works in the pipeline's account. */
async function aws<T>(...args: readonly string[]): Promise<T> {
  const env = {
    ...session.env,
    ...{ AWS_ACCESS_KEY_ID: delivery, AWS_DEFAULT_REGION: region, AWS_PAGER: "" },
  };
  const { stdout } = await promisify(execFile)("aws", [...args, "--output", "json"], { env });
  return (stdout.trim() === "" ? {} : JSON.parse(stdout)) as T;
}

const codepipeline = <T = object>(...args: readonly string[]) => aws<T>("codepipeline", ...args);

/** For what is asked again and again: each start of the AWS CLI takes most of a second of a core. */
function api(): PipelineApi {
  const { endpoint } = session.sandbox;
  return pipelineApi({ endpoint, region, credentials: accountCredentials(delivery) }, name);
}

const stageOf = async (stage: string) => stageIn(await api().state(), stage);

function stageIn(stages: readonly StageState[], stage: string): StageState {
  const found = stages.find(({ stageName }) => stageName === stage);
  if (!found) throw new Error(`there is no stage ${stage}`);
  return found;
}

/** Waits until a stage has come that far in an execution. */
async function until(
  stage: string,
  execution: string,
  isThere: (state: StageState) => boolean,
): Promise<StageState> {
  for (let state = await stageOf(stage); ; state = await stageOf(stage)) {
    if (state.latestExecution?.pipelineExecutionId === execution) {
      if (isThere(state)) return state;
      const { status } = state.latestExecution;
      if (status !== "InProgress")
        throw new Error(`${stage} has ${status}: ${JSON.stringify(state, null, 1)}`);
    }
    await sleep(500);
  }
}

/** Waits until an execution is over. Another one may be in its last stages by then. */
async function statusAtTheEnd(execution: string): Promise<string> {
  for (;;) {
    const { status } = await api().execution(execution);
    if (status !== "InProgress") return status;
    await sleep(500);
  }
}

const action = (state: StageState, wanted: string) =>
  state.actionStates.find(({ actionName }) => actionName === wanted)?.latestExecution;
const ended = (status: string) => (state: StageState) => state.latestExecution?.status === status;
const waits = (state: StageState) => action(state, "Approve")?.token !== undefined;

/** Puts the sources into the bucket, and starts an execution of them. */
async function begin(): Promise<string> {
  await aws(
    "s3api",
    "put-object",
    "--bucket",
    "shop-sources",
    "--key",
    "fleet.zip",
    "--body",
    project.pack(),
  );
  const started = await codepipeline<{ readonly pipelineExecutionId: string }>(
    "start-pipeline-execution",
    ...["--name", name],
  );
  return started.pipelineExecutionId;
}

async function answer(
  execution: string,
  status: "Approved" | "Rejected",
  stage = "production",
): Promise<void> {
  await until(stage, execution, waits);
  const { stageStates } = await codepipeline<{ readonly stageStates: readonly StageState[] }>(
    ...["get-pipeline-state", "--name", name],
  );
  const { token = "" } = action(stageIn(stageStates, stage), "Approve") ?? {};
  await codepipeline(
    ...["put-approval-result", "--pipeline-name", name, "--stage-name", stage, "--action-name", "Approve"],
    ...["--token", token, "--result", `summary=read it,status=${status}`],
  );
}

function retry(stage: string, execution: string, mode: "FAILED_ACTIONS" | "ALL_ACTIONS"): Promise<object> {
  return codepipeline(
    ...["retry-stage-execution", "--pipeline-name", name, "--stage-name", stage],
    ...["--pipeline-execution-id", execution, "--retry-mode", mode],
  );
}

const tenants = ["finch", "crow", "heron"] as const;

const answers = async (...cells: readonly string[]) =>
  Promise.all(cells.map(async (cell) => (await askFront(session, cell)).text.trim()));

/** Asks every front, one after the other, until it is told to end; what did not answer as it should. */
function askingAll(): { readonly end: () => Promise<readonly string[]> } {
  let isOver = false;
  const failures: string[] = [];
  const asking = (async () => {
    while (!isOver) {
      for (const cell of ["staging", ...tenants]) {
        const { status } = await askFront(session, cell).catch((error: Error) => ({ status: error.message }));
        if (status !== 200) failures.push(`${cell}: ${status}`);
      }
      await sleep(100);
    }
  })();
  return {
    async end() {
      isOver = true;
      await asking;
      return failures;
    },
  };
}

/** Kills the build that deploys, with all that it has started, as a machine that is lost would. */
async function killDeploy(execution: string): Promise<void> {
  for (;;) {
    const { latestExecution } = await stageOf("Check");
    if (latestExecution?.pipelineExecutionId === execution && latestExecution.status === "Failed")
      throw new Error("its check has failed");
    const found = descendants(process.pid).filter((pid) => /meridian\.js\0deploy/.test(commandLine(pid)));
    const terraforms = found
      .flatMap((pid) => descendants(pid))
      .filter((pid) => /^terraform\0apply/.test(commandLine(pid)));
    if (terraforms.length > 0) {
      for (const pid of [...found, ...terraforms]) process.kill(pid, "SIGKILL");
      return;
    }
    await sleep(50);
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

(hasAws ? describe : describe.skip)("a fleet with a pipeline", () => {
  let file: string;
  let second: string;
  let third: string;

  beforeAll(async () => {
    project = await pipelineProject();
    file = join(project.folder, "fleet.yaml");
    const fleet = await fleetAt(file);
    expect(pipelineName(fleet)).toBe(name);
    session = await openSandbox(file, fleet, undefined, () => {});
    shell = shellIn(project.folder, session);
    // So that commands in the project find the sandbox, as if it had been started there.
    mkdirSync(join(project.folder, scratchFolder));
    const address = JSON.stringify({ port: session.sandbox.port, pid: process.pid });
    writeFileSync(join(project.folder, scratchFolder, "sandbox.json"), address);
    backend = createServer((_, response) => {
      response.statusCode = backendStatus;
      response.end();
    });
    await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
    const foundation = [...foundationOf(fleet), "pipeline"].flatMap((stack) => ["--stack", stack]);
    const { code, text } = await meridian(session, file, "deploy", ...foundation, "--yes");
    if (code !== 0) throw new Error(text);
  });

  afterAll(async () => {
    backend?.close();
    shell?.remove();
    await session?.close();
    project?.remove();
  });

  test("Terraform finds its stack valid, and a second plan is empty", async () => {
    expect(await terraform(session, "pipeline", "validate", "-no-color")).toMatchObject({ code: 0 });
    expect(await planCode(session, "pipeline")).toBe(0);
  });

  test("is deployed by its pipeline, as docs/pipeline.md shows", async () => {
    await requireTranscript(join(packageRoot, "docs", "pipeline.md"), shell, 1);
    expect(await answers("staging", ...tenants)).toEqual([
      "orders of staging",
      ...tenants.map(() => "orders of production"),
    ]);
  });

  test("a build that is killed fails its stage, and a retry finishes what it had begun", async () => {
    project.handler('export async function handler() {\n  return { statusCode: 200, body: "second" };\n}\n');
    second = await begin();
    await answer(second, "Approved", "Foundation");
    await killDeploy(second);
    await expect(until("staging", second, ended("Succeeded"))).rejects.toThrow("staging has Failed");
    await retry("staging", second, "FAILED_ACTIONS");
  });

  test("another execution waits for it before the stage that it is in", async () => {
    const { port } = backend.address() as AddressInfo;
    project.handler(`export async function handler() {
  const isProduction = process.env.STAGE === "production";
  if (isProduction && !(await fetch("http://127.0.0.1:${port}")).ok) return { statusCode: 500, body: "no" };
  return { statusCode: 200, body: "third" };
}
`);
    third = await begin();
    await answer(third, "Approved", "Foundation");
    await until("production", second, waits);
    expect(await answers("staging")).not.toEqual(["orders of staging"]);
    await until("staging", third, ended("Succeeded"));
    const production = await stageOf("production");
    expect(production.latestExecution).toMatchObject({ pipelineExecutionId: second, status: "InProgress" });
    expect(production.inboundExecutions).toMatchObject([{ pipelineExecutionId: third }]);
  });

  test("once approved, it goes to the canary, then to the rest, and no request fails", async () => {
    const asking = askingAll();
    await answer(second, "Approved");
    await until("production", second, (state) => action(state, "Wave_1")?.status === "Succeeded");
    expect(await answers("finch")).toEqual(["second"]);
    expect(await statusAtTheEnd(second)).toBe("Succeeded");
    expect(await asking.end()).toEqual([]);
    expect(await answers(...tenants)).toEqual(tenants.map(() => "second"));
  });

  test("one that is rejected leaves production as it was", async () => {
    await answer(third, "Rejected");
    await expect(until("production", third, ended("Succeeded"))).rejects.toThrow("production has Failed");
    expect(await answers("staging", ...tenants)).toEqual(["third", ...tenants.map(() => "second")]);
  });

  test("a handler that does not answer as it should stops the wave, and its region goes back", async () => {
    backendStatus = 500;
    await retry("production", third, "FAILED_ACTIONS");
    await answer(third, "Approved");
    await expect(until("production", third, ended("Succeeded"))).rejects.toThrow("production has Failed");
    expect(await answers(...tenants)).toEqual(tenants.map(() => "second"));
  });

  test("what an approver has read is not written over", async () => {
    const { name: fleet, pipeline } = await fleetAt(file);
    const bucket = pipeline ? artifactBucketName(fleet, pipeline) : "";
    const prefix = `${reportPrefix("production")}/${third}/`;
    const { Contents } = await aws<{ readonly Contents: readonly { readonly Key: string }[] }>(
      ...["s3api", "list-objects-v2", "--bucket", bucket, "--prefix", prefix],
    );
    expect(Contents).toHaveLength(1);
    const again = ["put-object", "--bucket", bucket, "--key", Contents[0]?.Key ?? "", "--if-none-match", "*"];
    await expect(aws("s3api", ...again)).rejects.toThrow("PreconditionFailed");
  });

  test("with the cause mended, a retry of the stage takes it to the end", async () => {
    backendStatus = 200;
    await retry("production", third, "FAILED_ACTIONS");
    expect(await statusAtTheEnd(third)).toBe("Succeeded");
    expect(await answers(...tenants)).toEqual(tenants.map(() => "third"));
  });

  test("a stage that is rolled back comes to its earlier release, by a plan that is approved", async () => {
    const { pipelineExecutionId } = await codepipeline<{ readonly pipelineExecutionId: string }>(
      ...["rollback-stage", "--pipeline-name", name, "--stage-name", "production"],
      ...["--target-pipeline-execution-id", second],
    );
    await answer(pipelineExecutionId, "Approved");
    expect(await statusAtTheEnd(pipelineExecutionId)).toBe("Succeeded");
    expect(await answers("staging", ...tenants)).toEqual(["third", ...tenants.map(() => "second")]);
  });

  test("the role that plans was used to read, and for nothing else", async () => {
    const { calls } = await admin<{
      readonly calls: readonly { readonly action: string; readonly principal: string }[];
    }>(session, "calls");
    const of = (role: string) => [
      ...new Set(
        calls.filter(({ principal }) => principal.endsWith(`:role/${role}`)).map((call) => call.action),
      ),
    ];
    const planned = of("meridian-plan");
    expect(planned).toEqual(expect.arrayContaining(["iam:GetRole", "lambda:GetFunction", "s3:GetObject"]));
    expect(planned.filter((called) => !/:(Get|List|Describe|Head|BatchGet|Decrypt)/.test(called))).toEqual(
      [],
    );
    // Its own build adds what it hands on, and what it logs.
    const own = of(pipelineRoleName(name, { kind: "plan" }));
    expect(own.filter((called) => !/^(logs|s3|kms|sts):/.test(called))).toEqual([]);
  });
});
