import type { Builds, BuildZip } from "../codebuild/builds";
import type { ActionDeclaration } from "./declaration";
import type { PipelinePlace, Surroundings } from "./surroundings";

/** A run of an action, with all that it needs to know. */
export interface ActionContext {
  readonly place: PipelinePlace;
  /** The role of the pipeline. */
  readonly roleArn: string;
  readonly pipeline: string;
  readonly stage: string;
  readonly action: ActionDeclaration;
  /** The action's, with the values of all variables. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Where the artifacts lie that it reads, in the order of its declaration. */
  readonly inputs: readonly BuildZip[];
  /** What the sources of the execution have found, by the names of their artifacts. */
  readonly revisions: Readonly<Record<string, string>>;
  /** Where those are to lie that it makes. */
  readonly outputs: readonly BuildZip[];
  /** Key that artifacts are encrypted with. */
  readonly kmsKey?: string;
  /** The version of the source that the execution was started for. @default the newest */
  readonly revision?: string;
}

/** What came of an action. */
export interface ActionResult {
  readonly status: "Succeeded" | "Failed";
  /** For people, of what succeeded. */
  readonly summary?: string;
  readonly error?: { readonly code: string; readonly message: string };
  /** What it gives to actions that run later, where it has a namespace. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What a source has found. */
  readonly revision?: { readonly id: string; readonly summary: string };
  /** Who answered an approval. */
  readonly by?: string;
}

/** What a person says to an approval. */
export interface Approval {
  readonly status: "Approved" | "Rejected";
  readonly summary: string;
  readonly by: string;
}

/** An action that runs. */
export interface RunningAction {
  /** Never rejects. */
  readonly result: Promise<ActionResult>;
  /** Id of what runs elsewhere, such as a build. */
  readonly externalId?: string;
  /** What an approval that waits is to be answered with. */
  readonly token?: string;
  readonly answer?: (approval: Approval) => void;
  /** Nobody waits for its result any more; what it has begun elsewhere goes on. */
  readonly abandon: () => void;
  /** Stops what it has begun elsewhere, such as a build. @default nothing runs elsewhere */
  readonly end?: () => void;
}

/** What actions reach. */
export interface ActionServices {
  readonly surroundings: Surroundings;
  readonly builds: Builds;
  readonly onLog: (line: string) => void;
}

/** What came of an action that did not succeed. */
export function failed(code: string, message: string): ActionResult {
  return { status: "Failed", error: { code, message } };
}
