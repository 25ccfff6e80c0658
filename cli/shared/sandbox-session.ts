import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { roleArn } from "../../fleet/account";
import { UserError } from "../../fleet/errors";
import { globalRegion } from "../../fleet/geography/regions";
import type { Fleet } from "../../fleet/model";
import { packageRoot, projectRoot } from "../../fleet/project";
import {
  sandboxEnvironment,
  scratchFolder,
  terraformEnvironment,
} from "../../operations/terraform/environment";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox";
import { sandboxRequest } from "./sandbox-request";

/** A running sandbox, with the folder that its deploys have to themselves. */
export interface SandboxSession {
  readonly sandbox: Sandbox;
  /** Output folder for `cdktf`, relative to the project's. The state lies beside it, apart from any other. */
  readonly output: string;
  /** Environment for `cdktf` and `terraform`. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Where a running sandbox says how to reach it. */
const addressFile = join(projectRoot, scratchFolder, "sandbox.json");

/**
 * Starts a sandbox for a fleet. It begins empty, so what an earlier one on the same port left of Terraform's state is
 * removed; the state bucket that the fleet names is there, also where a stack of the fleet is to make it: that is how a
 * fleet whose state has moved there finds AWS, and it could not be deployed otherwise.
 *
 * @param file the fleet file: handlers find the AWS SDK where its sources do
 * @throws {UserError} moto or the port is missing
 */
export async function openSandbox(
  file: string,
  fleet: Pick<Fleet, "state" | "stateBucket">,
  port: number | undefined,
  onLog: (line: string) => void,
): Promise<SandboxSession> {
  const functionProcess = join(packageRoot, "dist", "function-process.js");
  const sandbox = await startSandbox({
    port,
    environment: process.env,
    functionProcess,
    buildEnvironment,
    runtimeModules: [...moduleFolders(dirname(resolve(file))), ...moduleFolders(packageRoot)],
    onLog,
  });
  const folder = join(scratchFolder, `sandbox-${sandbox.port}`);
  rmSync(join(projectRoot, folder), { recursive: true, force: true });
  mkdirSync(join(projectRoot, folder), { recursive: true });
  writeFileSync(addressFile, JSON.stringify({ port: sandbox.port, pid: process.pid }));
  await provideStateBucket(sandbox, fleet);
  return {
    sandbox,
    output: join(folder, "cdktf.out"),
    env: { ...terraformEnvironment(process.env, projectRoot), ...sandboxEnvironment(sandbox.endpoint) },
    async close() {
      if (runningSandbox()?.pid === process.pid) rmSync(addressFile, { force: true });
      await sandbox.close();
    },
  };
}

/** What builds find of this machine, and the way to the sandbox; their keys are those of their roles. */
function buildEnvironment(endpoint: string): Readonly<Record<string, string>> {
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...variables } = sandboxEnvironment(endpoint);
  return { ...npmEnvironment(process.env), ...terraformEnvironment(process.env, projectRoot), ...variables };
}

/**
 * What npm is told, and what it finds in the home folder otherwise, which is not that of a build: where packages come from,
 * and those that were downloaded already.
 */
function npmEnvironment(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const { HOME: home = "" } = environment;
  const own = join(home, ".npmrc");
  // The folder that `npx` was called in is not the one of a build.
  const told = Object.entries(environment).filter(
    ([name]) => /^npm_config_/i.test(name) && name !== "npm_config_local_prefix",
  );
  return {
    npm_config_cache: join(home, ".npm"),
    ...(existsSync(own) && { npm_config_userconfig: own }),
    ...(Object.fromEntries(told) as Record<string, string>),
  };
}

/** Where Node.js looks for a package that is imported from a folder. */
function moduleFolders(folder: string): readonly string[] {
  const parent = dirname(folder);
  return [join(folder, "node_modules"), ...(parent === folder ? [] : moduleFolders(parent))];
}

async function provideStateBucket(
  sandbox: Sandbox,
  { state, stateBucket }: Pick<Fleet, "state" | "stateBucket">,
): Promise<void> {
  if (state.backend !== "s3") return;
  const { bucket, region } = state;
  if (stateBucket) await sandbox.makeBucketAhead({ bucket, region, owner: roleArn(stateBucket.account) });
  else await createBucket(sandbox.endpoint, bucket, region);
}

async function createBucket(endpoint: string, bucket: string, region: string): Promise<void> {
  // In S3's own region no constraint may be given.
  const body =
    region === globalRegion
      ? ""
      : `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
  const { status, text } = await sandboxRequest({
    endpoint,
    service: "s3",
    region,
    method: "PUT",
    path: `/${bucket}`,
    body,
  });
  if (status !== 200)
    throw new Error(`the sandbox did not make the state bucket ${bucket}: ${status} ${text}`);
}

/** What is written down of a running sandbox. */
interface RunningSandbox {
  readonly port: number;
  readonly pid: number;
}

/** The sandbox that was started last from this folder, if it still runs. */
function runningSandbox(): RunningSandbox | undefined {
  try {
    const found: RunningSandbox = JSON.parse(readFileSync(addressFile, "utf8"));
    process.kill(found.pid, 0);
    return found;
  } catch {
    return undefined;
  }
}

/**
 * The endpoint of the sandbox that runs in another terminal.
 *
 * @param port as the user gave it, if any
 * @throws {UserError} none is running
 */
export function sandboxEndpoint(port: number | undefined): string {
  const found = port ?? runningSandbox()?.port;
  if (found !== undefined) return `http://127.0.0.1:${found}`;
  throw new UserError(
    "no sandbox is running",
    "this command needs one",
    "start one in another terminal with `npx meridian sandbox` or `npm start`, or give its --port",
  );
}
