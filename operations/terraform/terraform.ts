import { existsSync } from "node:fs";
import { join } from "node:path";
import { runGroup } from "./process-group";
import { lockRefusal, provideLock, releaseRefusal } from "./provider-lock";

/** Where and how Terraform runs for one stack. */
export interface TerraformContext {
  /** Folder with the stack's JSON: a root module. */
  readonly folder: string;
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** When aborted, Terraform is interrupted as by Ctrl-C. Even that can lose what a call is just creating. */
  readonly hurry?: AbortSignal;
  /** Told the process group as soon as it has begun. */
  readonly onStart?: (pid: number) => void;
  /** Path of the project's provider lock file, which providers are held to. @default whatever is found is installed */
  readonly providerLock?: string;
  /** What the JSON is, where it is not the fleet file's. @default that */
  readonly released?: Released;
}

/** JSON of a release that is deployed again, or of a stack that is taken away. */
export interface Released {
  /** Whether a provider lock file was kept with it, and so lies beside it: where the project has none, that one counts. */
  readonly keepsProviderLock: boolean;
}

/** One line of `terraform … -json`: https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
export interface TerraformEvent {
  readonly "@message": string;
  readonly type: string;
  readonly diagnostic?: {
    readonly severity: "error" | "warning";
    readonly summary: string;
    readonly detail?: string;
    readonly address?: string;
  };
  /** What happens to a resource. */
  readonly hook?: { readonly action?: string };
  readonly changes?: { readonly add: number; readonly change: number; readonly remove: number };
}

/** Why Terraform did not do what it was asked to. */
export type FailureKind =
  /** Somebody holds the lock of the state. */
  | "locked"
  /** The state has changed since the plan was made. */
  | "stale"
  /** The folder has to be initialized, perhaps anew. */
  | "uninitialized"
  /** It was interrupted on request. */
  | "interrupted"
  | "failed";

/** Thrown where Terraform did not do what it was asked to. */
export class TerraformFailure extends Error {
  constructor(
    readonly kind: FailureKind,
    /** What Terraform said, without colours or boxes. */
    readonly why: string,
  ) {
    super(why);
    this.name = "TerraformFailure";
  }
}

/**
 * Milliseconds after which Terraform is interrupted. Distributions take AWS minutes each, landing zones an hour, and a
 * replica of a large table "up to several hours":
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
 */
const timeLimits = {
  init: 10 * 60_000,
  plan: 20 * 60_000,
  show: 5 * 60_000,
  apply: 7 * 60 * 60_000,
  untaint: 5 * 60_000,
};

/**
 * Installs what the stack's JSON asks for, and connects to its state.
 *
 * @throws {TerraformFailure}
 * @throws {UserError} a provider is not what the project's provider lock file says
 */
export async function initStack(context: TerraformContext): Promise<void> {
  putLock(context);
  const held = holdsProviders(context) ? ["-lockfile=readonly"] : [];
  try {
    await run(context, "init", ["init", "-input=false", "-json", ...held]);
  } catch (error) {
    throw refusalOf(error, context);
  }
}

/** Whether providers are held to a file that somebody has reviewed: the project's, or the one of a release. */
export function holdsProviders({
  providerLock,
  released,
}: Pick<TerraformContext, "providerLock" | "released">): boolean {
  return providerLock !== undefined || released?.keepsProviderLock === true;
}

/** Only what a release has brought along is asked besides the project's: what else lies there was reviewed by nobody. */
function putLock({ folder, providerLock, released }: TerraformContext): void {
  if (providerLock === undefined) return;
  provideLock(folder, providerLock, { goesByOwn: released?.keepsProviderLock });
}

/**
 * How often a plan asks AWS, where the caller does not say. The provider's own 26 times take a quarter of an hour while a
 * region is down; these take a minute or two, and are enough for throttling.
 * https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs#max_retries-1
 */
const planAttempts = "8";

/** How a stack is planned. */
export interface PlanOptions {
  /** Terraform's name for another kind of plan. @default what the JSON asks for */
  readonly mode?: "-destroy" | "-refresh-only";
  /** Addresses of the only resources to plan, as the state knows them: AWS is not asked. @default all, as they are */
  readonly only?: readonly string[];
}

/**
 * Plans a stack that is initialized. Takes no lock: a plan changes nothing, and one that was made while somebody deployed
 * is stale, and so not applied.
 *
 * @param file where to keep the plan; it holds values of the state, secret ones, too
 * @returns whether there is anything to do, be it only to record an output
 * @throws {TerraformFailure}
 * @throws {UserError} a provider is not what the project's provider lock file says
 */
export async function planStack(
  context: TerraformContext,
  file: string,
  options: PlanOptions = {},
): Promise<boolean> {
  try {
    return await runPlan(context, file, options);
  } catch (error) {
    throw refusalOf(error, context);
  }
}

/** What was refused for a provider lock file, or for a provider that is gone, is said in words of Meridian's. */
function refusalOf(error: unknown, context: TerraformContext): unknown {
  if (!(error instanceof TerraformFailure)) return error;
  const isReleased = context.released !== undefined;
  const refusal = holdsProviders(context)
    ? lockRefusal(error.why, context.folder, { isReleased })
    : undefined;
  return refusal ?? (isReleased ? releaseRefusal(error.why) : undefined) ?? error;
}

