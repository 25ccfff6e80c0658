import { UserError } from "../../fleet/errors";
import { runGroup } from "./process-group";

/** How the user's CDKTF app is run. */
export interface SynthRun {
  /** The app, a program for Node.js: what `cdktf synth` runs. */
  readonly program: string;
  /** Folder of the project. */
  readonly cwd: string;
  /** All of its environment, with `CDKTF_OUTDIR`. */
  readonly env: Readonly<Record<string, string>>;
  /** What the app says, such as what it found wrong. */
  readonly onLine: (line: string) => void;
  /** Stops it when aborted. */
  readonly signal?: AbortSignal;
}

/** Milliseconds: a synth of a thousand targets takes seconds. */
const timeLimit = 15 * 60_000;

/**
 * Runs the user's app, as the CLI of CDKTF does: what comes out is what `cdktf deploy` would deploy, with all that the app
 * adds to the fleet.
 *
 * @throws {UserError} the app ended with an error, which it has said
 */
export async function synthesize({ cwd, env, onLine, program, signal }: SynthRun): Promise<void> {
  const { code, stopped } = await runGroup({
    command: process.execPath,
    args: [program],
    cwd,
    env,
    timeout: timeLimit,
    signal,
    onLine,
  });
  if (code === 0) return;
  throw new UserError(
    stopped === undefined ? "the fleet was not synthesized" : "the synth was stopped",
    "stacks are planned from the Terraform JSON that it writes; nothing was changed",
    stopped === undefined ? "correct what is said above" : "run the command again",
  );
}
