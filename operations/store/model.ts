import type { Account } from "../../fleet/account";
import type { HostProcess } from "../recovery/processes";
import type { Shard } from "../rollout/deal";

/** Whose things: a stack, and the account that it is deployed to. */
export interface StackPlace {
  readonly stack: string;
  readonly account: Account;
}

/** What of Terraform's state (version 4) is looked at. */
export interface StackState {
  /** One more with every change. */
  readonly serial: number;
  /** The same for as long as it is the same state. */
  readonly lineage: string;
  /** By name. Those that are `sensitive` must never be shown. */
  readonly outputs: Readonly<Record<string, StateOutput>>;
  /** With data sources, which are read and not owned. */
  readonly resources: readonly StateResource[];
}

/** An output of a stack. */
export interface StateOutput {
  readonly value: unknown;
  readonly sensitive?: boolean;
}

/** A resource or a data source in a state, with all that there are of it. */
export interface StateResource {
  /** Absent in the root module. */
  readonly module?: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  /** e.g. `provider["registry.terraform.io/hashicorp/aws"].globex_eu_west_1`. */
  readonly provider: string;
  readonly instances: readonly StateInstance[];
}

/** One of a resource's instances. Its attributes may be secret. */
export interface StateInstance {
  readonly index_key?: string | number;
  /** `tainted` where it will be replaced. */
  readonly status?: string;
  /** Set for a copy that a replacement could not delete. */
  readonly deposed?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** All states that lie in a store. */
export interface FoundStates {
  /** By account id and stack. A stack that the fleet does not have may be an orphan. */
  readonly places: readonly StackPlace[];
  /** Parts that could not be read: what lies there is not known. */
  readonly unreadable: readonly Unreadable[];
}

/** A part of a store that could not be read. */
export interface Unreadable {
  /** e.g. `s3://acme-state/acme/333333333333/`. */
  readonly where: string;
  readonly why: string;
}

/**
 * Who holds Terraform's lock of a state, as Terraform wrote it down.
 *
 * In S3 this object is the lock. With local state it is only a note beside the lock, which is the operating system's
 * (fcntl): that one ends with its process, while the note of a process that was killed stays behind and keeps nobody out.
 * https://github.com/hashicorp/terraform/blob/v1.11.4/internal/states/statemgr/filesystem.go
 */
export interface StateLock {
  readonly id: string;
  /** e.g. `OperationTypeApply`. */
  readonly operation: string;
  /** `user@host` of whoever holds it. */
  readonly who: string;
  /** ISO 8601. */
  readonly created: string;
  /** Of Terraform. */
  readonly version: string;
  readonly info?: string;
  readonly path?: string;
}

/** Whether what was deployed answered as it should. */
export type Verification = "passed" | "failed";

/** What a stack was deployed with. */
export interface Release {
  /** Sorts by time: `2026-11-26T17-20-00Z-ab12cd34`, the last part of the fingerprint's beginning. */
  readonly id: string;
  readonly stack: string;
  /** That the stack was deployed to. */
  readonly account: Account;
  /** What the stack's output `meridian_fingerprint` holds after that deploy. */
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly at: string;
  /** `user@host`. */
  readonly by: string;
  /** Of the sources, where there is git: a commit, with `-dirty` behind it where files had been changed. */
  readonly revision?: string;
  /** Id of the run that deployed it. */
  readonly run?: string;
  /** SHA-256 of the stack's JSON, in hex. */
  readonly json: string;
  /** Files that the JSON names, and its provider lock file, where the project has one. */
  readonly bundles: readonly ReleaseFile[];
  /** Absent until it was verified, and where nothing is verified. */
  readonly verification?: Verification;
}

/** A file of a release. */
export interface ReleaseFile {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  /** In hex. */
  readonly sha256: string;
}

/** A release that is to be kept; its files are read off an output folder. */
export interface NewRelease extends Pick<Release, "fingerprint" | "by" | "revision" | "run"> {
  /** ISO 8601. */
  readonly at: string;
  /** Output folder with what was deployed: `<folder>/stacks/<stack>/cdk.tf.json`. */
  readonly folder: string;
  /** Whether the stack's provider lock file is the project's: it is kept, too, for whenever this is deployed again. @default false */
  readonly keepsProviderLock?: boolean;
}

/** What became of a stack in a run. */
export type RunStackState =
  | "waiting"
  | "planned"
  | "applying"
  | "applied"
  | "verified"
  | "failed"
  | "rolled-back"
  | "removed"
  | "skipped";

/** A stack of a run. */
export interface RunStack {
  /** Id. */
  readonly account: string;
  readonly cell?: string;
  readonly stage?: string;
  /** Number of the wave inside its stage, from 1. */
  readonly wave?: number;
  /** An orphan, which is taken away. */
  readonly orphan?: true;
  readonly state: RunStackState;
  /** Terraform has begun to apply what was reviewed, or found it done: not all of it may be as it was then. */
  readonly begun?: true;
  /** Why it failed, or was skipped. */
  readonly why?: string;
  /** Id of the release that it has now. */
  readonly release?: string;
  /** ISO 8601. */
  readonly started?: string;
  /** ISO 8601. */
  readonly ended?: string;
}

/** A stage of a run. */
export interface RunStage {
  readonly name: string;
  /** Names of the cells of each wave. */
  readonly waves: readonly (readonly string[])[];
}

/**
 * A function at the edge that Terraform has let go of. AWS deletes it only when CloudFront has deleted its copies, hours after
 * the last distribution has stopped using it:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html
 */
export interface LeftFunction {
  /** The stack that had it. */
  readonly stack: string;
  readonly account: Account;
  readonly region: string;
  readonly name: string;
}

/** A wave of a rollout that several builds deploy. */
export interface RolloutWave {
  /** Id of the rollout: what all its builds have in common. */
  readonly id: string;
  readonly stage: string;
  /** From 1. */
  readonly wave: number;
}

/** What a run deploys of a rollout: all of a wave, or what is dealt to a shard of it; or stacks that are in no wave. */
export interface RolloutPart extends Pick<RolloutWave, "id"> {
  /** Absent with the wave. */
  readonly stage?: string;
  readonly wave?: number;
  readonly shard?: Shard;
  /**
   * SHA-256, in hex, of what is said of the plans that it deploys: an attempt with other plans was asked for anew, and goes on
   * with nothing. Absent where it plans by itself.
   */
  readonly plans?: string;
}

/** That a cell failed in a rollout: for all who deploy its wave. */
export interface FailedCell {
  readonly cell: string;
  /** Id of the run. */
  readonly run: string;
  /** ISO 8601. */
  readonly at: string;
  /** It was deployed, and did not answer as it should. */
  readonly unverified: boolean;
  /** The change itself failed. */
  readonly broken: boolean;
}

/** What a run was told to do, and what became of it. Holds no values of the fleet, and so no secrets. */
export interface RunRecord {
  readonly version: 1;
  /** Sorts by time: see `newRunId`. */
  readonly id: string;
  readonly command: "deploy" | "rollback";
  /** Of the command line. */
  readonly arguments: readonly string[];
  /** Its name. */
  readonly fleet: string;
  /** ISO 8601. */
  readonly started: string;
  /** ISO 8601; absent while it runs, and where it was killed. */
  readonly ended?: string;
  /** `stopped`: by whoever ran it. */
  readonly outcome?: "succeeded" | "failed" | "stopped";
  /** `user@host`. */
  readonly by: string;
  readonly revision?: string;
  /** The process that it is. */
  readonly host: HostProcess;
  /** ARN of the build of CodeBuild that it runs in. */
  readonly build?: string;
  /** Id of the run that it goes on with. */
  readonly resumes?: string;
  /** Where several builds deploy a fleet: which part of that it is. */
  readonly rollout?: RolloutPart;
  /** In rollout order. */
  readonly stages?: readonly RunStage[];
  /** By name. */
  readonly stacks: Readonly<Record<string, RunStack>>;
  /** What Terraform lets go of without deleting it: while the run goes on, all that may be left; afterwards, what is. */
  readonly left?: readonly LeftFunction[];
}

/**
 * What lies beside the stacks: their states, their releases, and the runs that deployed them. In the folder
 * `terraform-state` or in the bucket, wherever the fleet keeps its state. What a read throws is what the file system or
 * AWS says, so that a caller can tell a region that is down.
 */
export interface FleetStore {
  /** For messages: `terraform-state` or `s3://bucket/prefix`. */
  readonly place: string;
  /**
   * Undefined where the stack was never deployed, or its state was removed.
   *
   * @throws {UserError} what lies there is no state
   */
  state(place: StackPlace): Promise<StackState | undefined>;
  /** Every state that lies there, of stacks in the fleet file or not. */
  states(): Promise<FoundStates>;
  /** @throws {UserError} there are resources in it: they would be forgotten */
  removeState(place: StackPlace): Promise<void>;
  /** See {@link StateLock} for what it means. */
  lock(place: StackPlace): Promise<StateLock | undefined>;
  /**
   * Removes a lock, but only while it is still the one with that id.
   *
   * @throws {UserError} it is another one by now
   */
  removeLock(place: StackPlace, id: string): Promise<void>;
  /** Its files first, then what makes it visible: a release that is seen is whole. */
  saveRelease(place: StackPlace, release: NewRelease): Promise<Release>;
  /** @throws {UserError} there is no such release */
  markRelease(place: StackPlace, id: string, verification: Verification): Promise<void>;
  /**
   * Newest first.
   *
   * @param most how many @default all
   */
  releases(place: StackPlace, most?: number): Promise<readonly Release[]>;
  /**
   * The JSON of a stack's release.
   *
   * @throws {UserError} it is missing, or is not what it was
   */
  releaseJson(place: StackPlace, release: Release): Promise<string>;
  /**
   * Writes `<folder>/stacks/<stack>/cdk.tf.json` and the bundles at their relative paths, ready for `terraform init`.
   * With local state the folder has to lie beside the output folder, because the path in the JSON is relative.
   *
   * @throws {UserError} a file of the release is missing, or is not what it was
   */
  restore(place: StackPlace, release: Release, folder: string): Promise<void>;
  /**
   * Keeps a run as it is now. Records of one run are written in order, and while one is being written, only the last of
   * those that come meanwhile is kept.
   */
  saveRun(run: RunRecord): Promise<void>;
  run(id: string): Promise<RunRecord | undefined>;
  /**
   * Newest first.
   *
   * @param most how many @default all
   */
  runs(most?: number): Promise<readonly RunRecord[]>;
  /**
   * The runs of a rollout, or of one of its waves. Oldest first.
   *
   * @param part its id, and stage and wave where only those of one wave are wanted
   */
  runsOf(part: RolloutPart): Promise<readonly RunRecord[]>;
  /** Notes that a cell failed, over what was noted of it before. */
  noteFailure(wave: RolloutWave, failure: FailedCell): Promise<void>;
  /** Takes back what was noted of a cell. */
  forgetFailure(wave: RolloutWave, cell: string): Promise<void>;
  /** Names of the cells of which a failure is noted. */
  failedCells(wave: RolloutWave): Promise<readonly string[]>;
  failure(wave: RolloutWave, cell: string): Promise<FailedCell | undefined>;
  /** Ends its connections. */
  close(): void;
}
