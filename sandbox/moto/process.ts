import { execFile } from "node:child_process";
import { get } from "node:http";
import { createServer } from "node:net";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { UserError } from "../../fleet/errors";
import { endGroup, spawnGroup } from "../processes";
import type { Moto } from "./moto";

/** A running moto. */
export interface MotoProcess {
  /** A port of 127.0.0.1 that only the sandbox is told of. */
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** The first start through uvx, pipx or Docker downloads moto. */
const startSeconds = { moto_server: 60, uvx: 300, pipx: 300, docker: 300 } as const;

/** What a downloader may need from the environment, beside the folders of the user: its settings, proxies, CAs. */
const downloaderVariables = /^(UV|PIP|PIPX|XDG|DOCKER)_|^(https?|no|all)_proxy$|^SSL_CERT_/i;

function motoEnvironment({ via }: Moto, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) =>
      ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"].includes(name) ||
      (via !== "moto_server" && downloaderVariables.test(name)),
  );
  return {
    ...Object.fromEntries(kept),
    PYTHONWARNINGS: "ignore",
    PYTHONUNBUFFERED: "1",
    // No web page may read moto's answers.
    MOTO_DISABLE_GLOBAL_CORS: "true",
    MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
    // Seconds until a certificate is issued, whatever DNS says; moto's own 60 would be waited for in every deploy.
    MOTO_ACM_VALIDATION_WAIT: "1",
  };
}

/** A port of 127.0.0.1 that is free at the moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no address");
  return address.port;
}

function isUp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(
      { host: "127.0.0.1", port, path: "/moto-api/data.json", timeout: 1000 },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

/**
 * Ends a group as soon as its own standard input closes, which is when the sandbox is gone, even if it was killed.
 */
const watchdogScript = 'read -r _; kill -TERM "-$1"';

/**
 * Starts moto and waits until it answers.
 *
 * @throws {UserError} it ended, or did not answer in time
 */
export async function startMoto(moto: Moto, environment: NodeJS.ProcessEnv): Promise<MotoProcess> {
  const port = await freePort();
  const name = `meridian-moto-${process.pid}-${port}`;
  const env = motoEnvironment(moto, environment);
  const child = spawnGroup(moto.command, moto.args(port, name), { env, stdio: ["ignore", "pipe", "pipe"] });
  const watchdog = spawnGroup("/bin/sh", ["-c", watchdogScript, "sh", String(child.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr] as readonly Readable[]) {
    stream.on("data", (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-2000);
    });
  }
  const close = async () => {
    await endGroup(watchdog, 0);
    await endGroup(child, 5000);
    const [command, ...args] = moto.cleanUp?.(name) ?? [];
    if (command) await promisify(execFile)(command, args, { env, timeout: 10_000 }).catch(() => {});
  };

  const deadline = Date.now() + startSeconds[moto.via] * 1000;
  while (!(await isUp(port))) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || Date.now() > deadline) {
      await close();
      throw new UserError(
        ended ? "moto ended right after its start" : `moto did not answer within ${startSeconds[moto.via]} s`,
        `the sandbox needs it; the last it said:\n${output.trim() || "(nothing)"}`,
        `run it by hand to see more: ${[moto.command, ...moto.args(port, name)].join(" ")}`,
      );
    }
    await sleep(50);
  }
  return { port, close };
}
