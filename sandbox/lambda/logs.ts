/** One line that a handler wrote to stdout or stderr. */
export interface LogLine {
  /** ISO 8601. */
  readonly time: string;
  readonly account: string;
  readonly region: string;
  readonly function: string;
  readonly version: string;
  /** The invocation during which it was written; absent for what is written while the code loads. */
  readonly requestId?: string;
  readonly message: string;
}

/** What to read; an absent field matches everything. */
export interface LogQuery {
  readonly function?: string;
  readonly account?: string;
  readonly region?: string;
  readonly requestId?: string;
}

/** What the handlers wrote, the last {@link linesPerFunction} lines of each function. */
export interface Logs {
  readonly add: (line: LogLine) => void;
  /** Oldest first. */
  readonly read: (query: LogQuery) => readonly LogLine[];
}

const linesPerFunction = 1000;

/** An empty log. */
export function createLogs(): Logs {
  const lines = new Map<string, LogLine[]>();
  return {
    add(line) {
      const key = `${line.account}/${line.region}/${line.function}`;
      const ring = lines.get(key) ?? [];
      lines.set(key, ring);
      ring.push(line);
      if (ring.length > linesPerFunction) ring.shift();
    },
    read(query) {
      const wanted = Object.entries(query).filter(([, value]) => value !== undefined) as [
        keyof LogQuery,
        string,
      ][];
      return [...lines.values()]
        .flat()
        .filter((line) => wanted.every(([field, value]) => line[field] === value))
        .sort((a, b) => a.time.localeCompare(b.time));
    },
  };
}
