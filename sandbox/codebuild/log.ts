import type { Logs } from "../lambda/logs";

/** Calls an operation of CloudWatch Logs as the build's role. */
export type AskLogs = (action: string, input: object) => Promise<void>;

/** Where a build's lines go. */
export interface BuildLogOptions {
  readonly account: string;
  readonly region: string;
  readonly project: string;
  readonly buildId: string;
  readonly buildNumber: number;
  /** Absent where CloudWatch Logs are turned off. */
  readonly stream?: { readonly group: string; readonly name: string };
  readonly ask: AskLogs;
  readonly logs: Logs;
  /** Told once why CloudWatch Logs has not taken lines. */
  readonly onProblem: (problem: string) => void;
}

/** What a build says. */
export interface BuildLog {
  readonly write: (line: string) => void;
  /** As CodeBuild's own agent says something, in one line or several. */
  readonly say: (text: string) => void;
  /** Resolves when all that was written has arrived. */
  readonly close: () => Promise<void>;
}

/** How long lines are gathered before they are sent, in milliseconds. */
const gatherMs = 500;
/** Events of one call at most: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const maxEvents = 10_000;

/** Opens a build's log, which makes its log group where there is none, and its stream. */
export function openBuildLog(options: BuildLogOptions): BuildLog {
  const { account, ask, buildId, buildNumber, logs, onProblem, project, region, stream } = options;
  let waiting: { readonly timestamp: number; readonly message: string }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isBroken = stream === undefined;
  const send = async (action: string, input: object) => {
    if (isBroken) return;
    await ask(action, input).catch((error: Error) => {
      isBroken = true;
      onProblem(error.message);
    });
  };
  // One after another: lines keep their order.
  let sending = stream ? prepare(ask, stream).catch(() => {}) : Promise.resolve();
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const events = waiting;
    waiting = [];
    for (let at = 0; stream && at < events.length; at += maxEvents) {
      const logEvents = events.slice(at, at + maxEvents);
      sending = sending.then(() =>
        send("PutLogEvents", { logGroupName: stream.group, logStreamName: stream.name, logEvents }),
      );
    }
  };
  const write = (message: string, time: Date) => {
    logs.add({
      ...{ time: time.toISOString(), account, region, function: project },
      ...{ version: String(buildNumber), requestId: buildId, message },
    });
    // CloudWatch Logs takes no empty message.
    waiting.push({ timestamp: time.getTime(), message: message === "" ? " " : message });
    timer ??= setTimeout(flush, gatherMs);
  };
  return {
    write: (line) => write(line, new Date()),
    say(text) {
      const time = new Date();
      for (const line of `[Container] ${agentTime(time)} ${text.trimEnd()}`.split("\n")) write(line, time);
    },
    async close() {
      flush();
      await sending;
    },
  };
}

/** The group may be there, as the one that Terraform has made. */
async function prepare(
  ask: AskLogs,
  { group, name }: { readonly group: string; readonly name: string },
): Promise<void> {
  await ask("CreateLogStream", { logGroupName: group, logStreamName: name }).catch(async () => {
    // Another build of the project may make it at the same time.
    await ask("CreateLogGroup", { logGroupName: group }).catch(() => {});
    await ask("CreateLogStream", { logGroupName: group, logStreamName: name });
  });
}

/** As CodeBuild writes times into logs: `2026/01/31 12:00:00.123456`. */
function agentTime(time: Date): string {
  return `${time.toISOString().slice(0, 23).replaceAll("-", "/").replace("T", " ")}000`;
}
