import { join } from "node:path";
import pc from "picocolors";
import { UserError } from "../fleet/errors";
import { projectRoot } from "../fleet/project";
import { plainRequest } from "../operations/aws/signed-request";
import { sandboxEnvironment, scratchFolder, terraformEnvironment } from "../operations/terraform/environment";
import type { LogLine } from "../sandbox/lambda/logs";
import { quoteForShell } from "./output/command-lines";
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
    process.stdout.write(`  eval "$(npx meridian sandbox env)"\n  npx cdktf deploy '*' --auto-approve\n`);
    await aborted(stop);
  } finally {
    await session.close();
  }
}

/** `meridian sandbox env`: shell lines after which `cdktf` and `terraform` work on the sandbox, with a state of its own. */
export function sandboxEnv(options: SandboxOptions): void {
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

/** `meridian sandbox outage`: makes a region unreachable, or reachable again. */
export async function sandboxOutage(
  region: string,
  options: SandboxOptions & { readonly end?: boolean },
): Promise<void> {
  const text = await admin(
    options,
    options.end ? "DELETE" : "PUT",
    `/_sandbox/outages/${encodeURIComponent(region)}`,
  );
  const { down } = JSON.parse(text) as { down: boolean };
  process.stdout.write(
    options.json
      ? text
      : `${region} is ${down ? pc.red("unreachable: its APIs and its functions") : pc.green("reachable again")}\n`,
  );
}

/** `meridian sandbox logs`: what the handlers wrote, of a service or of a function, and what they go on to write. */
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
  const names = name === undefined ? [] : functionsNamed(name, (await requireFleet(file)).fleet);
  for (const each of names) query.append("function", each);
  if (options.account) query.set("account", options.account);
  if (options.region) query.set("region", options.region);
  const read = async (after: number) => {
    query.set("after", String(after));
    const text = await admin(options, "GET", `/_sandbox/logs?${query}`);
    return JSON.parse(text) as readonly LogLine[];
  };
  if (options.follow) return followLogs(read);
  const lines = await read(0);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(lines, null, 2)}\n`);
    return;
  }
  const rows = lines.map((line) => [line.time, line.account, line.region, line.function, line.message]);
  process.stdout.write(
    rows.length > 0
      ? `${table(["time", "account", "region", "function", ""], rows)}\n`
      : name === undefined
        ? "No handler has logged anything yet.\n"
        : `Nothing was logged yet by ${names.join(", ")}.\n`,
  );
}

async function admin(options: SandboxOptions, method: string, path: string): Promise<string> {
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
  if (status >= 400) {
    const { error } = JSON.parse(text) as { error: string };
    throw new UserError(error, "the sandbox refused the command", "correct it and try again");
  }
  return text;
}
