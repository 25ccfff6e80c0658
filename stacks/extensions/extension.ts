import type { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import type { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";
import type { Cell, DeployPermission, Fleet, ResourceFacts, Target } from "../../fleet/model";

/**
 * TypeScript of the user's that adds resources to a fleet: to each target, to each front, or once to each cell. All its
 * names, tags and providers come from the context, and nothing that it adds changes a stack of another target.
 *
 * @example
 * export const mailQueue: Extension = {
 *   name: "mail-queue",
 *   deploy: [{ actions: ["sqs:*"], resources: ["arn:aws:sqs:*:{account}:{fleet}_*"] }],
 *   resourceTypes: { aws_sqs_queue: { holdsData: true, what: "messages until they are handled" } },
 *   target({ name, provider, scope, service }) {
 *     const queue = new SqsQueue(scope, "queue", { provider, name: name("queue") });
 *     service("hello").environment.set("MAIL_QUEUE_URL", queue.url);
 *     service("hello").allow({ actions: ["sqs:SendMessage"], resources: [queue.arn] });
 *   },
 * };
 */
export interface Extension {
  /** A lower-case letter, then letters, digits and inner hyphens; no two of a fleet alike. A part of all names it makes. */
  readonly name: string;
  /**
   * Calls that the deploy of its resources makes, beside those that every deploy makes. They join the deploy roles, and
   * what `check` holds against the organization's policies.
   *
   * @default none
   */
  readonly deploy?: readonly DeployPermission[];
  /**
   * For each type of resource that it makes: whether it can hold viewers' data, and what. What Meridian knows by itself
   * need not be said again; any other type is an error in a cell with a zone until it is said.
   *
   * @default none
   */
  readonly resourceTypes?: Readonly<Record<string, ResourceFacts>>;
  /** Adds resources to a target: called once for each, in no order to be relied on. */
  target?(context: TargetContext): void;
  /** Adds resources to a front, in us-east-1 of the front's account. */
  front?(context: FrontContext): void;
  /** Adds resources once to a cell, in its home region. */
  cell?(context: CellContext): void;
}

/** What every hook of an extension is given. */
export interface ExtensionContext {
  /** Everything that it adds goes in here. */
  readonly scope: Construct;
  /** The provider of the place. Every resource and data source has to be given it. */
  readonly provider: AwsProvider;
  readonly cell: Cell;
  readonly fleet: Fleet;
  /**
   * A name in AWS that no other part of the fleet has: of letters, digits, `-` and `_`. That of a front ends in `_front`,
   * that of a cell in `_cell`.
   *
   * @param part what it is the name of, in lower case; asked for once in a place
   * @param options.maxLength characters that AWS takes, 20 or more; a longer name is shortened with a hash. @default 64
   * @param options.global whether such names are shared by all regions of an account, as those of IAM are: then the region
   * is a part of a target's. @default false
   * @throws the part is no name, or was asked for before
   * @example name("queue") // "acme_globex_mail-queue_queue"
   */
  name(part: string, options?: { readonly maxLength?: number; readonly global?: boolean }): string;
  /**
   * Name of a bucket: in lower case, without `_`, different in each account and region, with a hash at its end.
   *
   * @throws as {@link name}, which shares its words
   * @example bucketName("files") // "own-acme-globex-uploads-files-4a5d0e3f21"
   */
  bucketName(part: string): string;
  /**
   * ARN of the policy that bounds every role that a deploy makes here; undefined where roles need none. Goes into each
   * `aws_iam_role` as `permissionsBoundary`: without it the deploy role may not make the role.
   */
  readonly permissionsBoundary?: string;
}

/** What an extension is given for a target. */
export interface TargetContext extends ExtensionContext {
  readonly target: Target;
  /** @throws the cell has no such service */
  service(name: string): ExtendedService;
  /** @throws the cell has no such table */
  table(name: string): ExtendedTable;
}

/** What an extension is given for a front. */
export interface FrontContext extends ExtensionContext {
  readonly distribution: CloudfrontDistribution;
}

/** What an extension is given for a cell. */
export interface CellContext extends ExtensionContext {
  /** @throws the cell has no such table that its regions share */
  table(name: string): ExtendedTable;
}

/** A service in one target, open to extensions. */
export interface ExtendedService {
  /** Any of its settings can be changed: `function.putVpcConfig({ … })`. */
  readonly function: LambdaFunction;
  /** Its execution role. */
  readonly role: IamRole;
  /** What is to be called: the alias `live`. */
  readonly alias: LambdaAlias;
  readonly logGroup: CloudwatchLogGroup;
  readonly environment: {
    /**
     * Sets a variable of the function, which the handler finds in `process.env`. `meridian types` declares it.
     *
     * @param name capital letters, digits and `_`, such as `QUEUE_URL`
     * @param value never a secret: it is readable in the state
     * @throws the name is none, is taken, or the value is a secret as far as can be told
     */
    set(name: string, value: string): void;
  };
  /**
   * Allows the function something more. The function waits for it, unless what it names comes after the function.
   *
   * @throws it is no permission
   */
  allow(permission: {
    readonly actions: readonly string[];
    /** ARNs. */
    readonly resources: readonly string[];
    readonly conditions?: DeployPermission["conditions"];
  }): void;
}

/** A table, as a target sees it: in its own region. */
export interface ExtendedTable {
  readonly name: string;
  readonly arn: string;
}
