import type { Account } from "../account";
import type { computeTypes } from "../limits";
import type { PolicyDocument } from "../policy-document";

/** The organization around a fleet. */
export interface Organization {
  /** Name of the fleet, which its policies are named after. */
  readonly fleet: string;
  readonly management: Account;
  /** Whether it is there already, and only read. */
  readonly existing: boolean;
  /** By path, so each after the one that it is in. */
  readonly units: readonly Unit[];
  /** All accounts but the management account, by name. */
  readonly members: readonly Member[];
  /** Those that are written in the fleet file, by name. The guardrail makes more. */
  readonly policies: readonly ServiceControlPolicy[];
  /** What each account uses, by name, where a guardrail of Meridian's own keeps accounts in these regions. */
  readonly guardedUses?: ReadonlyMap<string, RegionUse>;
  /** What extensions say that they call for fronts, and so in us-east-1. */
  readonly frontExtensions: readonly FrontExtensionCalls[];
  /** AWS services that the fleet needs to work in all accounts, as service principals, sorted. */
  readonly trustedServices: readonly string[];
  /**
   * Whether Control Tower enables services and types of policies, too, which nobody may take away. That it is off does not
   * mean that its landing zone is gone.
   */
  readonly isShared: boolean;
  readonly controlTower?: ControlTower;
}

/** An organizational unit. */
export interface Unit {
  /** Names from the root down, joined by `/`. */
  readonly path: string;
  /** The last name of the path. */
  readonly name: string;
  /** Path of the unit that it is in; absent right below the root. */
  readonly parent?: string;
  /** Of a unit that is there already: it is taken over. */
  readonly id?: string;
}

/** An account of the organization. */
export interface Member {
  readonly name: string;
  /** Absent until it is created, and its id written into the fleet file. */
  readonly id?: string;
  /** Absent where the account is taken over by its id. */
  readonly email?: string;
  /** Path of the unit that it is in. */
  readonly unit: string;
  /** Whether it is to be closed. */
  readonly closed: boolean;
}

/** Which regions an account uses, and for what. */
export interface RegionUse {
  /** Where anything may be called, sorted: its zone, its targets, its log buckets, the state and the pipeline it holds. */
  readonly regions: readonly string[];
  /** Whether it holds a front, with certificates and web ACLs in us-east-1. */
  readonly front: boolean;
  /** Regions of the stack set that makes its deploy role, sorted. */
  readonly bootstrap: readonly string[];
  /** The bucket of another account that its deploy role keeps state in. */
  readonly state?: StatePlace;
}

/** Calls of an extension that adds resources to fronts. */
export interface FrontExtensionCalls {
  readonly actions: readonly string[];
  /** ARNs; may hold `{fleet}` and `{account}`. */
  readonly resources: readonly string[];
}

/** Where Terraform's state lies. */
export interface StatePlace {
  readonly bucket: string;
  readonly region: string;
}

/** What a policy is attached to. */
export type PolicyTarget = { readonly unit: string } | { readonly account: string };

/** A service control policy, with all that it binds. */
export interface ServiceControlPolicy {
  /** In the organization and in Terraform. */
  readonly name: string;
  readonly description: string;
  readonly document: PolicyDocument;
  readonly targets: readonly PolicyTarget[];
}

/** How Control Tower governs the units. */
export interface ControlTower {
  /** Where it is set up, and where all of its calls go. */
  readonly homeRegion: string;
  /** Control on unit, each once. */
  readonly controls: readonly EnabledControl[];
  readonly landingZone?: LandingZone;
}

