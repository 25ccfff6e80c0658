import { filled } from "../access/calls/extension";
import { asksForMore, extensionsPolicy } from "../access/deploy-role/extensions";
import { boundaryDocument, ownLimitsPolicy } from "../access/deploy-role/limits";
import type { RoleScope } from "../access/deploy-role/scope";
import { evaluateStatement, verdict } from "../access/policy/evaluate";
import { matchesAction } from "../access/policy/match";
import { requestOf } from "../access/policy/request";
import type { Problem } from "../fleet/diagnostics";
import { globalRegion } from "../fleet/geography/regions";
import { limits } from "../fleet/limits";
import type { ExtensionFacts, Fleet } from "../fleet/model";
import { type PolicyDocument, PolicyError, policySize } from "../fleet/policy-document";
import { count, quoted } from "../fleet/wording";
import { problem } from "./rules";

/** Stands for all accounts: what an extension asks for is the same in each. */
const someAccount = "000000000000";

/**
 * What extensions ask for that deploy roles never may, or should not. Only where Meridian makes the roles: others are
 * somebody else's business. Extensions are no part of the file, so the findings stand at its name.
 */
export function extensionPermissions(fleet: Fleet): readonly Problem[] {
  const { bootstrap, extensions } = fleet;
  if (!bootstrap || !asksForMore(fleet)) return [];
  const { boundary, name: role } = bootstrap.role;
  const scope = { fleet: fleet.name, account: someAccount, role, boundary };
  return [...extensions.flatMap((extension) => asked(scope, extension)), ...tooLarge(fleet, scope)];
}

function asked(scope: RoleScope, { deploy, name }: ExtensionFacts): readonly Problem[] {
  const all = deploy.flatMap(({ actions, resources }) =>
    actions.flatMap((action) => resources.map((resource) => ({ action, resource }))),
  );
  const wrong = all.flatMap(({ resource }) => {
    const whole = filled(resource, scope);
    return unfilled(resource) ?? wrongArn(whole) ?? wrongAccount(resource, whole) ?? [];
  });
  const refused = all.filter(({ action, resource }) => isRefused(scope, action, resource));
  const beyond = all.filter(
    (one) => !refused.includes(one) && isBeyondFleet(scope, one.action, one.resource),
  );
  const [mistake] = wrong;
  const [first] = refused;
  const [reaching] = beyond;
  return [
    ...(mistake === undefined
      ? []
      : [
          problem("invalid-statement", ["fleet"], {
            message: `the extension "${name}" names a resource in its \`deploy\` that is none: ${mistake}`,
            fix: 'write the whole ARN, such as arn:aws:sqs:*:{account}:{fleet}_*, or "*"',
            atKey: true,
          }),
        ]),
    ...(first
      ? [
          problem("extension-refused", ["fleet"], {
            message: `the extension "${name}" asks for ${first.action} on ${first.resource}${others(refused)}, which no deploy role may`,
            fix: /^[^:]*\*|^[^:]*$/.test(first.action)
              ? "name service and actions in its `deploy`, such as sqs:CreateQueue"
              : "take it out of its `deploy`, and make by hand, or in a Terraform of your own, what decides about access",
            atKey: true,
          }),
        ]
      : []),
    ...(reaching
      ? [
          problem("extension-beyond-fleet", ["fleet"], {
            message: `the extension "${name}" asks for ${reaching.action} on ${reaching.resource}${others(beyond)}, which is not the fleet's alone`,
            fix: `say in its \`deploy\` what their names begin with, such as arn:aws:iam::{account}:${kindOf(reaching)}/{fleet}_*`,
            atKey: true,
          }),
        ]
      : []),
  ];
}

function others(all: readonly unknown[]): string {
  return all.length > 1 ? ` and for ${count(all.length - 1, "thing")} more` : "";
}

/**
 * Whether a deploy role is kept from all of it, or would have to be: it has no boundary, but what its roles get nowhere is
 * nothing for it either. Only of IAM may it have something, within its own limits.
 */
