import { mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../../fleet/errors";
import type { Fleet } from "../../fleet/model";
import { assemblyRoot, packageRoot, projectRoot } from "../../fleet/project";
import { type Selection, selectStacks } from "../../fleet/selection";
import { type FleetStack, fleetStacks } from "../../fleet/stacks";
import { type AwsSession, awsSession, stsRegions } from "../../operations/aws/role-credentials";
import { copyAs, type SwapRole, sessionAs, swapRole } from "../../operations/plan/as-role";
import { makeOwnFolder, removeLeftFolders } from "../../operations/recovery/leftovers";
import type { FleetStore } from "../../operations/store/model";
import { openStore } from "../../operations/store/store";
import { stacksAtOnce } from "../../operations/terraform/cdktf";
import {
  callerCredentials,
  scratchFolder,
  terraformEnvironment,
} from "../../operations/terraform/environment";
import { ensureProviderFolder } from "../../operations/terraform/provider-folder";
import { lockIn } from "../../operations/terraform/provider-lock";
import { synthesize } from "../../operations/terraform/synth";
import type { TerraformContext } from "../../operations/terraform/terraform";
import { assemblyLock, assemblyParts, requireStacks } from "./assembly";
import { extensionFacts } from "./facts";
import { deployedFleet } from "./fleet";
import { type Interrupts, listenForInterrupts } from "./interrupts";
import { whatIsGone } from "./selection-options";

/** Options of every command that plans or changes stacks. */
export interface WorkOptions extends Selection {
  readonly parallelism?: number;
  /** Name of the role that keeps runs. @default the deploy role of the account that keeps the state */
  readonly recordRole?: string;
  /** Name of a role to assume in the place of the deploy roles, for all that is asked. @default the deploy roles */
  readonly role?: string;
}

/** What a command works with that plans or changes the stacks of a fleet. */
export interface FleetWork {
  readonly fleet: Fleet;
  /** All stacks, in an order to deploy them. */
  readonly stacks: readonly FleetStack[];
  /** Those that the command is about. */
  readonly selected: readonly FleetStack[];
  /** Output folder of the synth. */
  readonly synthesized: string;
  /** Where stacks are planned and deployed: that folder, or one beside it, where another role is assumed. */
  readonly outdir: string;
  /** The role that is assumed in the place of the deploy roles. */
  readonly as?: { readonly role: string; readonly swap: SwapRole };
  /** Folder for plan files, readable by its owner only; gone in the end. */
  readonly plans: string;
  readonly store: FleetStore;
  readonly session: AwsSession;
  readonly interrupts: Interrupts;
  readonly parallelism: number;
  /** How Terraform runs in the folder of a stack. */
  readonly terraform: (stack: FleetStack, folder: string) => TerraformContext;
  close(): void;
}

/**
 * Loads the fleet, selects its stacks, and opens all that is needed to work on them.
 *
 * @throws {UserError} the fleet has errors, main.ts cannot be used, or nothing is selected
 */
export async function openWork(file: string, options: WorkOptions, selection: Selection): Promise<FleetWork> {
  const interrupts = listenForInterrupts();
  const extensions = await extensionFacts();
  const fleet = await deployedFleet(file, { extensions, fix: "correct what is listed above" });
  const stacks = fleetStacks(fleet);
  const selected = selectStacks(stacks, selection, whatIsGone(say));
  if (stacks.length === 0) throw nothingToWorkOn(file);
  const environment = { ...process.env };
  const caller = { environment, onSlow: (what: string) => say(`Waiting: ${what} …`) };
  const { role } = options;
  const as = role === undefined ? undefined : { role, swap: swapRole(role, fleet.state) };
  const own = awsSession(stsRegions(fleet), caller);
  const session = as ? sessionAs(own, as.swap) : own;
  const providerLock = assemblyRoot === undefined ? lockIn(projectRoot) : assemblyLock(assemblyRoot);
  const env = await ensureProviderFolder(
    { ...terraformEnvironment(environment, projectRoot), ...callerCredentials(environment) },
    projectRoot,
    { providerLock, signal: interrupts.stop },
  );
  const store = openStore(fleet, session, { recordRole: options.recordRole });
  const scratch = join(projectRoot, scratchFolder);
  removeLeftFolders(scratch, "plans-");
  const plans = makeOwnFolder(scratch, "plans-");
  const synthesized = outputFolder(environment);
  if (as) removeLeftFolders(dirname(synthesized), copyPrefix);
  const outdir = as ? makeOwnFolder(dirname(synthesized), copyPrefix) : synthesized;
  const remove = () => {
    for (const folder of as ? [plans, outdir] : [plans]) rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", remove);
  return {
    ...{ fleet, stacks, selected, plans, store, session, interrupts, synthesized, outdir, as },
    parallelism: options.parallelism ?? stacksAtOnce(),
    terraform: (_, folder) => ({ folder, env, hurry: interrupts.hurry, providerLock }),
    close() {
      process.removeListener("exit", remove);
      remove();
      store.close();
    },
  };
}

/** Beginning of the names of copies of the output folder, each for the time of one process. */
const copyPrefix = ".meridian-as-";

/** Where the stacks are synthesized; an assembly has them already. */
function outputFolder({ CDKTF_OUTPUT }: NodeJS.ProcessEnv): string {
  if (assemblyRoot !== undefined) return join(assemblyRoot, assemblyParts.output);
  return resolve(projectRoot, CDKTF_OUTPUT || "cdktf.out");
}

/** Variables of the synth's own. */
const synthVariables = ["MERIDIAN_SYNTH_THREADS", "MERIDIAN_TRACES"];

/**
 * Synthesizes the fleet, unless an assembly has what it comes to, and makes it ready to be planned.
 *
 * @throws {UserError} it did not come out, or the assembly lacks a stack
 */
export async function synthesizeFleet(file: string, work: FleetWork): Promise<void> {
  const { as, interrupts, outdir, stacks, synthesized } = work;
  if (assemblyRoot !== undefined) requireStacks(assemblyRoot, stacks);
  else await synthesizeInto(synthesized, file, interrupts.stop);
  if (as) await copyAs(synthesized, outdir, stacks, as.swap);
}

/**
 * Synthesizes the fleet as `npx cdktf synth` does, in a process of its own. What it has to say goes to standard error.
 *
 * @throws {UserError} it did not come out
 */
export async function synthesizeInto(outdir: string, file: string, signal: AbortSignal): Promise<void> {
  const own = synthVariables.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  mkdirSync(outdir, { recursive: true });
  await synthesize({
    program: join(packageRoot, "bin", "app.js"),
    cwd: projectRoot,
    env: {
      ...terraformEnvironment(process.env, projectRoot),
      ...Object.fromEntries(own),
      CDKTF_OUTDIR: outdir,
      MERIDIAN_FLEET: resolve(file),
    },
    onLine: say,
    signal,
  });
}

/** Progress and warnings go to standard error, so that standard output holds the result alone. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function nothingToWorkOn(file: string): UserError {
  return new UserError(
    `${file} has no stack yet`,
    "all its cells wait for accounts that have no id",
    "see which with `npx meridian accounts`",
  );
}
