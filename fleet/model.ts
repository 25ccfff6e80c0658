import type { Account } from "./account";
import type {
  Bootstrap,
  Budgets,
  Ci,
  Identity,
  Organization,
  Pipeline,
  StateBucket,
} from "./foundation/model";
import type { architectures, attributeTypes, methods, runtimes, tableAccesses, tableStreams } from "./limits";

/** Everything that one fleet file describes, checked, with every default filled in and every name made. */
export interface Fleet {
  readonly name: string;
  readonly state: State;
  /** On every resource of the foundation. */
  readonly tags: Readonly<Record<string, string>>;
  /** By name. */
  readonly cells: readonly Cell[];
  /** In the order in which they are rolled out: those that cells have. */
  readonly stages: readonly Stage[];
  /** By name: cells that are left out until all their accounts have ids. */
  readonly waiting: readonly WaitingCell[];
  readonly organization?: Organization;
  readonly identity?: Identity;
  readonly bootstrap?: Bootstrap;
  readonly budgets?: Budgets;
  /** Only where Meridian makes it. */
  readonly stateBucket?: StateBucket;
  readonly pipeline?: Pipeline;
  readonly ci?: Ci;
  /** By name: what is known of the extensions that the user's main.ts adds. */
  readonly extensions: readonly ExtensionFacts[];
}

/** What the rest has to know of an extension, which is code. */
export interface ExtensionFacts {
  readonly name: string;
  /** Where it adds resources: to each target, each front, once to each cell. */
  readonly adds: readonly ("target" | "front" | "cell")[];
  /** What the deploy of its resources may do, beside what every deploy may. */
  readonly deploy: readonly DeployPermission[];
  /** By Terraform's name of the type: what Meridian does not know by itself. */
  readonly resourceTypes: Readonly<Record<string, ResourceFacts>>;
}

/** Calls that the deploy of an extension's resources makes. */
export interface DeployPermission {
  /** IAM actions, such as `sqs:CreateQueue`. */
  readonly actions: readonly string[];
  /** ARNs; may hold `{fleet}` and `{account}`, and wildcards. */
  readonly resources: readonly string[];
  readonly conditions?: Permission["conditions"];
}

/** What a type of resource can hold of viewers' data, and where AWS keeps it. */
export interface ResourceFacts {
  /** Whether data of viewers can be in it. */
  readonly holdsData: boolean;
  /** What it can hold, or what AWS keeps of it. */
  readonly what: string;
  /** `regional`: in the region of its provider. `global`: wherever AWS runs the service. @default regional */
  readonly scope?: "regional" | "global";
  /** AWS's word for it: an address. */
  readonly source?: string;
}

/** A cell in accounts that are still to be created. */
export interface WaitingCell {
  readonly name: string;
  /** Names of the accounts that have no id yet. */
  readonly accounts: readonly string[];
}

/** A step of the rollout order: it begins when the one before it has been verified. */
export interface Stage {
  readonly name: string;
  readonly rollout: Rollout;
}

/** How a stage's cells are changed: in which parts, how many at once, and when to stop. */
export interface Rollout {
  /** In order: names of cells, or a share of the cells that no list names and no wave before has had. */
  readonly waves: readonly (readonly string[] | Share)[];
  /** Cells of a wave that are changed at once. */
  readonly concurrency: Share;
  /** Cells of a wave that may fail without ending the rollout. */
  readonly failureTolerance: Share;
  /** How the regions of one cell are changed. */
  readonly regions: "one-at-a-time" | "parallel";
  /** Seconds to wait between two waves. */
  readonly bake: number;
  readonly verify?: Verification;
  /** Who takes a region back to its last release that has failed its verification; automatic only with `verify`. */
  readonly rollback: "automatic" | "manual";
}

/** A number of cells, or a part of them. */
export type Share = { readonly percent: number } | { readonly count: number };

