/**
 * Runs `work` while nobody can capture a stack trace.
 *
 * CDKTF takes an unlimited trace for every token and construct, and that is most of the time it needs. Errors keep
 * theirs: they do not ask `captureStackTrace` for it.
 */
export function withoutTraces<T>(work: () => T): T {
  const before = Error.captureStackTrace;
  Error.captureStackTrace = () => {};
  try {
    return work();
  } finally {
    Error.captureStackTrace = before;
  }
}
