import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { UserError } from "../../fleet/errors";
import { fingerprintOutput } from "../../fleet/names";
import { lockFile } from "../../fleet/provider-lock";
import { isMap } from "../../fleet/values";
import { sha256, writeWhole } from "./local-objects";
import type { NewRelease, Release, ReleaseFile, StackPlace, StackState, Verification } from "./model";
import { mapFew, type Objects } from "./objects";

/** Files of all releases, each once, by what is in them. */
const blobKey = (hash: string) => `releases/blobs/${hash}`;
const folderOf = (stack: string) => `releases/${stack}/`;
const entryKey = (stack: string, id: string) => `${folderOf(stack)}${id}.json`;

/** Where a stack's JSON lies in an output folder. */
const jsonPath = (stack: string) => `stacks/${stack}/cdk.tf.json`;

const lockPath = (stack: string) => `stacks/${stack}/${lockFile}`;

/**
 * Keeps what a stack is deployed with: files first, then the entry that names them.
 *
 * @param kept hashes of files that are known to be there; those that are written come to them
 */
export async function saveRelease(
  objects: Objects,
  { account, stack }: StackPlace,
  { at, folder, keepsProviderLock, ...about }: NewRelease,
  kept: Set<string>,
): Promise<Release> {
  const json = await readFile(join(folder, jsonPath(stack)));
  const named = await namedFiles(JSON.parse(json.toString("utf8")), stack, folder);
  const files = keepsProviderLock ? [...named, lockPath(stack)] : named;
  const bundles: ReleaseFile[] = [];
  for (const path of files) {
    bundles.push({ path, sha256: await keep(objects, await readFile(join(folder, path)), kept) });
  }
  const second = `${new Date(at).toISOString().slice(0, 19).replaceAll(":", "-")}Z`;
  const release: Release = {
    id: `${second}-${about.fingerprint.slice(0, 8)}`,
    ...{ stack, account, at, ...about },
    json: await keep(objects, json, kept),
    bundles,
  };
  await writeEntry(objects, release);
  return release;
}

/** Whether a release was deployed with a provider lock file of its project's, which is restored with it. */
export function hasProviderLock({ bundles, stack }: Release): boolean {
  return bundles.some(({ path }) => path === lockPath(stack));
}

function writeEntry(objects: Objects, release: Release): Promise<void> {
  return objects.write(entryKey(release.stack, release.id), Buffer.from(`${JSON.stringify(release)}\n`));
}

/** Keeps a file. One of another length is not the same, whatever its name says, and is written again. */
async function keep(objects: Objects, bytes: Buffer, kept: Set<string>): Promise<string> {
  const hash = sha256(bytes);
  if (kept.has(hash)) return hash;
  const key = blobKey(hash);
  if ((await objects.size(key)) !== bytes.length) await objects.write(key, bytes);
  kept.add(hash);
  return hash;
}

/**
 * The files that a stack's JSON names, relative to the output folder, each once, sorted. Terraform takes paths as relative
 * to the stack's folder. What lies outside of the output folder, as local state does, is not the stack's own.
 */
async function namedFiles(json: unknown, stack: string, folder: string): Promise<readonly string[]> {
  const own = resolve(folder, "stacks", stack);
  const candidates = new Set<string>();
  for (const text of texts(json)) {
    if (!/^[^${}\n]{1,300}$/.test(text) || !text.includes("/") || isAbsolute(text)) continue;
    const path = relative(folder, resolve(own, text));
    if (isInside(path)) candidates.add(path);
  }
  const found = await mapFew([...candidates].sort(), async (path) => {
    const isFile = await stat(join(folder, path)).then(
      (one) => one.isFile(),
      () => false,
    );
    return isFile ? [path.split(sep).join("/")] : [];
  });
  return found.flat();
}

function* texts(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (Array.isArray(value)) for (const one of value) yield* texts(one);
  else if (isMap(value)) for (const one of Object.values(value)) yield* texts(one);
}

function isInside(path: string): boolean {
  return path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

/** Newest first. */
export async function readReleases(
  objects: Objects,
  stack: string,
  most: number,
): Promise<readonly Release[]> {
  const { names } = await objects.list(folderOf(stack));
  const ids = names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length));
  const newest = ids.sort().reverse().slice(0, most);
  const found = await mapFew(newest, (id) => readEntry(objects, stack, id));
  return found.flatMap((release) => release ?? []);
}

async function readEntry(objects: Objects, stack: string, id: string): Promise<Release | undefined> {
  const entry = await objects.read(entryKey(stack, id));
  return entry && (JSON.parse(entry.bytes.toString("utf8")) as Release);
}

/**
 * The release that a stack has now, by its state. Undefined where what is deployed was deployed by something else, which
 * kept no release of it.
 *
 * @param releases newest first
 */
export function currentRelease(
  state: StackState | undefined,
  releases: readonly Release[],
): Release | undefined {
  const deployed = state?.outputs[fingerprintOutput]?.value;
  return releases.find(({ fingerprint }) => fingerprint === deployed);
}

/** Says of a release whether it answered as it should. */
export async function markRelease(
  objects: Objects,
  stack: string,
  id: string,
  verification: Verification,
): Promise<void> {
  const release = await readEntry(objects, stack, id);
  if (!release) {
    throw new UserError(
      `${stack} has no release ${id}`,
      "what was verified is noted with its release",
      "`npx meridian releases --stack <name>` lists those that there are",
    );
  }
  await writeEntry(objects, { ...release, verification });
}

/** Writes the files of a release into a folder that is laid out like the output folder. */
export async function restoreRelease(objects: Objects, release: Release, folder: string): Promise<void> {
  const { bundles, json, stack } = release;
  // The JSON last: what it names is there when it can be seen.
  for (const file of [...bundles, { path: jsonPath(stack), sha256: json }]) {
    const path = resolve(folder, file.path);
    if (!isInside(relative(resolve(folder), path))) throw damaged(release, `${file.path} leads out of it`);
    if (await isThere(path, file.sha256)) continue;
    await writeWhole(path, await readFileOf(objects, release, file));
  }
}

/** The JSON of a release. */
export async function releaseJson(objects: Objects, release: Release): Promise<string> {
  const file = { path: jsonPath(release.stack), sha256: release.json };
  return (await readFileOf(objects, release, file)).toString("utf8");
}

async function readFileOf(objects: Objects, release: Release, file: ReleaseFile): Promise<Buffer> {
  const blob = await objects.read(blobKey(file.sha256), "large");
  if (!blob) throw damaged(release, `${file.path} (${file.sha256}) is missing`);
  if (sha256(blob.bytes) !== file.sha256) {
    throw damaged(release, `${file.path} (${file.sha256}) is not what was kept`);
  }
  return blob.bytes;
}

/** Stacks share bundles, so another one may have brought it. */
async function isThere(path: string, hash: string): Promise<boolean> {
  return readFile(path).then(
    (bytes) => sha256(bytes) === hash,
    () => false,
  );
}

function damaged({ id, stack }: Release, how: string): UserError {
  return new UserError(
    `the release ${id} of ${stack} is damaged: ${how}`,
    "only what was deployed before, byte for byte, is deployed again",
    `use another one: npx meridian releases --stack ${stack}`,
  );
}
