import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { projectRoot } from "../fleet/project";
import type { TreeProgram } from "./process-tree";

const { HOME, PATH } = process.env;

/** A command of ours, with nothing of the shell in its environment but this. */
export function meridian(args: readonly string[], env: TreeProgram["env"], code = 0): TreeProgram {
  return { ...node(["bin/meridian.js", ...args], env), code };
}

/** A program of ours. */
export function node(args: readonly string[], env: TreeProgram["env"]): TreeProgram {
  return { command: process.execPath, args, cwd: projectRoot, env: { HOME, PATH, ...env } };
}

/** The same fleet with another value in the environment of its one service. */
export function greetOtherwise(fleet: string): string {
  const file = fleet.replace(/\.yaml$/, "-changed.yaml");
  writeFileSync(file, readFileSync(fleet, "utf8").replace("GREETING: hello", "GREETING: hallo"));
  return file;
}

/** Starts a sandbox of its own, on any free port. */
export async function startSandbox(fleet: string): Promise<{ endpoint: string; close: () => Promise<void> }> {
  const port = await freePort();
  const args = ["bin/meridian.js", "--fleet", fleet, "sandbox", "--port", String(port)];
  const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const isUp = await Promise.race([once(child.stdout, "data").then(() => true), ended.then(() => false)]);
  if (!isUp) throw new Error("the sandbox did not start");
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      child.kill("SIGINT");
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