/** The request that shows that what was deployed answers. */
export interface Verification {
  /** Path of the request, without wildcards, e.g. `/health`. */
  readonly path: string;
  /** Status code of the right answer. */
  readonly status: number;
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
      /**
       * Whether each account has a part of the bucket, which only its own deploy role can reach: `<prefix>/<account
       * id>/`. So it is in a bucket that Meridian makes.
       */
      readonly perAccount: boolean;
    };

/** One isolated copy of the services, for one environment or one tenant. */
export interface Cell {
  readonly name: string;
  readonly fleet: string;
  readonly stage: string;
  readonly tenant?: string;
  /** Where all its targets lie, wherever its viewers are. */
  readonly zone?: Zone;
  /** By name. Viewers from their countries are answered from their own zone only. */
  readonly zones: readonly Zone[];
  /** Where a viewer is taken to be who cannot be placed: ISO 3166-1 alpha-2. */
  readonly defaultCountry: string;
  /** The account of the front first, then by account; of each as written: the best first. */
  readonly targets: readonly Target[];
  /** Where what its regions share is managed from. Absent in a cell of several regions whose file does not say it. */
  readonly home?: Home;
  /** By name. */
  readonly tables: readonly Table[];
  /** By name. */
  readonly services: readonly Service[];
  readonly front: Front;
  /** On every resource of the cell. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A data-residency zone. */
export interface Zone {
  readonly name: string;
  /** Regions that may hold its data. */
  readonly regions: readonly string[];
  /** ISO 3166-1 alpha-2, sorted: whose viewers must stay inside. */
  readonly countries: readonly string[];
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

/** The account and region that a cell's shared tables are managed from: a replica of each is there, too. */
export interface Home {
  readonly account: Account;
  readonly region: string;
}

/** A DynamoDB table of a cell: one for all its regions, with a replica in each, or one per target. */
export interface Table {
  /** As the fleet file calls it. */
  readonly name: string;
  /** As AWS calls it: the same in each region, e.g. `acme_globex_orders`. */
  readonly tableName: string;
  readonly key: TableKey;
  /** By name. */
  readonly indexes: readonly TableIndex[];
  /** `cell`: a global table, in all regions of the cell. `none`: a table per target, which share nothing. */
  readonly replicate: "cell" | "none";
  /** The attribute that says when an item may be deleted, in seconds since 1970. */
  readonly ttl?: string;
  /** Days to which it can be put back, in each region; absent where that is off. */
  readonly recoveryDays?: number;
  /** What its stream tells of each change; absent without a stream. A table with replicas has `new-and-old`. */
  readonly stream?: TableStream;
  /** ARN of a key of the user's own; may hold `{region}` and `{account}`. Absent: a key of AWS's. */
  readonly kmsKey?: string;
}

/** What a stream tells of an item that has changed. */
export type TableStream = (typeof tableStreams)[number];

/** Primary key of a table or an index. */
export interface TableKey {
  readonly partition: KeyAttribute;
  readonly sort?: KeyAttribute;
}

/** An attribute that is a part of a key. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: (typeof attributeTypes)[number];
}

/** A global secondary index: another key to the same items. */
export interface TableIndex {
  readonly name: string;
  readonly key: TableKey;
  /** What it holds of an item: all, its keys, or these attributes besides the keys. */
  readonly projection: "all" | "keys" | readonly string[];
}

/** A table that a service works with. */
export interface TableUse {
  /** As the fleet file calls it. */
  readonly table: string;
  readonly access: (typeof tableAccesses)[number];
}

/** One Lambda function of a cell: the same in each of its targets. */
export interface Service {
  readonly name: string;
  readonly functionName: string;
  /** Path of the handler's file, relative to the folder of the fleet file. */
  readonly source: string;
  readonly handler: string;
  readonly runtime: (typeof runtimes)[number];
  readonly architecture: (typeof architectures)[number];
  /** MB. */
  readonly memory: number;
  /** Seconds. */
  readonly timeout: number;
  /** Values may hold `{region}` and `{account}`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Most specific first. */
  readonly routes: readonly Route[];
  readonly logRetentionDays: number;
  readonly reservedConcurrency?: number;
  readonly tracing: "Active" | "PassThrough";
  /** ARNs; may hold `{region}` and `{account}`. */
  readonly layers: readonly string[];
  readonly permissions: readonly Permission[];
  /** MB. */
  readonly ephemeralStorage: number;
  /** Published versions that a deploy keeps, the newest. */
  readonly keepVersions: number;
  /** Whether its URL passes an answer on as it comes, for which the handler has to stream. */
  readonly streaming: boolean;
  /** By name. */
  readonly secrets: readonly Secret[];
  /** Seconds after which values of secrets are read again. */
  readonly secretsRefresh: number;
  /** By table: those that it works with, in its own region. */
  readonly tables: readonly TableUse[];
}

/** A value that a function reads for itself, in its own region, when it starts. Here is where it lies, never what it is. */
export interface Secret {
  /** What the handler calls it. */
  readonly name: string;
  readonly store: SecretStore;
  /** Its name there; may hold `{region}`, `{account}`, `{cell}` and `{stage}`. */
  readonly at: string;
  /** ARN of a key of the user's own that it is encrypted with; may hold the same. */
  readonly kmsKey?: string;
}

/** Systems Manager's Parameter Store (`parameter`) or Secrets Manager (`secret`), as the fleet file calls them. */
export type SecretStore = "parameter" | "secret";

/** Paths that a service answers. */
export interface Route {
  /** CloudFront path pattern, with `*` and `?`. */
  readonly path: string;
  /** Seconds that CloudFront may keep answers to reads; not at all where absent. */
  readonly ttl?: number;
  /** The only methods that it takes; all where absent. */
  readonly methods?: readonly Method[];
}

/** An HTTP method that a front can let through. */
export type Method = (typeof methods)[number];

/** An IAM statement that a function's role is allowed. */
export interface Permission {
  readonly actions: readonly string[];
  /** ARNs; may hold `{region}` and `{account}`. */
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The CloudFront distribution of a cell, with what belongs to it. */
export interface Front {
  readonly account: Account;
  /** Name of its Terraform stack. */
  readonly stack: string;
  /** Name of the key-value store that says which regions are drained. */
  readonly keyValueStore: string;
  readonly priceClass: "PriceClass_100" | "PriceClass_200" | "PriceClass_All";
  /** Regions in order, as written: for every viewer, or by country and group of countries. */
  readonly order?: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /** Where viewers of each country are answered. */
  readonly routing: Routing;
  /** Status codes after which a read asks the next region. */
  readonly failoverOn: readonly number[];
  /**
   * Who hashes the bodies of requests, which Lambda wants signed and CloudFront does not read: a function of its own at
   * the edge, or each client.
   */
  readonly bodies: "edge-hash" | "client-hash";
  /** Whether answers name the region that they came from. */
  readonly exposeRegion: boolean;
  readonly domain?: Domain;
  readonly webAcl?: WebAcl;
  readonly logs?: LogBucket;
}

/** Which regions may answer a viewer, by ISO 3166-1 alpha-2 code: every country of the standard has an entry. */
export type Routing = ReadonlyMap<string, ViewerRouting>;

/** Which regions may answer the viewers of a country. */
export interface ViewerRouting {
  /** The zone that they must stay inside, in a cell of several. */
  readonly zone?: string;
  /** The best first; no other may answer. */
  readonly regions: readonly string[];
}

/** A front's own domain: its certificate is there already, or is made in the hosted zone. */
export type Domain =
  | { readonly name: string; readonly certificate: string }
  | { readonly name: string; readonly hostedZone: string };

/** What AWS WAF keeps away from a front. */
export interface WebAcl {
  /** Requests in five minutes from one address. */
  readonly rateLimit: number;
}

/** Where a front's access logs go: a bucket of the front account. */
export interface LogBucket {
  /** Name of its Terraform stack. */
  readonly stack: string;
  readonly bucket: string;
  readonly region: string;
}
