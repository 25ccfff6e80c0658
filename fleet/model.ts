import type { Bundle } from "./bundle";
import type { architectures, runtimes } from "./limits";

/** Everything that one fleet file describes, checked, with every default filled in and every name made. */
export interface Fleet {
  readonly name: string;
  readonly state: State;
  /** By name. */
  readonly cells: readonly Cell[];
  /** What all functions run, each bundle once, by file name. */
  readonly bundles: readonly Bundle[];
}

/** Where Terraform's state lives. */
export type State =
  | { readonly backend: "local" }
  | {
      readonly backend: "s3";
      readonly bucket: string;
      readonly region: string;
      /** In front of every key, without a slash at its end. */
      readonly prefix: string;
      readonly role?: string;
      readonly kmsKey?: string;
    };

/** An AWS account and the role that deploys into it. */
export interface Account {
  readonly name: string;
  /** 12 digits. */
  readonly id: string;
  /** The role's name, not its ARN. */
  readonly deployRole: string;
  readonly externalId?: string;
}

/** One isolated copy of the services, for one environment or one tenant. */
export interface Cell {
  readonly name: string;
  readonly fleet: string;
  readonly stage: string;
  readonly tenant?: string;
  readonly zone?: string;
  /** In order of preference: the first answers as long as it can. */
  readonly targets: readonly Target[];
  /** By name. */
  readonly services: readonly Service[];
  readonly front: Front;
  /** On every resource of the cell. */
  readonly tags: Readonly<Record<string, string>>;
}

/** One account/region pair of a cell. */
export interface Target {
  readonly account: Account;
  readonly region: string;
  /** Name of its provider, e.g. `globex_eu_central_1`. */
  readonly alias: string;
  /** Name of the Terraform stack that holds it. */
  readonly stack: string;
}

/** One Lambda function of a cell: the same in each of its targets. */
export interface Service {
  readonly name: string;
  readonly functionName: string;
  readonly bundle: Bundle;
  readonly handler: string;
  readonly runtime: (typeof runtimes)[number];
  readonly architecture: (typeof architectures)[number];
  /** MB. */
  readonly memory: number;
  /** Seconds. */
  readonly timeout: number;
  /** Values may hold `{region}` and `{account}`. */
  readonly environment: Readonly<Record<string, string>>;
  /** CloudFront path patterns, most specific first. */
  readonly routes: readonly string[];
  readonly logRetentionDays: number;
  readonly reservedConcurrency?: number;
  readonly tracing: "Active" | "PassThrough";
  /** ARNs; may hold `{region}` and `{account}`. */
  readonly layers: readonly string[];
  readonly permissions: readonly Permission[];
  /** MB. */
  readonly ephemeralStorage: number;
}

/** An IAM statement that a function's role is allowed. */
export interface Permission {
  readonly actions: readonly string[];
  /** ARNs; may hold `{region}` and `{account}`. */
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The CloudFront distribution of a cell. */
export interface Front {
  readonly account: Account;
  /** Name of its Terraform stack. */
  readonly stack: string;
  readonly priceClass: "PriceClass_100" | "PriceClass_200" | "PriceClass_All";
}
