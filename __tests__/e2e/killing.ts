import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { iamActions } from "../../sandbox/calls/actions";
import { credentialScope } from "../../sandbox/gateway/signature";
import { descendants } from "./descendants";

/** When everything is killed. */
export type Moment =
  | { readonly after: "start"; readonly seconds: number }
  | {
      /** Something that is changed in AWS, or in the bucket of the state. */
      readonly after: "call";
      /** The how manyth one, or the first one of this action of IAM, e.g. `lambda:CreateFunction`. */
      readonly call: number | string;
      /** Milliseconds from its answer on; undefined: it was carried out, and the answer never comes. */
      readonly answered?: number;
    };

/** What stands between a deploy and the sandbox, and sees what is changed. */
export interface Tap {
  /** `http://127.0.0.1:<port>`: what AWS_ENDPOINT_URL is to be. */
  readonly endpoint: string;
  /** What was changed so far, in the order that it was asked for, as IAM calls it. */
  readonly changes: () => readonly string[];
  close(): Promise<void>;
}

const reads = /^\w+:(Get|List|Describe|Head|AssumeRole|View)/;

/**
 * Passes on what is asked of a sandbox.
 *
 * @param onChange told once a change is carried out, and before it is answered
 */
export async function openTap(
  sandbox: string,
  onChange: (action: string, number: number) => void = () => {},
): Promise<Tap> {
  const changes: string[] = [];
  const { hostname, port } = new URL(sandbox);
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    const { headers, method = "GET", url: path = "/" } = incoming;
    const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const http = { method, path, headers: texts, body, host: texts.host ?? "" };
    const scope = credentialScope(http);
    const action = scope && iamActions({ ...http, ...scope, account: "" })[0];
    const isChange = action !== undefined && !reads.test(action);
    const number = isChange ? changes.push(action) : 0;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ hostname, port, path, method, headers }, resolve).once("error", reject).end(body);
    });
    const answerBody = await bodyOf(answer);
    if (isChange) onChange(action, number);
    if (outgoing.destroyed) return;
    outgoing.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
    outgoing.end(answerBody);
  };
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    changes: () => changes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A command that may be killed. */
export interface Doomed {
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of its environment. */
  readonly env: (endpoint: string) => Readonly<Record<string, string>>;
  readonly sandbox: string;
  /** @default it is left alone */
  readonly moment?: Moment;
  /** Told of each change once it is carried out, and of the program's process. */
  readonly onChange?: (action: string, pid: number) => void;
}

/** How it went. */
export interface Doom {
  /** Exit status; null where it was killed. */
  readonly code: number | null;
  readonly changes: readonly string[];
  readonly seconds: number;
  /** All that it wrote. */
  readonly text: string;
}

/**
 * Runs a program for Node.js in a session of its own, and kills it at a moment, with all that it has started: no process of it
 * gets to do anything more.
 */
export async function runDoomed({ args, cwd, env, moment, onChange, sandbox }: Doomed): Promise<Doom> {
  const began = Date.now();
  let pid = 0;
  let isKilled = false;
  const kill = () => {
    isKilled = true;
    killAll(pid, tap.endpoint);
  };
  const tap = await openTap(sandbox, (action, number) => {
    // Whoever asked is gone.
    if (isKilled) return;
    onChange?.(action, pid);
    if (moment?.after !== "call" || (moment.call !== number && moment.call !== action)) return;
    if (moment.answered === undefined) kill();
    else void sleep(moment.answered).then(kill);
  });
  const child = spawn(process.execPath, args, {
    ...{ cwd, env: env(tap.endpoint), detached: true },
    stdio: ["ignore", "pipe", "pipe"],
  });
  pid = child.pid as number;
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      text += chunk;
    });
  }
  const timer = moment?.after === "start" ? setTimeout(kill, moment.seconds * 1000) : undefined;
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  await tap.close();
  return { code, changes: tap.changes(), seconds: (Date.now() - began) / 1000, text };
}

/**
 * Kills a process and all that it has started, at any depth. What it starts meanwhile is found by what its environment says.
 *
 * @param mark a text that is in the environment of no other process
 */
function killAll(pid: number, mark: string): void {
  const found = descendants(pid);
  for (const one of [pid, ...found]) end(one);
  for (let left = marked(mark); left.length > 0; left = marked(mark)) left.forEach(end);
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Linux only; elsewhere what is started in that very moment gets away. */
function marked(mark: string): readonly number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter(
      (name) => /^\d+$/.test(name) && Number(name) !== process.pid && environmentOf(name).includes(mark),
    )
    .map(Number);
}

function environmentOf(pid: string): string {
  try {
    // That of a process that has ended and was not waited for is empty.
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}
