import { extensionsPolicy } from "../../access/deploy-role/extensions";
import { verdict } from "../../access/policy/evaluate";
import { requestOf } from "../../access/policy/request";
import { type Account, boundaryArn, roleArn } from "../../fleet/account";
import { globalRegion } from "../../fleet/geography/regions";
import type { Fleet } from "../../fleet/model";
import { quoted } from "../../fleet/wording";
import { type Block, providerOf } from "./blocks";
import type { Mistake } from "./errors";

/** Kinds of principal that the deploy role makes only within a boundary, by type (`access/deploy-role/limits.ts`). */
const bounded = ["aws_iam_role", "aws_iam_user"];

/**
 * What keeps the deploy role that Meridian makes from making a role or a user: no boundary, or a name that it may not give.
 * Only IAM would say so otherwise, when it is deployed.
 */
export function boundaryMistake(block: Block, json: unknown, fleet: Fleet): Mistake | undefined {
  const { address, attributes, type } = block;
  if (!bounded.includes(type) || address.startsWith("data.")) return undefined;
  const account = accountOf(block, json, fleet);
  const boundary = account && boundaryArn(account);
  if (!account || boundary === undefined) return undefined;
  const { permissions_boundary: given } = attributes;
  if (given !== boundary) {
    return {
      what: `${type} has ${given === undefined ? "no permissions boundary" : `the permissions boundary ${quoted(given)}`}, and needs "${boundary}"`,
      why: `the deploy role of account ${account.name} may make it with that boundary only, so that nothing it makes can do more than it`,
      fix: "pass permissionsBoundary of the context, and override it nowhere",
    };
  }
  return type === "aws_iam_role" ? nameMistake(block, account, fleet) : undefined;
}

function nameMistake({ attributes }: Block, account: Account, fleet: Fleet): Mistake | undefined {
  const { name, name_prefix: prefix, path = "/" } = attributes;
  // What Terraform gives to a role without a name: https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/iam_role
  const begins = name ?? prefix ?? "terraform-";
  if (typeof begins !== "string" || begins.includes("${")) return undefined;
  const arn = `arn:aws:iam::${account.id}:role${String(path)}${begins}`;
  if (mayCreate(arn, account, fleet)) return undefined;
  return {
    what: `aws_iam_role would be called ${String(path).slice(1)}${begins}${name === undefined ? "…" : ""}`,
    why: `the deploy role of account ${account.name} may make roles whose names begin with ${fleet.name}_, and what the extension's \`deploy\` says`,
    fix: "take the name from the context: name(word, { global: true }); or allow iam:CreateRole on its ARN in `deploy`",
  };
}

/** Whether the deploy role may make a role: one of the fleet's, or one that an extension says, whatever the conditions. */
function mayCreate(arn: string, account: Account, { extensions, name: fleet }: Fleet): boolean {
  if (arn.startsWith(`arn:aws:iam::${account.id}:role/${fleet}_`)) return true;
  const { deployRole: role, id, permissionsBoundary: boundary = "" } = account;
  const unconditional = extensions.map((facts) => ({
    ...facts,
    deploy: facts.deploy.map(({ actions, resources }) => ({ actions, resources })),
  }));
  const { document } = extensionsPolicy(
    { fleet, account: id, role, boundary },
    { extensions: unconditional },
  );
  const request = {
    action: "iam:CreateRole",
    resource: arn,
    region: globalRegion,
    principal: roleArn(account),
  };
  return verdict(document, requestOf(request)) === "allow";
}

function accountOf({ attributes }: Block, json: unknown, fleet: Fleet): Account | undefined {
  const ids = providerOf(json, attributes.provider)?.allowed_account_ids;
  const accounts = fleet.cells.flatMap(({ front, targets }) => [
    front.account,
    ...targets.map(({ account }) => account),
  ]);
  return accounts.find(({ id }) => Array.isArray(ids) && ids.includes(id));
}
