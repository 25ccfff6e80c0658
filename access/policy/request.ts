import { globalRegion } from "../../fleet/geography/regions";
import { PolicyError } from "../../fleet/policy-document";

/** A call to AWS, as the evaluator sees it. Made by {@link requestOf} or {@link serviceRequestOf}. */
export interface Request {
  /** `service:Operation`; case does not matter. */
  readonly action: string;
  /** The ARN of what is touched, or `*` for an operation that names no resource. */
  readonly resource: string;
  readonly principal: Principal;
  /** The condition keys of the call, with their values; a list is a multivalued key. Case of the keys does not matter. */
  readonly context: Context;
}

/** Condition keys and their values. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** Who calls. */
export type Principal = IamPrincipal | ServicePrincipal;

/** A role (of which a session calls), a user, or the root user of an account. */
export interface IamPrincipal {
  /** `arn:aws:iam::<account>:role/<path and name>`, `…:user/…` or `…:root`; for a session the ARN of its role. */
  readonly arn: string;
  /** Twelve digits. */
  readonly account: string;
  /** The name of the role's session, where a policy names sessions. */
  readonly session?: string;
}

/** A service that calls for itself, such as `cloudfront.amazonaws.com`. */
export interface ServicePrincipal {
  readonly service: string;
}

/** What {@link requestOf} makes a request of. */
export interface Call {
  readonly action: string;
  /** @default "*" */
  readonly resource?: string;
  /** Region that the caller works in. */
  readonly region: string;
  /** ARN of the role, user or root user that calls. */
  readonly principal: string;
  /** Name of the role's session. */
  readonly session?: string;
  /** Account that owns the resource. @default the one in the ARN of the resource, else the caller's */
  readonly resourceAccount?: string;
  /** Id of the caller's organization, `o-…`. */
  readonly organization?: string;
  /** Further keys; they win over those made here. */
  readonly context?: Context;
}

/**
 * A call in a region by a role, user or root user, with the keys that AWS puts into every such request. For a session of a
 * role `aws:PrincipalArn` is the ARN of the role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 *
 * @throws PolicyError where `principal` is no ARN of IAM
 * @example requestOf({ action: "lambda:CreateFunction", region: "eu-central-1", principal: "arn:aws:iam::333333333333:role/meridian-deploy" })
 */
export function requestOf(call: Call): Request {
  const { action, resource = "*", principal: arn, session } = call;
  const [, account, type] = /^arn:[^:]+:iam::(\d{12}):(role|user|root)/.exec(arn) ?? [];
  if (!account || !type) {
    throw new PolicyError(
      `"${arn}" is not the ARN of a role, a user or a root user; for a session, give its role's ARN`,
    );
  }
  return {
    action,
    resource,
    principal: { arn, account, ...(session !== undefined && { session }) },
    context: {
      "aws:PrincipalArn": arn,
      "aws:PrincipalAccount": account,
      "aws:PrincipalType": principalTypes[type as keyof typeof principalTypes],
      "aws:PrincipalIsAWSService": "false",
      ...(call.organization !== undefined && { "aws:PrincipalOrgID": call.organization }),
      "aws:RequestedRegion": requestedRegion(action, call.region),
      "aws:ResourceAccount": call.resourceAccount ?? accountOf(resource) ?? account,
      "aws:SecureTransport": "true",
      ...call.context,
    },
  };
}

const principalTypes = { role: "AssumedRole", user: "User", root: "Account" } as const;

/** What {@link serviceRequestOf} makes a request of. */
export interface ServiceCall {
  readonly action: string;
  readonly resource: string;
  /** The service principal, such as `cloudfront.amazonaws.com`. */
  readonly service: string;
  readonly region: string;
  /** Account that owns the resource. @default the one in the ARN of the resource */
  readonly resourceAccount?: string;
  /** Further keys, `aws:SourceArn` and `aws:SourceAccount` above all; they win over those made here. */
  readonly context?: Context;
}

/**
 * A call by a service in its own name. It has no `aws:PrincipalArn` and no `aws:PrincipalAccount`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice
 */
export function serviceRequestOf(call: ServiceCall): Request {
  const { action, resource, service } = call;
  const resourceAccount = call.resourceAccount ?? accountOf(resource);
  return {
    action,
    resource,
    principal: { service },
    context: {
      "aws:PrincipalIsAWSService": "true",
      "aws:PrincipalServiceName": service,
      "aws:RequestedRegion": requestedRegion(action, call.region),
      ...(resourceAccount !== undefined && { "aws:ResourceAccount": resourceAccount }),
      "aws:SecureTransport": "true",
      ...call.context,
    },
  };
}

/** Services with one endpoint for all regions, by their prefix in actions, and the region it lies in. */
const endpointRegions: Readonly<Record<string, string>> = {
  account: globalRegion,
  budgets: globalRegion,
  ce: globalRegion,
  cloudfront: globalRegion,
  globalaccelerator: "us-west-2",
  iam: globalRegion,
  organizations: globalRegion,
  route53: globalRegion,
  route53domains: globalRegion,
  shield: globalRegion,
};

/**
 * The value of `aws:RequestedRegion`: the region of the endpoint that is called, which for a global service is not the
 * region that the caller works in.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion
 */
export function requestedRegion(action: string, region: string): string {
  const [service = ""] = action.toLowerCase().split(":");
  return endpointRegions[service] ?? region;
}

/** The account in an ARN; of S3's, there is none. */
export function accountOf(arn: string): string | undefined {
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];
}

/** The values of a condition key, and whether the request has them as a list; undefined where it has none. */
export function contextValue(context: Context, key: string): string | readonly string[] | undefined {
  const wanted = key.toLowerCase();
  const found = Object.keys(context).filter((name) => name.toLowerCase() === wanted);
  // The later one wins, as it does in an object: keys given on top of those that requestOf makes may differ in case.
  const last = found.at(-1);
  return last === undefined ? undefined : context[last];
}
