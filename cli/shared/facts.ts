import type { ExtensionFacts } from "../../fleet/model";
import { assemblyRoot, projectRoot } from "../../fleet/project";
import { sourceRevision } from "../../operations/store/run-id";
import { readAssembly } from "./assembly";

/**
 * What is known of the extensions of the fleet: in a project its main.ts says so, in an assembly what was written down of it.
 *
 * @throws {UserError} main.ts, or the assembly, cannot be used
 */
export async function extensionFacts(): Promise<readonly ExtensionFacts[]> {
  if (assemblyRoot !== undefined) return readAssembly(assemblyRoot).extensions;
  const { loadApp } = await import("./app");
  return (await loadApp()).facts;
}

/** The commit that the sources are or, in an assembly, were at; undefined where nothing says so. */
export async function sourcesRevision(): Promise<string | undefined> {
  if (assemblyRoot !== undefined) return readAssembly(assemblyRoot).revision;
  // A build of CodePipeline has the files of a commit, and no repository.
  // https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
  return (await sourceRevision(projectRoot)) ?? process.env.CODEBUILD_RESOLVED_SOURCE_VERSION;
}
