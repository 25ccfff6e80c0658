/** A zip in a bucket that a build reads from or writes to. */
export interface BuildZip {
  /** The artifact's, as a pipeline calls it. */
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
}

/** A build, or a batch of them, as a pipeline asks for it. */
export interface BuildRequest {
  readonly project: { readonly account: string; readonly region: string; readonly name: string };
  /** Where the sources lie: the primary one first. */
  readonly sources: readonly BuildZip[];
  /** Which revision the primary source is of, as the pipeline's own source has found it; absent where nothing says so. */
  readonly revision?: string;
  /** Where what it makes goes. */
  readonly artifacts: readonly (BuildZip & { readonly kmsKey?: string })[];
  /** Over the variables of the project. */
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly isBatch: boolean;
  /** Who asks for it, e.g. `codepipeline/acme`. */
  readonly initiator: string;
}

/** How a build ended. */
export type EndedStatus = "SUCCEEDED" | "FAILED" | "STOPPED" | "TIMED_OUT" | "FAULT";

/** What came of a build. */
export interface BuildResult {
  readonly status: EndedStatus;
  /** Variables that its buildspec exports, by name. */
  readonly exported: Readonly<Record<string, string>>;
  /** Why it did not succeed. */
  readonly why?: string;
}

/** What runs builds. */
export interface Builds {
  /**
   * Begins a build, or a batch of them.
   *
   * @returns its id, `<project>:<uuid>`, at once
   * @throws {AwsError} what StartBuild refuses, such as a project that is not there
   */
  start(request: BuildRequest): string;
  /**
   * Resolves when the build is over, whatever came of it.
   *
   * @throws there is no such build
   */
  ended(id: string): Promise<BuildResult>;
  /** Asks a build to stop; {@link Builds.ended} tells when it has. Does nothing to one that is over. */
  stop(id: string): void;
  /** Stops all, and leaves no process. */
  close(): Promise<void>;
}
