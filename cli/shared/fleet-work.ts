import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "../../fleet/errors";
import type { Fleet } from "../../fleet/model";
import { packageRoot, projectRoot } from "../../fleet/project";
import { type Selection, selectStacks } from "../../fleet/selection";
import { type FleetStack, fleetStacks } from "../../fleet/stacks";
import { type AwsSession, awsSession, stsRegions } from "../../operations/aws/role-credentials";
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
import { synthesize } from "../../operations/terraform/synth";
import type { TerraformContext } from "../../operations/terraform/terraform";
import { loadApp } from "./app";
import { deployedFleet } from "./fleet";
import { type Interrupts, listenForInterrupts } from "./interrupts";

/** Options of every command that plans or changes stacks. */
export interface WorkOptions extends Selection {
  readonly parallelism?: number;
  /** Name of the role that keeps runs. @default the deploy role of the account that keeps the state */
  readonly recordRole?: string;
}

/** What a command works with that plans or changes the stacks of a fleet. */
export interface FleetWork {
  readonly fleet: Fleet;
  /** All stacks, in an order to deploy them. */
  readonly stacks: readonly FleetStack[];
  /** Those that the command is about. */
  readonly selected: readonly FleetStack[];
  /** Output folder of the synth. */
  readonly outdir: string;
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
  const { facts } = await loadApp();
  const fleet = await deployedFleet(file, { extensions: facts, fix: "correct what is listed above" });
  const stacks = fleetStacks(fleet);
  const selected = selectStacks(stacks, selection);
  if (stacks.length === 0) throw nothingToWorkOn(file);
  const environment = { ...process.env };
  const caller = { environment, onSlow: (what: string) => say(`Waiting: ${what} …`) };
  const session = awsSession(stsRegions(fleet), caller);
  const env = await ensureProviderFolder(
    { ...terraformEnvironment(environment, projectRoot), ...callerCredentials(environment) },
    projectRoot,
    interrupts.stop,
  );
  const store = openStore(fleet, session, { recordRole: options.recordRole });
  const scratch = join(projectRoot, scratchFolder);
  removeLeftFolders(scratch, "plans-");
  const plans = makeOwnFolder(scratch, "plans-");
  const remove = () => rmSync(plans, { recursive: true, force: true });
  process.once("exit", remove);
  return {
    ...{ fleet, stacks, selected, plans, store, session, interrupts },
    outdir: resolve(projectRoot, environment.CDKTF_OUTPUT || "cdktf.out"),
    parallelism: options.parallelism ?? stacksAtOnce(),
    terraform: (_, folder) => ({ folder, env, hurry: interrupts.hurry }),
    close() {
      process.removeListener("exit", remove);
      remove();
      store.close();
    },
  };
}

/** Variables of the synth's own. */
const synthVariables = ["MERIDIAN_SYNTH_THREADS", "MERIDIAN_TRACES"];

/**
 * Synthesizes the fleet as `npx cdktf synth` does, in a process of its own. What it has to say goes to standard error.
 *
 * @throws {UserError} it did not come out
 */
export async function synthesizeFleet(file: string, { interrupts, outdir }: FleetWork): Promise<void> {
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
    signal: interrupts.stop,
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
