import { resolve } from "node:path";
import pc from "picocolors";
import { UserError } from "../fleet/errors";
import type { Fleet } from "../fleet/model";
import { projectRoot } from "../fleet/project";
import { fleetStacks } from "../fleet/stacks";
import { type DeployOptions, deploy, type Outputs, stacksAtOnce } from "../operations/terraform/cdktf";
import { curlLine } from "./output/command-lines";
import { printJson } from "./output/json";
import { progressView } from "./output/progress";
import { table } from "./output/table";
import { type Address, addressesOf, ask, type Reply } from "./shared/addresses";
import { requireFleet } from "./shared/fleet";
import { aborted, listenForInterrupts } from "./shared/interrupts";
import { openSandbox, type SandboxSession } from "./shared/sandbox-session";

/** Options of `meridian start`. */
export interface StartOptions {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly port?: number;
  readonly parallelism?: number;
}

/** `meridian start`: deploys the fleet to a sandbox of its own, and serves it, or asks every address once. */
export async function start(file: string, options: StartOptions): Promise<void> {
  if (options.json && !options.once) {
    throw new UserError(
      "--json is given without --once",
      "it is the answers that are printed as JSON, and only --once asks for them",
      "add --once, or leave out --json",
    );
  }
  const { fleet } = await requireFleet(file);
  const { stop } = listenForInterrupts();
  // Progress goes to standard error, so that standard output holds the result alone.
  const say = (line: string) => process.stderr.write(`${line}\n`);
  say(`Starting the sandbox …`);
  const session = await openSandbox(file, fleet, options.port, say);
  try {
    say(`The sandbox is listening on ${session.sandbox.endpoint}.`);
    const addresses = await deployFleet(fleet, file, session, options, stop);
    if (options.once) await askAll(addresses, session, options.json ?? false);
    else await serve(addresses, session, stop, say);
  } finally {
    await session.close();
  }
}

async function deployFleet(
  fleet: Fleet,
  file: string,
  session: SandboxSession,
  options: StartOptions,
  signal: AbortSignal,
): Promise<readonly Address[]> {
  const outputs = await deployWithProgress({
    stacks: fleetStacks(fleet),
    output: session.output,
    env: { ...session.env, MERIDIAN_FLEET: resolve(file) },
    parallelism: options.parallelism ?? stacksAtOnce(),
    signal,
  });
  return addressesOf(fleet, outputs, session.sandbox.port);
}

/**
 * Deploys with `cdktf deploy`, and shows on standard error how far each stack is, so that standard output holds the result
 * alone.
 *
 * @throws {UserError} a stack failed, or it was stopped
 */
async function deployWithProgress(options: Omit<DeployOptions, "folder" | "onProgress">): Promise<Outputs> {
  const { parallelism, stacks } = options;
  const started = Date.now();
  process.stderr.write(`Deploying ${stacks.length} stacks with cdktf, up to ${parallelism} at a time:\n`);
  const view = progressView(process.stderr);
  try {
    return await deploy({ ...options, folder: projectRoot, onProgress: view.update });
  } finally {
    view.close();
    process.stderr.write(`That took ${Math.round((Date.now() - started) / 1000)} s.\n`);
  }
}

async function askAll(addresses: readonly Address[], session: SandboxSession, json: boolean): Promise<void> {
  const replies: Reply[] = [];
  for (const address of addresses) replies.push(await ask(address, session.sandbox.endpoint));
  if (json) printJson(replies);
  else process.stdout.write(`${repliesTable(replies)}\n`);
  const wrong = replies.filter(({ ok }) => !ok);
  if (wrong.length > 0) {
    throw new UserError(
      `${wrong.length} of ${replies.length} answers did not come from where they should have`,
      "a viewer would get an error, or data from another account or region",
      "look at what the functions logged: start again without --once, then `npx meridian sandbox logs`",
    );
  }
}

function repliesTable(replies: readonly Reply[]): string {
  return table(
    ["cell", "asked", "path", "status", "account", "region", ""],
    replies.map(({ account, answeredBy, cell, host, kind, ok, path, region, status }) => [
      cell,
      kind === "front" ? host : `${host.slice(0, 8)}….lambda-url`,
      path,
      String(status),
      answeredBy?.account ?? "nobody",
      answeredBy?.region ?? "nowhere",
      ok ? pc.green("as expected") : pc.red(`expected ${account} ${region}`),
    ]),
  );
}

async function serve(
  addresses: readonly Address[],
  session: SandboxSession,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const { port } = session.sandbox;
  for (const cell of new Set(addresses.map((address) => address.cell))) {
    process.stdout.write(`\n${pc.bold(cell)}  http://${cell}.localhost:${port}/\n`);
    for (const address of addresses.filter((candidate) => candidate.cell === cell)) {
      const where =
        address.kind === "front"
          ? `${address.service}, through the front`
          : `${address.service} in ${address.region}, signed`;
      process.stdout.write(`  ${pc.dim(`# ${where}`)}\n  ${curlLine(address, port)}\n`);
    }
  }
  say("\nAs a viewer from the US: curl -H 'CloudFront-Viewer-Country: US' …");
  say("In another terminal: npx meridian sandbox outage <region>, … logs, … env. Ctrl-C ends it.");
  await aborted(signal);
  say("Stopping …");
}
