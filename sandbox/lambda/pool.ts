import type { Version } from "./configuration";
import type { InvokeMessage } from "./function-process";
import type { FunctionInstance, Outcome } from "./instance";
import { type FunctionId, functionArn } from "./names";

/** Thrown when a function already has as many invocations as it reserves. */
export class TooManyRequests extends Error {}

/** The processes of all functions: started when needed, kept warm, ended when their version is gone. */
export interface Pool {
  /**
   * Runs one invocation in an idle process of the version, or in a new one. Where as many processes of the function are
   * busy as the machine gives it, the invocation waits for its turn.
   *
   * @param reserved how many invocations of the function there may be at once, over all versions and with those that
   * wait; undefined is any number
   * @throws {TooManyRequests} above that
   */
  readonly invoke: (
    id: FunctionId,
    version: Version,
    reserved: number | undefined,
    message: Omit<InvokeMessage, "deadline">,
  ) => Promise<Outcome>;
  /** Ends the idle processes of a function whose version is not among those that `keep` names by revision. */
  readonly retire: (id: FunctionId, keep: readonly string[]) => void;
  readonly close: () => Promise<void>;
}

interface Entry {
  readonly instance: FunctionInstance;
  readonly arn: string;
  readonly revisionId: string;
  busy: boolean;
  retired: boolean;
}

/** The invocations of one function. */
interface Line {
  busy: number;
  /** Those that wait for a process, the oldest first. */
  readonly waiting: (() => void)[];
}

/**
 * A pool without any process.
 *
 * @param processes how many processes of one function may be busy at once
 */
export function createPool(
  start: (id: FunctionId, version: Version) => Promise<FunctionInstance>,
  processes: number,
): Pool {
  const entries = new Set<Entry>();
  const lines = new Map<string, Line>();
  let closed = false;

  async function end(entry: Entry): Promise<void> {
    entries.delete(entry);
    await entry.instance.close();
  }

  function drop(entry: Entry): void {
    if (!entry.instance.isAlive() || entry.retired || closed) void end(entry);
  }

  /** Resolves when a process of the function may be busy with this invocation. */
  async function enter(arn: string, reserved: number | undefined): Promise<void> {
    const line = lines.get(arn) ?? { busy: 0, waiting: [] };
    if (reserved !== undefined && line.busy + line.waiting.length >= reserved) throw new TooManyRequests();
    lines.set(arn, line);
    if (line.busy < processes) line.busy++;
    else await new Promise<void>((resolve) => line.waiting.push(resolve));
  }

  /** The place goes to the one that waits longest. */
  function leave(arn: string): void {
    const line = lines.get(arn);
    const next = line?.waiting.shift();
    if (next) next();
    else if (line && --line.busy === 0) lines.delete(arn);
  }

  async function acquire(arn: string, id: FunctionId, version: Version): Promise<Entry> {
    for (const entry of entries) {
      if (entry.arn !== arn || entry.busy) continue;
      drop(entry);
      if (!entries.has(entry) || entry.revisionId !== version.revisionId) continue;
      entry.busy = true;
      return entry;
    }
    const instance = await start(id, version);
    const entry: Entry = { instance, arn, revisionId: version.revisionId, busy: true, retired: false };
    entries.add(entry);
    if (closed) await end(entry);
    return entry;
  }

  return {
    async invoke(id, version, reserved, message) {
      const arn = functionArn(id);
      await enter(arn, reserved);
      try {
        const entry = await acquire(arn, id, version);
        const done = () => {
          entry.busy = false;
          drop(entry);
          leave(arn);
        };
        const outcome = await entry.instance.invoke({ ...message, deadline: 0 }, version.settings.Timeout);
        if (outcome.kind === "streamed") void outcome.ended.then(done);
        else done();
        return outcome;
      } catch (error) {
        // The process could not be started.
        leave(arn);
        throw error;
      }
    },
    retire(id, keep) {
      const arn = functionArn(id);
      for (const entry of entries) {
        if (entry.arn !== arn || keep.includes(entry.revisionId)) continue;
        entry.retired = true;
        if (!entry.busy) void end(entry);
      }
    },
    async close() {
      closed = true;
      await Promise.all([...entries].map(end));
    },
  };
}
