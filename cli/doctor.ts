import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { freemem } from "node:os";
import { promisify } from "node:util";
import pc from "picocolors";
import { UserError } from "../fleet/errors";
import { projectRoot } from "../fleet/project";
import { providerVersion } from "../fleet/provider-lock";
import { isAtLeast } from "../fleet/version";
import { count } from "../fleet/wording";
import { memoryPerStack, stacksAtOnce } from "../operations/terraform/cdktf";
import { terraformEnvironment } from "../operations/terraform/environment";
import { findProviderMirror } from "../operations/terraform/provider-mirror";
import { engines } from "../package.json";
import { findMoto } from "../sandbox/moto/moto";
import { printJson } from "./output/json";

/** One thing that Meridian needs of a machine. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, or what is missing. */
  readonly message: string;
  /** How to get it; empty where nothing is missing. */
  readonly fix: string;
}

/** `meridian doctor`: what is missing on this machine, and how to get it. Exit code 1 where something is. */
export async function doctor(options: { readonly json?: boolean }): Promise<void> {
  const findings = await examine(process.env);
  const ok = findings.every((finding) => finding.ok);
  if (options.json) printJson({ ok, findings });
  else {
    for (const finding of findings) {
      process.stdout.write(
        `${finding.ok ? pc.green("ok     ") : pc.red("missing")} ${finding.name.padEnd(10)} ${finding.message}\n`,
      );
      if (finding.fix) process.stdout.write(`${" ".repeat(19)}${pc.dim("fix:")} ${finding.fix}\n`);
    }
  }
  if (!ok) process.exitCode = 1;
}

/** Looks at everything that deploying to the sandbox needs. */
async function examine(environment: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  return [
    nodeFinding(process.versions.node),
    terraformFinding(await terraformVersion(environment)),
    providerFinding(environment),
    await motoFinding(environment),
    await portFinding(4566),
    memoryFinding(freemem()),
  ];
}

function nodeFinding(version: string): Finding {
  const least = engines.node.replace(">=", "");
  const ok = isAtLeast(version, least);
  return {
    name: "Node.js",
    ok,
    message: version,
    fix: ok ? "" : `install Node.js ${least} or newer: https://nodejs.org`,
  };
}

/** Terraform 1.10 brought the lock in S3. */
const leastTerraform = "1.10";

/** A finding for the version that `terraform version` gave; undefined where there is no Terraform. */
export function terraformFinding(version: string | undefined): Finding {
  const ok = version !== undefined && isAtLeast(version, leastTerraform);
  const fix = `install Terraform ${leastTerraform} or newer: https://developer.hashicorp.com/terraform/install`;
  return { name: "Terraform", ok, message: version ?? "not on the PATH", fix: ok ? "" : fix };
}

async function terraformVersion(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const env = terraformEnvironment(environment, projectRoot);
    const { stdout } = await promisify(execFile)("terraform", ["version", "-json"], { env, timeout: 20_000 });
    return (JSON.parse(stdout) as { terraform_version: string }).terraform_version;
  } catch {
    return undefined;
  }
}

function providerFinding(environment: NodeJS.ProcessEnv): Finding {
  const mirror = findProviderMirror(environment);
  const message = mirror
    ? `hashicorp/aws ${providerVersion} in ${mirror}`
    : `hashicorp/aws ${providerVersion} will be downloaded from Terraform's registry on first use`;
  return { name: "provider", ok: true, message, fix: "" };
}

async function motoFinding(environment: NodeJS.ProcessEnv): Promise<Finding> {
  try {
    const { command, version, via } = await findMoto(environment);
    return {
      name: "moto",
      ok: true,
      message: [version, `run by ${via}`, command].filter(Boolean).join(", "),
      fix: "",
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { name: "moto", ok: false, message: error.what, fix: error.fix };
  }
}

/** Whether the sandbox gets its usual port. Another one does as well, so this is never amiss. */
async function portFinding(port: number): Promise<Finding> {
  const free = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
  const message = free ? `${port} is free` : `${port} is taken; the sandbox will use the next free one`;
  return { name: "port", ok: true, message, fix: "" };
}

/** A finding for `free` bytes of memory. */
export function memoryFinding(free: number): Finding {
  const gigabytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GB`;
  const ok = free >= memoryPerStack;
  const stacks = stacksAtOnce(undefined, free);
  const message = `${gigabytes(free)} free, enough for ${count(stacks, "stack")} at once (${gigabytes(memoryPerStack)} each)`;
  return {
    name: "memory",
    ok,
    message,
    fix: ok ? "" : "close other programs, or Terraform may be killed in the middle of a deploy",
  };
}
