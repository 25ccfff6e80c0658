import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CodeBuild, createCodeBuild } from "../../../sandbox/codebuild/codebuild";
import { packZip, unpackZip } from "../../../sandbox/codebuild/zips";
import type { AwsCall, HttpResponse } from "../../../sandbox/http";
import { createLogs, type Logs } from "../../../sandbox/lambda/logs";
import { jsonClient } from "../clients";

export const account = "555555555555";
export const region = "eu-central-1";
const serviceRole = `arn:aws:iam::${account}:role/build`;

/** A CodeBuild with a store of objects in the place of S3. Its roles trust CodeBuild unless they are named otherwise. */
export interface TestCodeBuild {
  readonly codeBuild: CodeBuild;
  readonly ask: ReturnType<typeof jsonClient>;
  /** By `<bucket>/<key>`. */
  readonly objects: Map<string, Buffer>;
  /** What was asked of AWS otherwise, with its access key. */
  readonly calls: AwsCall[];
  readonly logs: Logs;
  /** What the sandbox was told. */
  readonly problems: string[];
  /** Where builds keep their folders. */
  readonly folder: string;
  /** Puts a zip of text files. */
  readonly put: (place: string, files: Readonly<Record<string, string>>) => Promise<void>;
  readonly close: () => Promise<void>;
}

export function createTestCodeBuild(
  times: { readonly minuteMs?: number; readonly graceMs?: number } = {},
): TestCodeBuild {
  const folder = mkdtempSync(join(tmpdir(), "meridian-test-"));
  const objects = new Map<string, Buffer>();
  const calls: AwsCall[] = [];
  const problems: string[] = [];
  const logs = createLogs();
  const answer = (status: number, body: Buffer = Buffer.alloc(0)): HttpResponse => ({
    status,
    headers: {},
    body,
  });
  const codeBuild = createCodeBuild({
    folder,
    endpoint: () => "http://127.0.0.1:4566",
    machine: () => ({ PATH: process.env.PATH ?? "", HOME: "/home/somebody", MACHINE: "yes" }),
    ask: async (call) => {
      calls.push(call);
      if (call.service !== "s3") return answer(200);
      const place = decodeURIComponent(call.path.slice(1));
      if (call.method === "PUT") objects.set(place, call.body);
      const found = objects.get(place);
      return found ? answer(200, found) : answer(404, Buffer.from("<Error><Code>NoSuchKey</Code></Error>"));
    },
    assumeRole: async (arn, _, session) => ({
      ...{ accessKeyId: "ASIABUILD", secretAccessKey: "secret", sessionToken: "session", account },
      arn: `arn:aws:sts::${account}:assumed-role/${arn.split("/").at(-1)}/${session}`,
    }),
    trustPolicy: async (arn) => {
      const name = arn.split("/").at(-1);
      const Service = `${name === "lambda" ? "lambda" : "codebuild"}.amazonaws.com`;
      const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service } };
      return name === "unknown" ? undefined : JSON.stringify({ Statement: [statement] });
    },
    logs,
    onLog: (line) => problems.push(line),
    graceMs: 300,
    ...times,
  });
  return {
    ...{ codeBuild, objects, calls, logs, problems, folder },
    ask: jsonClient(codeBuild.handle, "codebuild", account, region),
    async put(place, files) {
      const zipped = Object.entries(files).map(([name, text]) => ({
        ...{ name, contents: Buffer.from(text), mode: 0o100755 },
      }));
      objects.set(place, await packZip(zipped));
    },
    async close() {
      await codeBuild.builds.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What CreateProject takes. */
export function projectInput(buildspec: string, more: object = {}): object {
  return {
    name: "acme",
    source: { type: "CODEPIPELINE", buildspec },
    artifacts: { type: "CODEPIPELINE" },
    environment: {
      type: "LINUX_CONTAINER",
      image: "aws/codebuild/standard:7.0",
      computeType: "BUILD_GENERAL1_SMALL",
    },
    serviceRole,
    buildBatchConfig: { serviceRole },
    ...more,
  };
}

/** What a build is asked for with. */
export interface Asked {
  readonly sources?: readonly string[];
  readonly artifacts?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly isBatch?: boolean;
  readonly revision?: string;
}

/** Starts a build of the project `acme`, as a pipeline does; artifacts and sources lie in the bucket `artifacts`. */
export function start({ codeBuild }: TestCodeBuild, asked: Asked = {}): string {
  const zip = (name: string) => ({ name, bucket: "artifacts", key: `${name}.zip` });
  return codeBuild.builds.start({
    project: { account, region, name: "acme" },
    sources: (asked.sources ?? []).map(zip),
    artifacts: (asked.artifacts ?? []).map((name) => ({ ...zip(name), kmsKey: "a-key" })),
    environment: Object.entries(asked.environment ?? {}).map(([name, value]) => ({ name, value })),
    isBatch: asked.isBatch ?? false,
    revision: asked.revision,
    initiator: "codepipeline/acme",
  });
}

/** What the commands of a build wrote, without what CodeBuild says. */
export function output({ logs }: TestCodeBuild, id?: string): readonly string[] {
  return logs
    .read({ requestId: id })
    .map(({ message }) => message)
    .filter((message) => !message.startsWith("[Container]"));
}

/** Unpacks an object into a folder. */
export function unpack({ objects }: TestCodeBuild, place: string, folder: string): Promise<void> {
  const packed = objects.get(place);
  if (!packed) throw new Error(`there is no ${place}`);
  return unpackZip(packed, folder);
}

/** Waits until something holds. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 250) throw new Error("it never came to hold");
    await sleep(20);
  }
}

/** Makes the project, and runs one build of it. */
export async function run(test: TestCodeBuild, buildspec: string, asked: Asked = {}) {
  await test.ask("CreateProject", projectInput(buildspec));
  const id = start(test, asked);
  const result = await test.codeBuild.builds.ended(id);
  const { builds } = await test.ask("BatchGetBuilds", { ids: [id] });
  const [record] = builds;
  const phases: readonly { phaseType: string; phaseStatus?: string }[] = record.phases;
  return {
    id,
    result,
    record,
    phases: phases.map(({ phaseType, phaseStatus }) => `${phaseType} ${phaseStatus ?? ""}`.trim()),
  };
}
