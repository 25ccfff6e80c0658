import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** What is looked at of a package's package.json. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bundleDependencies?: unknown;
  readonly bundledDependencies?: unknown;
}

/** A package that lies in node_modules. */
interface Installed {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** An npm registry on this machine. */
export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves what a project's own users would get from npm's registry: the packages that it needs at run time, each version that
 * is installed, made into tarballs again. Of packages for other machines it knows nothing.
 *
 * @param project folder with a package-lock.json and node_modules
 */
export async function openRegistry(project: string): Promise<Registry> {
  const packages = installedPackages(project);
  let url = "";
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "").slice(1);
    const [, name = "", version] = /^(.+)\/-\/(.+)\.tgz$/.exec(path) ?? [];
    const found = packages.get(name)?.find(({ manifest }) => manifest.version === version);
    const versions = packages.get(path);
    if (found) sendTarball(found, response);
    else if (versions) response.end(JSON.stringify(packument(path, versions, url)));
    else {
      response.statusCode = 404;
      response.end("{}");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** By name. What a package brings along itself is a part of its tarball. */
function installedPackages(project: string): ReadonlyMap<string, readonly Installed[]> {
  const { packages } = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly inBundle?: boolean }>>;
  };
  const found = new Map<string, Installed[]>();
  for (const [path, { dev, inBundle }] of Object.entries(packages)) {
    const folder = join(project, path);
    if (path === "" || dev || inBundle || !existsSync(join(folder, "package.json"))) continue;
    const manifest: Manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    found.set(manifest.name, [...(found.get(manifest.name) ?? []), { folder, manifest }]);
  }
  return found;
}

/** https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md */
function packument(name: string, installed: readonly Installed[], url: string): object {
  const versions = installed.map(({ manifest }) => [
    manifest.version,
    { ...manifest, dist: { tarball: `${url}/${name}/-/${manifest.version}.tgz` } },
  ]);
  return {
    name,
    "dist-tags": { latest: installed[0]?.manifest.version },
    versions: Object.fromEntries(versions),
  };
}

function sendTarball({ folder, manifest }: Installed, response: NodeJS.WritableStream): void {
  const hasOwn = manifest.bundleDependencies ?? manifest.bundledDependencies;
  const tar = spawn(
    "tar",
    ["--create", ...(hasOwn ? [] : ["--exclude=./node_modules"]), "--transform=s,^\\.,package,", "."],
    // npm takes a tarball that is not compressed as well, which saves most of the time.
    { cwd: folder, stdio: ["ignore", "pipe", "inherit"] },
  );
  tar.stdout.pipe(response);
}
