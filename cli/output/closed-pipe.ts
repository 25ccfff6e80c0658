/** What Node.js says where nobody reads what is written: the end of a pipe, or a terminal that is gone. */
const codes: ReadonlySet<unknown> = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);

/** As of a program that SIGPIPE ends, which Node.js ignores: 128 and the signal's number. */
const exitStatus = 141;

let react = (): void => process.exit(exitStatus);

/**
 * Says what is to happen once nobody reads the results any more, as in `meridian check | head -1`. Without it the process
 * ends at once.
 */
export function whenNobodyReads(action: () => void): void {
  react = action;
}

/** From now on a closed pipe is no error. Progress and warnings that nobody reads keep nothing from being done. */
export function expectClosedPipes(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (!codes.has(error.code)) throw error;
    react();
  });
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (!codes.has(error.code)) throw error;
  });
}