async function runPlan(
  context: TerraformContext,
  file: string,
  { mode, only = [] }: PlanOptions,
): Promise<boolean> {
  const env = { AWS_MAX_ATTEMPTS: planAttempts, ...context.env };
  const args = [
    "plan",
    "-input=false",
    "-lock=false",
    "-json",
    "-detailed-exitcode",
    `-out=${file}`,
    ...(mode ? [mode] : []),
    ...(only.length > 0 ? ["-refresh=false", ...only.map((address) => `-target=${address}`)] : []),
  ];
  return (await run({ ...context, env }, "plan", args, [0, 2])) === 2;
}

/**
 * Plans a stack, and initializes it only where Terraform asks for that: in a folder that a deploy or a plan has left
 * behind, `terraform init` takes a quarter as long as the plan itself and finds all as it was.
 *
 * @returns as {@link planStack} does
 * @throws what {@link planStack} throws
 */
export async function initAndPlan(
  context: TerraformContext,
  file: string,
  options: PlanOptions = {},
): Promise<boolean> {
  if (existsSync(join(context.folder, ".terraform"))) {
    // Whoever has initialized it may have gone by another one.
    putLock(context);
    try {
      return await runPlan(context, file, options);
    } catch (error) {
      if (!(error instanceof TerraformFailure) || error.kind !== "uninitialized") throw error;
    }
  }
  await initStack(context);
  return planStack(context, file, options);
}

/**
 * What `terraform show -json` says of a plan.
 *
 * @throws {TerraformFailure}
 */
export async function showPlan(context: TerraformContext, file: string): Promise<string> {
  const lines: string[] = [];
  await run(context, "show", ["show", "-json", file], [0], (line) => lines.push(line));
  return lines.join("\n");
}

/**
 * Applies a plan: exactly what was reviewed, and nothing if the state has changed since. A folder in which it was not
 * planned is initialized first.
 *
 * @param onEvent told each thing that begins and ends; reading data is none
 * @throws {TerraformFailure}
 */
export async function applyPlan(
  context: TerraformContext,
  file: string,
  onEvent: (event: TerraformEvent) => void = () => {},
): Promise<void> {
  let hasBegun = false;
  const apply = () =>
    run(context, "apply", ["apply", "-input=false", "-json", file], [0], undefined, (event) => {
      if (event.hook?.action === "read") return;
      hasBegun ||= event.type === "apply_start";
      onEvent(event);
    });
  try {
    await apply();
  } catch (error) {
    if (hasBegun || !(error instanceof TerraformFailure) || error.kind !== "uninitialized") throw error;
    await initStack(context);
    await apply();
  }
}

/**
 * Writes into the state that a thing is to be changed where it is, though a deploy ended while it was being made.
 *
 * @throws {TerraformFailure}
 */
export async function untaint(context: TerraformContext, address: string): Promise<void> {
  await run(context, "untaint", ["untaint", address]);
}

async function run(
  { env, folder, hurry, onStart }: TerraformContext,
  command: keyof typeof timeLimits,
  args: readonly string[],
  codes: readonly number[] = [0],
  onText?: (line: string) => void,
  onEvent?: (event: TerraformEvent) => void,
): Promise<number> {
  const errors: string[] = [];
  const plain: string[] = [];
  const { code, stopped } = await runGroup({
    command: "terraform",
    args,
    cwd: folder,
    env,
    timeout: timeLimits[command],
    signal: hurry,
    onStart,
    onLine: (line) => {
      const event = command === "show" ? undefined : eventOf(line);
      if (event?.diagnostic?.severity === "error") errors.push(errorText(event.diagnostic));
      if (event) onEvent?.(event);
      else if (onText) onText(line);
      else if (line.trim() !== "") plain.push(line);
    },
  });
  if (code !== null && codes.includes(code)) return code;
  const said = errors.length > 0 ? errors.join("\n") : plain.slice(-20).join("\n");
  if (stopped === "timeout") {
    const minutes = timeLimits[command] / 60_000;
    throw new TerraformFailure("failed", `terraform ${command} took longer than ${minutes} minutes`);
  }
  if (stopped) throw new TerraformFailure("interrupted", `terraform ${command} was interrupted`);
  throw new TerraformFailure(kindOf(said), said || `terraform ${command} ended with exit status ${code}`);
}

function kindOf(said: string): FailureKind {
  if (said.includes("Error acquiring the state lock")) return "locked";
  if (said.includes("Saved plan is stale")) return "stale";
  // Of a backend, a provider or a module that is new, or is another one than before.
  return /terraform init|Required plugins are not installed/.test(said) ? "uninitialized" : "failed";
}

function eventOf(line: string): TerraformEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const event = JSON.parse(line);
    return typeof event["@message"] === "string" ? event : undefined;
  } catch {
    return undefined;
  }
}

function errorText({ address, detail, summary }: NonNullable<TerraformEvent["diagnostic"]>): string {
  return [address === undefined ? summary : `${address}: ${summary}`, ...(detail ? [detail] : [])].join("\n");
}