/** A control of Control Tower on one unit. */
export interface EnabledControl {
  /** Path of the unit. */
  readonly unit: string;
  /** ARN of the control. */
  readonly control: string;
  /** By name, for controls that take any. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

/** The landing zone of Control Tower. */
export interface LandingZone {
  readonly version: string;
  /** Sorted. */
  readonly governedRegions: readonly string[];
  readonly logArchive: Member;
  readonly audit: Member;
  /** Name of the unit of these two. */
  readonly security: string;
  readonly logRetentionDays: number;
}

/** Who may do what in which account. */
export interface Identity {
  readonly management: Account;
  /** Where Identity Center is enabled, with its identity store. */
  readonly region: string;
  /** Whether the groups come from elsewhere and are only read. */
  readonly existing: boolean;
  /** Sorted. */
  readonly groups: readonly string[];
  /** By name. */
  readonly permissionSets: readonly PermissionSet[];
  /** Each once, sorted. */
  readonly assignments: readonly Assignment[];
}

/** What a group may do in an account. */
export interface PermissionSet {
  readonly name: string;
  readonly description?: string;
  /** ARNs of managed policies, sorted. */
  readonly policies: readonly string[];
  readonly inline?: PolicyDocument;
  /** ISO 8601 duration, e.g. `PT4H`. */
  readonly session: string;
}

/** A group's permission set in one account. */
export interface Assignment {
  readonly group: string;
  readonly permissionSet: string;
  readonly account: AccountRef;
}

/** An account by name, and by id where that is known. */
export interface AccountRef {
  readonly name: string;
  readonly id?: string;
}

/** How accounts get their deploy role. */
export interface Bootstrap {
  readonly management: Account;
  /** Where the stack set itself is. */
  readonly region: string;
  /** Name of the stack set. */
  readonly stackSet: string;
  /** Paths of the units whose accounts get the role, none below another, sorted. */
  readonly units: readonly string[];
  readonly role: DeployRole;
  /** Where it puts stacks. The first makes the role. */
  readonly regions: readonly string[];
  /** Accounts that may fail. */
  readonly failureTolerance: number;
  /** Accounts at once. */
  readonly concurrency: number;
}

/** The role that deploys into an account. */
export interface DeployRole {
  readonly name: string;
  /** Name of the policy that bounds the roles that it makes. */
  readonly boundary: string;
  readonly externalId?: string;
  /** Ids of the accounts whose identities may assume it, sorted. */
  readonly trusted: readonly string[];
  /** Ids of those whose identities may assume the roles beside it, which plan and keep records, sorted. */
  readonly planners: readonly string[];
}

/** What may be spent in a month, and who is told. */
export interface Budget {
  /** In AWS Budgets. */
  readonly name: string;
  /** Absent where it is for the whole organization. */
  readonly account?: AccountRef;
  /** USD. */
  readonly monthly: number;
  /** E-mail addresses. */
  readonly alerts: readonly string[];
  /** Percent, ascending. */
  readonly at: readonly number[];
}

/** All budgets of a fleet. */
export interface Budgets {
  readonly management: Account;
  /** The whole first, then by account. */
  readonly budgets: readonly Budget[];
}

/** The bucket that keeps Terraform's state. */
export interface StateBucket {
  readonly account: Account;
  readonly bucket: string;
  readonly region: string;
  /** In front of every key, without a slash at its end. */
  readonly prefix: string;
  /** The second bucket, in a region of the same zone. */
  readonly replica?: { readonly bucket: string; readonly region: string };
  /** Accounts whose deploy roles keep their state in it, by name. */
  readonly readers: readonly Account[];
  /** Names of the roles that plan in those accounts, where Meridian makes them: two at most. */
  readonly planners: readonly string[];
}

/** The pipeline that rolls the fleet out. */
export interface Pipeline {
  readonly account: Account;
  readonly region: string;
  readonly source: PipelineSource;
  /** By stage, or `foundation`: who is told that it waits for an approval. Stages that are not in it wait for nobody. */
  readonly approvals: Readonly<Record<string, readonly string[]>>;
  /** Builds that deploy a wave side by side, at most. */
  readonly shards: number;
  readonly computeType: (typeof computeTypes)[number];
}

/** Where the sources come from. */
export type PipelineSource =
  | {
      /** ARN of the connection. */
      readonly connection: string;
      /** Owner and repository, `acme/fleet`. */
      readonly repository: string;
      readonly branch: string;
    }
  | {
      /** Versioned, in the pipeline's account and region. */
      readonly bucket: string;
      /** Of a ZIP archive. */
      readonly key: string;
    };

/** What other CI systems may do: plan. */
export interface Ci {
  /** That they sign in to. */
  readonly account: Account;
  readonly github: {
    /** The repository whose pull requests may plan. */
    readonly repository: string;
    /** Whether the account has GitHub's identity provider already. @default it is made */
    readonly provider?: "existing";
  };
}
