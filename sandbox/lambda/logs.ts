/** One line that a handler, or a build of CodeBuild, wrote to stdout or stderr. */
export interface LogLine {
  /** Rises from line to line, over all functions. */
  readonly sequence: number;
  /** ISO 8601. */
  readonly time: string;
  readonly account: string;
  readonly region: string;
  /** Or the project of the build. */
  readonly function: string;
  /** Or the build's number. */
  readonly version: string;
  /** The invocation during which it was written, or the build; absent for what is written while code loads. */
  readonly requestId?: string;
  readonly message: string;
}

/** What to read; an absent field matches everything. */
export interface LogQuery {
  /** Any of these. */
  readonly functions?: readonly string[];
  readonly account?: string;
  readonly region?: string;
  readonly requestId?: string;
  /** Only what came after the line with this number. */
  readonly after?: number;
}

/** What handlers and builds wrote, the last {@link linesPerFunction} lines of each function. */
export interface Logs {
  readonly add: (line: Omit<LogLine, "sequence">) => void;
  /** Oldest first. */
  readonly read: (query: LogQuery) => readonly LogLine[];
}

const linesPerFunction = 1000;

/** An empty log. */
export function createLogs(): Logs {
  const lines = new Map<string, LogLine[]>();
  let sequence = 0;
  return {
    add(line) {
      const key = `${line.account}/${line.region}/${line.function}`;
      const ring = lines.get(key) ?? [];
      lines.set(key, ring);
      ring.push({ sequence: ++sequence, ...line });
      if (ring.length > linesPerFunction) ring.shift();
    },
    read({ functions, account, region, requestId, after = 0 }) {
      const isWanted = (line: LogLine) =>
        (functions === undefined || functions.includes(line.function)) &&
        (account === undefined || account === line.account) &&
        (region === undefined || region === line.region) &&
        (requestId === undefined || requestId === line.requestId) &&
        line.sequence > after;
      return [...lines.values()]
        .flat()
        .filter(isWanted)
        .sort((a, b) => a.sequence - b.sequence);
    },
  };
}
