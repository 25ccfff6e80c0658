import type { Account } from "../../fleet/account";
import type { Context } from "../policy/request";

/** A call to AWS that a deploy needs. Spread into `requestOf` it becomes a request of the role that makes it. */
export interface Call {
  /** What IAM calls it, which is not always what the API does: `s3:ListBucket` for `HeadBucket`. */
  readonly action: string;
  /** What `aws:RequestedRegion` holds: us-east-1 for the services with one endpoint for all regions. */
  readonly region: string;
  /** ARN, with {@link someId} where AWS makes up the name; `*` where the action takes no resource. */
  readonly resource: string;
  /** Account that owns the resource, where the ARN does not say it. */
  readonly resourceAccount?: string;
  /** Condition keys of the call that policies here ask for. */
  readonly context?: Context;
  /** Name of the extension that says so. Only then may the action hold wildcards: some of the service's calls. */
  readonly extension?: string;
}

/** What Terraform calls with one stack, from its first plan until it is destroyed. */
export interface StackCalls {
  readonly stack: string;
  /** Its deploy role makes the calls. */
  readonly account: Account;
  readonly calls: readonly Call[];
}

/** Stands for an id that AWS makes up. */
export const someId = "EXAMPLE";

/**
 * Calls of one service on one resource.
 *
 * @example callsOn("lambda", ["GetFunction", "GetPolicy"], { region: "eu-west-1", resource: arn })
 */
export function callsOn(
  service: string,
  operations: readonly string[],
  on: Omit<Call, "action">,
): readonly Call[] {
  return operations.map((operation) => ({ action: `${service}:${operation}`, ...on }));
}
