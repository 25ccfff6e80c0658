import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import type { BuildRequest } from "./builds";
import { type ArtifactSpec, BuildError, type Buildspec } from "./buildspec";
import type { Build } from "./model";
import type { ZippedFile } from "./zips";

/**
 * A pattern of a buildspec as a regular expression: `*` is any part of a name, `**` any folders.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.artifacts.files
 */
function patternOf(glob: string): RegExp {
  const source = glob
    .replace(/^\.\//, "")
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*\*\/|\*\*|\*|\?/g, (wild) => {
      if (wild === "**/") return "(?:.*/)?";
      if (wild === "**") return ".*";
      return wild === "*" ? "[^/]*" : "[^/]";
    });
  return new RegExp(`^${source}$`);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/**
 * The files of a build's folder that an artifact is made of, in a fixed order.
 *
 * @param folder where the sources were unpacked, which the base directory is relative to
 * @throws {BuildError} there are none, as CodeBuild words it
 */
export function artifactFiles(folder: string, spec: ArtifactSpec): readonly ZippedFile[] {
  const base = resolve(folder, spec["base-directory"]);
  if (!statSync(base, { throwIfNoEntry: false })?.isDirectory())
    throw new BuildError("CLIENT_ERROR", "no matching base directory path found");
  const [wanted, unwanted] = [spec.files, spec["exclude-paths"]].map((globs) => globs.map(patternOf));
  const isAny = (patterns: readonly RegExp[] | undefined, name: string) =>
    patterns?.some((pattern) => pattern.test(name)) ?? false;
  const files = filesBelow(base).flatMap((path): readonly ZippedFile[] => {
    const name = relative(base, path).split(sep).join("/");
    if (!isAny(wanted, name) || isAny(unwanted, name)) return [];
    const file = fileAt(path, spec["discard-paths"] ? basename(name) : name, spec["enable-symlinks"]);
    return file ? [file] : [];
  });
  if (files.length === 0) throw new BuildError("CLIENT_ERROR", "no matching artifact paths found");
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** A symbolic link is kept as one where the buildspec says so, and is otherwise the file that it points to. */
function fileAt(path: string, name: string, keepsLinks: boolean): ZippedFile | undefined {
  const found = lstatSync(path);
  if (found.isSymbolicLink() && keepsLinks)
    return { name, contents: Buffer.from(readlinkSync(path)), mode: found.mode };
  const target = statSync(path, { throwIfNoEntry: false });
  return target?.isFile() ? { name, contents: readFileSync(path), mode: target.mode } : undefined;
}

/** An artifact of a request, and what of the buildspec makes it. */
export type OwnArtifact = BuildRequest["artifacts"][number] & {
  /** Which of the secondary artifacts of the buildspec it is; absent for the primary one. */
  readonly spec?: string;
};

/**
 * The artifacts of a request that a build makes. One alone is the primary one, several are secondary ones by their names:
 * https://docs.aws.amazon.com/codebuild/latest/userguide/sample-codepipeline.html. Those of a batch begin with the
 * identifier of their build.
 */
export function ownArtifacts({ batch, request }: Build): readonly OwnArtifact[] {
  const { artifacts } = request;
  if (!batch) {
    return artifacts.length === 1 ? artifacts : artifacts.map((one) => ({ ...one, spec: one.name }));
  }
  const { identifier } = batch.task;
  return artifacts.flatMap((one): readonly OwnArtifact[] => {
    if (one.name === identifier) return [one];
    return one.name.startsWith(`${identifier}_`)
      ? [{ ...one, spec: one.name.slice(identifier.length + 1) }]
      : [];
  });
}

/**
 * What a buildspec says of an artifact.
 *
 * @param name of a secondary one
 * @throws {BuildError} nothing
 */
export function artifactSpec(name: string | undefined, artifacts: Buildspec["artifacts"]): ArtifactSpec {
  if (name !== undefined) {
    const found = artifacts?.["secondary-artifacts"][name];
    if (found) return found;
    throw new BuildError("CLIENT_ERROR", `no definition of the artifact '${name}' in secondary-artifacts`);
  }
  if (artifacts?.files) return { ...artifacts, files: artifacts.files };
  throw new BuildError("CLIENT_ERROR", "no definition of the artifact: the buildspec has no artifacts/files");
}
