import type { Account } from "../../fleet/account";
import { isMap } from "../../fleet/values";
import { withoutHidden } from "./attributes";
import { isWorthNaming } from "./data-things";
import type { Risk } from "./picture-schema";
import { type RegionOf, regionOfArn } from "./places";
import type { DataTypes } from "./resource-types";
import { riskOf } from "./risk";
import type { TerraformPlan } from "./terraform-plan";

/** A resource, and what AWS knows it by. */
export interface Thing {
  readonly address: string;
  readonly type: string;
  readonly id?: string;
  /** Where no second one may be called so; absent where names do not matter, or are not known yet. */
  readonly key?: string;
  /** What it is called, for messages. */
  readonly name?: string;
}

/** How far the name of a thing reaches: everywhere, in its account, or in a region of it. */
type Reach = "everywhere" | "account" | "region";

/** What AWS tells two of a type apart by: attributes that have to differ, and how far. */
const identities: Readonly<Record<string, readonly [Reach, ...string[]]>> = {
  aws_acm_certificate: ["region"],
  aws_budgets_budget: ["account", "name"],
  aws_cloudfront_cache_policy: ["account", "name"],
  aws_cloudfront_distribution: ["everywhere", "aliases"],
  aws_cloudfront_function: ["account", "name"],
  aws_cloudfront_key_value_store: ["account", "name"],
  aws_cloudfront_origin_access_control: ["account", "name"],
  aws_cloudfront_origin_request_policy: ["account", "name"],
  aws_cloudfront_response_headers_policy: ["account", "name"],
  aws_iam_group: ["account", "name"],
  aws_iam_instance_profile: ["account", "name"],
  aws_iam_policy: ["account", "path", "name"],
  aws_iam_role: ["account", "name"],
  aws_iam_role_policy: ["account", "role", "name"],
  aws_iam_user: ["account", "name"],
  aws_lambda_alias: ["region", "function_name", "name"],
  aws_lambda_function: ["region", "function_name"],
  aws_lambda_function_url: ["region", "function_name", "qualifier"],
  aws_lambda_permission: ["region", "function_name", "qualifier", "statement_id"],
  aws_organizations_policy: ["account", "name"],
  aws_route53_record: ["account", "zone_id", "name", "type"],
  aws_s3_bucket: ["everywhere", "bucket"],
  aws_sns_topic: ["region", "name"],
  aws_ssoadmin_permission_set: ["account", "name"],
  aws_wafv2_web_acl: ["region", "scope", "name"],
};

/** Names of these in a region are theirs alone. Of others nothing is assumed: `name` may be a mere label. */
const namedInRegion = new Set([
  ...["aws_cloudwatch_log_group", "aws_cloudwatch_metric_alarm", "aws_dynamodb_table", "aws_ecr_repository"],
  ...["aws_kinesis_stream", "aws_kms_alias", "aws_secretsmanager_secret", "aws_sfn_state_machine"],
  ...["aws_sqs_queue", "aws_ssm_parameter", "aws_cloudwatch_event_rule", "aws_scheduler_schedule"],
]);

/**
 * A resource with what AWS knows it by: of a plan, or, with the `attributes` of its instance, of a state.
 *
 * @param region that it lies in, where its ARN does not say
 */
export function thingOf(
  { address, type }: { readonly address: string; readonly type: string },
  values: unknown,
  account: Account,
  region?: string,
): Thing {
  const attributes = isMap(values) ? values : {};
  const id = typeof attributes.id === "string" ? attributes.id : undefined;
  const base = { address, type, ...(id !== undefined && { id }) };
  const identity = identities[type] ?? (namedInRegion.has(type) ? (["region", "name"] as const) : undefined);
  if (!identity || identity.length === 1) return base;
  const [reach, ...keys] = identity;
  const parts = keys.map((key) => partOf(attributes[key]));
  if (parts.every((part) => part === "") || parts.at(-1) === undefined || parts.includes(undefined))
    return base;
  const where = {
    everywhere: "",
    account: account.id,
    region: `${account.id} ${regionOfArn(attributes.arn) ?? region ?? "?"}`,
  }[reach];
  const name = parts.filter(Boolean).join(" ");
  return { ...base, name, key: JSON.stringify([type, where, ...parts]) };
}

/** Not there is not the same as not known: a plan leaves out what is not known. */
function partOf(value: unknown): string | undefined {
  if (value === null || value === "") return "";
  if (Array.isArray(value)) return [...value].map(String).sort().join(",");
  return typeof value === "string" ? value : undefined;
}

/** What a plan would make, of what AWS knows by name. What is taken over exists already, and a replacement is its own. */
export function createdThings(plan: TerraformPlan, account: Account, regionOf: RegionOf): readonly Thing[] {
  return (plan.resource_changes ?? [])
    .filter(
      ({ change }) => change.actions.length === 1 && change.actions[0] === "create" && !change.importing,
    )
    .map((resource) => {
      const { change } = resource;
      return thingOf(
        resource,
        withoutHidden(change.after, change.after_sensitive),
        account,
        regionOf(resource),
      );
    })
    .filter(({ key }) => key !== undefined);
}

/** A thing that one stack would make and another one's state already owns. */
export interface Collision {
  readonly type: string;
  readonly name: string;
  /** The stack that would make it. */
  readonly stack: string;
  /** The orphan that owns it. */
  readonly orphan: string;
}

/** Things that stacks would make and that orphans own, as after a rename. Sorted. */
export function findCollisions(
  created: readonly { readonly stack: string; readonly created: readonly Thing[] }[],
  orphans: readonly { readonly stack: string; readonly resources: readonly Thing[] }[],
): readonly Collision[] {
  const owners = new Map(
    orphans.flatMap(({ resources, stack }) =>
      resources.flatMap(({ key }) => (key === undefined ? [] : [[key, stack] as const])),
    ),
  );
  const found = created.flatMap(({ created: things, stack }) =>
    things.flatMap(({ key, name = "", type }) => {
      const orphan = key === undefined ? undefined : owners.get(key);
      return orphan === undefined || orphan === stack ? [] : [{ type, name, stack, orphan }];
    }),
  );
  const order = ({ name, orphan, stack, type }: Collision) => `${stack} ${orphan} ${type} ${name}`;
  return found.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/**
 * The collisions of one stack as risks of the fleet: one for each orphan that it would collide with. Where that holds data
 * under the name, taking it away first is no advice.
 */
export function collisionsWith(
  stack: string,
  things: readonly Thing[],
  orphans: readonly { readonly stack: string; readonly resources: readonly Thing[] }[],
  { holdsData }: DataTypes,
): readonly Risk[] {
  const found = findCollisions([{ stack, created: things }], orphans);
  // A front's own key-value store says which regions are drained.
  const isData = ({ name, type }: Collision) => holdsData(type) && isWorthNaming(type, "front", { name });
  return [...new Set(found.map(({ orphan }) => orphan))].map((orphan) => {
    const all = found.filter((each) => each.orphan === orphan);
    const [first, ...more] = [...all].sort((a, b) => Number(isData(b)) - Number(isData(a))) as [
      Collision,
      ...Collision[],
    ];
    const rest = more.length > 0 ? ` and ${more.length} more` : "";
    const message = `"${stack}" would make ${first.type} "${first.name}"${rest}, which the orphan "${orphan}" owns`;
    const code = isData(first) ? "data-name-collision" : "name-collision";
    const draft = { code, subject: stack, message: () => message } as const;
    return { ...riskOf(draft, (text) => text), stacks: [stack, orphan] };
  });
}
