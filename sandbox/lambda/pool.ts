import type { Version } from "./configuration";
import type { InvokeMessage } from "./function-process";
import type { FunctionInstance, Outcome } from "./instance";
import { type FunctionId, functionArn } from "./names";

/** Thrown when a function already runs as many invocations as it may. */
export class TooManyRequests extends Error {}

/** The processes of all functions: started when needed, kept warm, ended when their version is gone. */
export interface Pool {
  /**
   * Runs one invocation in an idle process of the version, or in a new one.
   *
   * @param limit how many processes of the function may be busy at once, over all versions
   * @throws {TooManyRequests} above the limit
   */
  readonly invoke: (
    id: FunctionId,
    version: Version,
    limit: number,
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

/** A pool without any process. */
export function createPool(start: (id: FunctionId, version: Version) => Promise<FunctionInstance>): Pool {
  const entries = new Set<Entry>();
  const starting = new Map<string, number>();
  let closed = false;

  async function end(entry: Entry): Promise<void> {
    entries.delete(entry);
    await entry.instance.close();
  }

  function drop(entry: Entry): void {
    if (!entry.instance.isAlive() || entry.retired || closed) void end(entry);
  }

  async function acquire(id: FunctionId, version: Version, limit: number): Promise<Entry> {
    const arn = functionArn(id);
    for (const entry of entries) if (!entry.busy) drop(entry);
    const own = [...entries].filter((entry) => entry.arn === arn);
    const busy = own.filter((entry) => entry.busy).length + (starting.get(arn) ?? 0);
    if (busy >= limit) throw new TooManyRequests();
    const idle = own.find((entry) => !entry.busy && entry.revisionId === version.revisionId);
    if (idle) {
      idle.busy = true;
      return idle;
    }
    starting.set(arn, (starting.get(arn) ?? 0) + 1);
    try {
      const instance = await start(id, version);
      const entry: Entry = { instance, arn, revisionId: version.revisionId, busy: true, retired: false };
      entries.add(entry);
      if (closed) await end(entry);
      return entry;
    } finally {
      starting.set(arn, (starting.get(arn) ?? 1) - 1);
    }
  }

  return {
    async invoke(id, version, limit, message) {
      const entry = await acquire(id, version, limit);
      try {
        const timeout = version.settings.Timeout;
        return await entry.instance.invoke({ ...message, deadline: 0 }, timeout);
      } finally {
        entry.busy = false;
        drop(entry);
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