function isRefused(scope: RoleScope, action: string, written: string): boolean {
  const [service = "", operation] = action.split(":");
  if (operation === undefined || /[*?]/.test(service)) return true;
  const resource = inSomeAccount(filled(written, scope));
  const says = (document: PolicyDocument, action: string) =>
    verdict(
      document,
      requestOf({
        ...{ action, resource, region: globalRegion },
        principal: `arn:aws:iam::${someAccount}:role/${scope.role}`,
      }),
    );
  if (service.toLowerCase() === "iam") return says(ownLimitsPolicy(scope).document, action) === "deny";
  // Of STS, single calls are refused, which `sts:*` means, too.
  const meant = ["sts:AssumeRole", "sts:AssumeRoot"].filter((one) => matchesAction(action, one));
  const boundary = boundaryDocument([scope.role]);
  return [action, ...meant].some((one) => says(boundary, one) !== "allow");
}

/** IAM's own variables: `${aws:PrincipalTag/team}`, and those for characters that mean something else, such as `${$}`. */
const policyVariable = /\$\{(?:[*?$]|[A-Za-z0-9-]+:[^{}]+)\}/g;

/** What is no placeholder, and would be a part of the name for IAM, which then allows nothing that is there. */
function unfilled(written: string): string | undefined {
  const rest = written.replace(policyVariable, "").replace(/(?<!\$)\{(?:fleet|account)\}/g, "");
  const [found] = /\$?\{[^{}:]*\}?|[$}]/.exec(rest) ?? [];
  if (found === undefined) return undefined;
  return `${quoted(written)} has ${quoted(found)} in it, and \`deploy\` knows {fleet} and {account} only`;
}

/** AWS's own, such as its managed policies, have `aws`: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_AttachedManagedPolicy.html */
function wrongAccount(written: string, whole: string): string | undefined {
  const account = whole === "*" ? "*" : (whole.split(":")[4] ?? "");
  if (/^(|\*|aws|\d{12})$/.test(account)) return undefined;
  return `${quoted(written)} has ${quoted(account)} where an ARN has the account`;
}

/** What is wrong with a resource, in the words of whoever evaluates policies. */
function wrongArn(resource: string): string | undefined {
  const request = requestOf({
    ...{ action: "x:Y", region: globalRegion, principal: `arn:aws:iam::${someAccount}:root` },
  });
  try {
    evaluateStatement({ Effect: "Allow", Action: "*", Resource: resource }, request);
    return undefined;
  } catch (error) {
    if (error instanceof PolicyError) return error.message;
    throw error;
  }
}

/** An ARN with any account as one with the account that the policies here are about. */
function inSomeAccount(arn: string): string {
  return arn.replace(/^((?:[^:]*:){4})(?:\*|\d{12}):/, `$1${someAccount}:`);
}

/**
 * Whether it changes, assumes, or hands to a service, something of IAM that is not the fleet's: a role with more rights, above
 * all.
 */
function isBeyondFleet({ account, fleet }: RoleScope, action: string, written: string): boolean {
  const isChange = matchesAction("iam:*", action) && !/^iam:(Get|List)/i.test(action);
  if (!isChange && !matchesAction(action, "sts:AssumeRole")) return false;
  const [, name = ""] = /^arn:aws:iam::[^:]*:[a-z-]+\/(.*)$/.exec(filled(written, { fleet, account })) ?? [];
  return !name.startsWith(`${fleet}_`) && !name.startsWith("aws-service-role/");
}

/** What a resource of IAM is, as its ARN has it; a role where that does not say it, as roles are what most extensions make. */
function kindOf({ resource }: { readonly resource: string }): string {
  return /^arn:aws:iam::[^:]*:([a-z-]+)\//.exec(resource)?.[1] ?? "role";
}

/** IAM counts without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
function tooLarge(fleet: Fleet, scope: RoleScope): readonly Problem[] {
  const size = policySize(extensionsPolicy(scope, fleet).document);
  if (size <= limits.managedPolicy) return [];
  return [
    problem("extension-policy-too-large", ["fleet"], {
      message: `what all extensions ask for takes ${count(size, "character")} in the deploy role's policy, but the limit is ${limits.managedPolicy.toLocaleString("en-US")}`,
      fix: "combine actions with wildcards in their `deploy`, such as sqs:*, and resources that begin alike",
      atKey: true,
    }),
  ];
}
