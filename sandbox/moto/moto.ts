import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../fleet/errors";
import { isAtLeast } from "../../fleet/version";

/** A way to run moto on this machine. */
export interface Moto {
  readonly via: "moto_server" | "uvx" | "pipx" | "docker";
  readonly command: string;
  /** The arguments that make it listen on a port of 127.0.0.1 only. `name` is for what needs one to be found again. */
  readonly args: (port: number, name: string) => readonly string[];
  /** Known only where it can be read without starting moto. */
  readonly version?: string;
  /** How to end what the command's own end may leave behind. */
  readonly cleanUp?: (name: string) => readonly [command: string, ...args: string[]];
}

/** Older ones answer some of the provider's calls wrongly. */
const minimumMoto = "5.2.1";

async function onPath(program: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of (environment.PATH ?? "").split(delimiter)) {
    const path = join(folder, program);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== "" && isThere) return path;
  }
  return undefined;
}

/** Asks the Python that a console script names in its first line. A wrapper script names none: undefined then. */
async function installedVersion(script: string): Promise<string | undefined> {
  const [, python] = /^#!(\S*python[\d.]*)\s/.exec(await readFile(script, "utf8").catch(() => "")) ?? [];
  if (!python) return undefined;
  const code = "import importlib.metadata as m; print(m.version('moto'))";
  const { stdout } = await promisify(execFile)(python, ["-I", "-c", code], { env: {}, timeout: 5000 }).catch(
    () => ({
      stdout: "",
    }),
  );
  return stdout.trim() || undefined;
}

const listen = (port: number) => ["-H", "127.0.0.1", "-p", String(port)];

/**
 * Finds a way to run moto: `moto_server` on the PATH, or uvx, pipx or Docker, which fetch it on first use.
 *
 * @throws {UserError} there is none, or the installed moto is older than {@link minimumMoto}
 */
export async function findMoto(environment: NodeJS.ProcessEnv): Promise<Moto> {
  const server = await onPath("moto_server", environment);
  if (server) {
    const version = await installedVersion(server);
    if (version && !isAtLeast(version, minimumMoto)) {
      throw new UserError(
        `moto ${version} is installed (${server}), ${minimumMoto} or newer is needed`,
        "older versions answer some calls of the AWS provider wrongly",
        "run: pip install --upgrade 'moto[server]'",
      );
    }
    return { via: "moto_server", command: server, args: listen, version };
  }
  const uvx = await onPath("uvx", environment);
  const requirement = `moto[server]>=${minimumMoto},<6`;
  if (uvx) {
    return {
      via: "uvx",
      command: uvx,
      args: (port) => ["--from", requirement, "moto_server", ...listen(port)],
    };
  }
  const pipx = await onPath("pipx", environment);
  if (pipx) {
    return {
      via: "pipx",
      command: pipx,
      args: (port) => ["run", "--spec", requirement, "moto_server", ...listen(port)],
    };
  }
  const docker = await onPath("docker", environment);
  if (docker) {
    const image = `motoserver/moto:${minimumMoto}`;
    return {
      via: "docker",
      command: docker,
      args: (port, name) => [
        ...["run", "--rm", "--name", name, "--publish", `127.0.0.1:${port}:5000`],
        ...["--env", "MOTO_DISABLE_GLOBAL_CORS=true", image],
      ],
      cleanUp: (name) => [docker, "rm", "--force", name],
      version: minimumMoto,
    };
  }
  throw new UserError(
    "moto is not on this machine: none of moto_server, uvx, pipx and docker is on the PATH",
    "the sandbox serves IAM, STS, S3, logs and others by it",
    `run: pip install 'moto[server]>=${minimumMoto}', or install uv (https://docs.astral.sh/uv)`,
  );
}
