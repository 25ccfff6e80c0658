import { join } from "node:path";
import pc from "picocolors";
import { loadFleet } from "../check/read";
import { UserError } from "../fleet/errors";
import { projectRoot } from "../fleet/project";
import { plainRequest } from "../operations/aws/signed-request";
import { sandboxEnvironment, scratchFolder, terraformEnvironment } from "../operations/terraform/environment";
import type { LogLine } from "../sandbox/lambda/logs";
import { quoteForShell } from "./output/command-lines";
import { printJson } from "./output/json";
import { table } from "./output/table";
import { followLogs, functionsNamed } from "./sandbox-logs";
import { requireFleet } from "./shared/fleet";
import { aborted, listenForInterrupts } from "./shared/interrupts";
import { openSandbox, sandboxEndpoint } from "./shared/sandbox-session";

/** Options that name a sandbox. */
export interface SandboxOptions {
  readonly port?: number;
  readonly json?: boolean;
}

/** `meridian sandbox`: an empty local AWS, until Ctrl-C. */
export async function sandbox(file: string, options: SandboxOptions): Promise<void> {
  const { fleet } = await requireFleet(file);
  const { stop } = listenForInterrupts();
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const session = await openSandbox(file, fleet, options.port, say);
  try {
    process.stdout.write(`The sandbox is listening on ${session.sandbox.endpoint}. Ctrl-C ends it.\n`);
    process.stdout.write(`To deploy to it from another terminal:\n\n`);
    process.stdout.write(`  eval "$(npx meridian sandbox env)"\n  npx meridian deploy\n`);
    await aborted(stop);
  } finally {
    await session.close();
  }
}

/**
 * `meridian sandbox env`: shell lines after which `cdktf` and `terraform` work on the sandbox, with a state of its own. Where
 * there is none, bin/meridian.js prints `false`, so that a shell which evaluates the lines does not go on without them.
 *
 * @throws {UserError} no sandbox answers
 */
export async function sandboxEnv(options: SandboxOptions): Promise<void> {
  await requireSandbox(options);
  const endpoint = sandboxEndpoint(options.port);
  const { CDKTF_DISABLE_PLUGIN_CACHE_ENV, CDKTF_SKIP_PROVIDER_LOCK, TF_CLI_CONFIG_FILE } =
    terraformEnvironment(process.env, projectRoot);
  const variables: Record<string, string | undefined> = {
    ...sandboxEnvironment(endpoint),
    CDKTF_OUTPUT: join(scratchFolder, `sandbox-${new URL(endpoint).port}`, "cdktf.out"),
    CHECKPOINT_DISABLE: "1",
    CDKTF_SKIP_PROVIDER_LOCK,
    CDKTF_DISABLE_PLUGIN_CACHE_ENV,
    TF_CLI_CONFIG_FILE,
  };
  // A profile, or the token of another session, would win over the sandbox's keys, or spoil them.
  process.stdout.write("unset AWS_PROFILE AWS_SESSION_TOKEN\n");
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined) process.stdout.write(`export ${name}=${quoteForShell(value)}\n`);
  }
}

/** @throws {UserError} nothing answers, or something else does */
export async function requireSandbox(options: SandboxOptions): Promise<void> {
  const { pid } = await admin<{ readonly pid?: number }>(options, "GET", "/_sandbox/health");
  if (pid === undefined) throw noSandbox(sandboxEndpoint(options.port));
}

/** `meridian sandbox outage`: makes a region unreachable, or reachable again. */
export async function sandboxOutage(
  region: string,
  options: SandboxOptions & { readonly end?: boolean },
): Promise<void> {
  const answer = await admin<{ readonly down: boolean }>(
    options,
    options.end ? "DELETE" : "PUT",
    `/_sandbox/outages/${encodeURIComponent(region)}`,
  );
  if (options.json) {
    printJson(answer);
    return;
  }
  const state = answer.down ? pc.red("unreachable: its APIs and its functions") : pc.green("reachable again");
  process.stdout.write(`${region} is ${state}\n`);
}

/** `meridian sandbox logs`: what handlers and builds wrote, and what they go on to write; all, or what a name means. */
export async function sandboxLogs(
  file: string,
  name: string | undefined,
  options: SandboxOptions & {
    readonly account?: string;
    readonly region?: string;
    readonly follow?: boolean;
  },
): Promise<void> {
  const query = new URLSearchParams();
  const names = name === undefined ? [] : namedIn(file, name);
  for (const each of names) query.append("function", each);
  if (options.account) query.set("account", options.account);
  if (options.region) query.set("region", options.region);
  const read = (after: number) => {
    query.set("after", String(after));
    return admin<readonly LogLine[]>(options, "GET", `/_sandbox/logs?${query}`);
  };
  if (options.follow) return followLogs(read);
  const lines = await read(0);
  if (options.json) {
    printJson(lines);
    return;
  }
  const rows = lines.map((line) => [line.time, line.account, line.region, line.function, line.message]);
  process.stdout.write(
    rows.length > 0
      ? `${table(["time", "account", "region", "function", ""], rows)}\n`
      : name === undefined
        ? "Nothing has been logged yet.\n"
        : `Nothing was logged yet by ${names.join(", ")}.\n`,
  );
}

/** The functions that a name means in a fleet file. What was deployed logs on, whatever has become of the file since. */
function namedIn(file: string, name: string): readonly string[] {
  const { fleet } = loadFleet(file);
  if (!fleet) process.stderr.write(`note: ${file} cannot be used: "${name}" is taken for a function\n`);
  return functionsNamed(name, fleet?.cells ?? []);
}

async function admin<T extends object>(options: SandboxOptions, method: string, path: string): Promise<T> {
  const endpoint = sandboxEndpoint(options.port);
  const { status, text } = await plainRequest({
    endpoint,
    method,
    path,
    headers: { host: new URL(endpoint).host },
  }).catch((error: Error) => {
    throw new UserError(
      `nothing answers at ${endpoint}: ${error.message}`,
      "this command needs a running sandbox",
      "start one with `npx meridian sandbox`, or correct --port",
    );
  });
  const answer = jsonIn(text);
  if (answer === undefined) throw noSandbox(endpoint);
  if (status < 400) return answer as T;
  const { error = `status ${status}` } = answer as { readonly error?: string };
  throw new UserError(error, "the sandbox refused the command", "correct it and try again");
}

/** An object or a list, if that is what a text is. */
function jsonIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? (value ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

function noSandbox(endpoint: string): UserError {
  return new UserError(
    `what answers at ${endpoint} is no sandbox`,
    "this command needs a running one",
    "start one with `npx meridian sandbox`, or correct --port",
  );
}
