/**
 * Artifacts are held to a hash: CodePipeline gives a later action whatever lies under an artifact's key by then, and the roles
 * of builds may write to the artifacts of all executions, for they are the same in each. What an action of this execution has
 * exported, on the other hand, only its own build can say, and CodePipeline keeps it; also for a stage that is rolled back:
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html#stage-rollback-considerations
 */
export interface HashedArtifact {
  /** What the messages call it. */
  readonly what: string;
  /** Folder, as a word of the shell. */
  readonly folder: string;
  /** Variable of the build with the hash. */
  readonly variable: string;
}

/**
 * Prints a SHA-256 over a folder: over the names and the contents of all its files, in the order of bytes. Neither modes nor
 * times count, nor folders without files: zips need not keep them. `sha256sum` writes a name with a line break on one line.
 */
function hashOf(folder: string): string {
  return [
    `set -o pipefail; cd ${folder}`,
    "find . ! -type d -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -d ' ' -f 1",
  ].join(" && ");
}

/** The command that sets a variable to the hash of a folder. A folder that cannot be read through fails it. */
export function exportHash({ folder, variable }: Pick<HashedArtifact, "folder" | "variable">): string {
  // `export x="$(…)"` would succeed whatever becomes of the command in it.
  return `${variable}="$(${hashOf(folder)})" && export ${variable}`;
}

/**
 * The command that fails unless a folder is what was hashed. By the shell alone, and before anything that is in the folder
 * runs. CodeBuild puts files into artifacts, and nothing else: a link could mean another file once it is read.
 */
export function requireHash({ folder, variable, what }: HashedArtifact): string {
  const message = [
    `${what} are not what this execution has made: their SHA-256 is not $${variable}.`,
    "Something has written over them in the bucket of artifacts, so this build has run nothing of them, and changed nothing.",
    "Find out what it was (CloudTrail has it where it records data events of the bucket), and start a new execution.",
  ].join(" ");
  return [
    `hash="$(${hashOf(folder)})" && [ "$hash" = "$${variable}" ] &&`,
    `  [ -z "$(find ${folder} ! -type d ! -type f -print -quit)" ] ||`,
    `  { echo "${message}" >&2; false; }`,
  ].join("\n");
}
