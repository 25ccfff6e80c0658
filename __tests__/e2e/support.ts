import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkFleet } from "../../check/load";
import { sandboxRequest } from "../../cli/shared/sandbox-request";
import type { SandboxSession } from "../../cli/shared/sandbox-session";
import type { Fleet } from "../../fleet/model";
import { projectRoot } from "../../fleet/project";
import { type FleetStack, fleetStacks } from "../../fleet/stacks";
import { plainRequest } from "../../operations/aws/signed-request";
import { deploy, type Outputs, stacksAtOnce } from "../../operations/terraform/cdktf";
import { type GroupResult, runGroup } from "../../operations/terraform/process-group";

/** A fleet that must be right. */
export async function fleetAt(file: string): Promise<Fleet> {
  const { checked, diagnostics } = await checkFleet(file);
  if (!checked) throw new Error(JSON.stringify(diagnostics, null, 2));
  return checked.fleet;
}

/** The foundation's stacks of a fleet. */
export function foundationOf(fleet: Fleet): readonly FleetStack[] {
  return fleetStacks(fleet).filter(({ cell }) => cell === undefined);
}

/** A copy of a folder, outside the project, that a test may change; as `name` in an empty one, if that is given. */
export function copyOf(folder: string, name = "."): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "meridian-e2e-"));
  cpSync(folder, join(path, name), { recursive: true });
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Deploys with the real `cdktf deploy`. */
export function deployFleet(session: SandboxSession, fleet: Fleet, file: string): Promise<Outputs> {
  return deploy({
    stacks: fleetStacks(fleet),
    folder: projectRoot,
    output: session.output,
    env: { ...session.env, MERIDIAN_FLEET: file },
    parallelism: stacksAtOnce(),
    onProgress: () => {},
  });
}

/** A program's end and all that it printed. */
export interface Run extends GroupResult {
  readonly text: string;
}

/** Runs Terraform in the folder of a stack. */
export function terraform(session: SandboxSession, stack: string, ...args: readonly string[]): Promise<Run> {
  return run("terraform", args, join(projectRoot, session.output, "stacks", stack), session.env);
}

/** Runs the CLI of CDKTF in the project, as `npx cdktf` would. */
export function cdktf(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Run> {
  return run(join(projectRoot, "node_modules", ".bin", "cdktf"), args, projectRoot, {
    ...env,
    CI: "1",
    NO_COLOR: "1",
  });
}

/** Runs a command of ours, as `npx meridian` would after `eval "$(npx meridian sandbox env)"`. */
export function meridian(session: SandboxSession, file: string, ...args: readonly string[]): Promise<Run> {
  return watchMeridian(session, file, args, () => {});
}

/**
 * Runs a command of ours, and tells each line as soon as it is there, so that a test can break in.
 *
 * @param onLine told the line, and the id of the process
 */
export function watchMeridian(
  session: SandboxSession,
  file: string,
  args: readonly string[],
  onLine: (line: string, pid: number) => void,
): Promise<Run> {
  const env = { ...session.env, CDKTF_OUTPUT: session.output, MERIDIAN_FLEET: file, NO_COLOR: "1" };
  return run(process.execPath, [join(projectRoot, "bin", "meridian.js"), ...args], projectRoot, env, onLine);
}

/** Runs a program to its end, in a process group of its own. */
export async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  onLine: (line: string, pid: number) => void = () => {},
): Promise<Run> {
  const lines: string[] = [];
  let pid = 0;
  const result = await runGroup({
    command,
    args,
    cwd,
    env,
    timeout: 600_000,
    onStart: (group) => {
      pid = group;
    },
    onLine: (line) => {
      lines.push(line);
      onLine(line, pid);
    },
  });
  return { ...result, text: lines.join("\n") };
}

/** The object that a command with `--json` prints: its progress, which is text, comes before. */
export function jsonOf<T>({ text }: Run): T {
  return JSON.parse(text.slice(text.search(/^[[{]/m))) as T;
}

/** Serial numbers of the states of a sandbox's fleet whose state is local, by stack: a state that is touched gets another. */
export function serials(session: SandboxSession): Readonly<Record<string, number>> {
  const folder = join(projectRoot, session.output, "..", "terraform-state");
  const states = readdirSync(folder).filter((name) => name.endsWith(".tfstate"));
  return Object.fromEntries(
    states.sort().map((name) => {
      const { serial } = JSON.parse(readFileSync(join(folder, name), "utf8")) as { readonly serial: number };
      return [name.slice(0, -".tfstate".length), serial];
    }),
  );
}

/** Rewrites a file. */
export function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

/** Plans a stack: 0 where nothing is to change, 2 where something is, 1 where it cannot be planned. */
export async function planCode(session: SandboxSession, stack: string): Promise<number | null> {
  const { code, text } = await terraform(
    session,
    stack,
    "plan",
    "-detailed-exitcode",
    "-input=false",
    "-no-color",
  );
  if (code === 2) console.error(`${stack}:\n${text}`);
  return code;
}

/** Does `work` for every item, so many at once as stacks are deployed. */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: stacksAtOnce() }, worker));
  return results;
}

/** Asks a cell's front as a viewer would, from a country if one is given. */
export function askFront(
  session: SandboxSession,
  cell: string,
  method = "GET",
  path = "/",
  country?: string,
) {
  const { endpoint, port } = session.sandbox;
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const headers = {
    host: `${cell}.localhost:${port}`,
    "x-amz-content-sha256": empty,
    ...(country !== undefined && { "cloudfront-viewer-country": country }),
  };
  return plainRequest({ endpoint, method, path, headers });
}

/** The sandbox's own API. */
export async function admin<T>(session: SandboxSession, path: string, method = "GET"): Promise<T> {
  const { endpoint } = session.sandbox;
  const headers = { host: new URL(endpoint).host };
  const { text } = await plainRequest({ endpoint, method, path: `/_sandbox/${path}`, headers });
  return JSON.parse(text) as T;
}

/** Begins or ends an outage of a region. */
export function outage(session: SandboxSession, region: string, method: "PUT" | "DELETE"): Promise<unknown> {
  return admin(session, `outages/${region}`, method);
}

/** Credentials of an account, as a deploy role would get them, for asking moto what is left there. */
export async function assumedKey(session: SandboxSession, account: string) {
  const { endpoint } = session.sandbox;
  const query = new URLSearchParams({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: `arn:aws:iam::${account}:role/meridian-deploy`,
    RoleSessionName: "e2e",
  });
  const { text } = await sandboxRequest({
    endpoint,
    service: "sts",
    region: "us-east-1",
    method: "POST",
    path: "/",
    body: query.toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  const element = (name: string) => new RegExp(`<${name}>([^<]+)<`).exec(text)?.[1] ?? "";
  return {
    accessKeyId: element("AccessKeyId"),
    secretAccessKey: element("SecretAccessKey"),
    sessionToken: element("SessionToken"),
  };
}
