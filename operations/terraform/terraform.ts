import { runGroup } from "./process-group";

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

/** Milliseconds after which Terraform is interrupted. Distributions take AWS minutes each, landing zones an hour. */
const timeLimits = { init: 10 * 60_000, plan: 20 * 60_000, show: 5 * 60_000, apply: 120 * 60_000 };

/**
 * Installs what the stack's JSON asks for, and connects to its state.
 *
 * @throws {TerraformFailure}
 */
export async function initStack(context: TerraformContext): Promise<void> {
  await run(context, "init", ["init", "-input=false", "-json"]);
}

/** How a stack is planned. */
export interface PlanOptions {
  /** Terraform's name for another kind of plan. @default what the JSON asks for */
  readonly mode?: "-destroy" | "-refresh-only";
}

/**
 * Plans a stack that is initialized. Takes no lock: a plan changes nothing, and one that was made while somebody deployed
 * is stale, and so not applied.
 *
 * @param file where to keep the plan; it holds values of the state, secret ones, too
 * @returns whether there is anything to do, be it only to record an output
 * @throws {TerraformFailure}
 */
export async function planStack(
  context: TerraformContext,
  file: string,
  { mode }: PlanOptions = {},
): Promise<boolean> {
  const args = [
    "plan",
    "-input=false",
    "-json",
    "-detailed-exitcode",
    `-out=${file}`,
    ...(mode ? [mode] : []),
  ];
  return (await run(context, "plan", args, [0, 2])) === 2;
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
 * Applies a plan: exactly what was reviewed, and nothing if the state has changed since.
 *
 * @param onEvent told each thing that begins and ends
 * @throws {TerraformFailure}
 */
export async function applyPlan(
  context: TerraformContext,
  file: string,
  onEvent: (event: TerraformEvent) => void = () => {},
): Promise<void> {
  await run(context, "apply", ["apply", "-input=false", "-json", file], [0], undefined, onEvent);
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
  return said.includes("Saved plan is stale") ? "stale" : "failed";
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
