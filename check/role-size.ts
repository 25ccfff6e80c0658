import { bootstrapTemplate, managementTemplate } from "../access/deploy-role/template";
import { ownAccount, type Template, type TemplateResource } from "../access/deploy-role/template-parts";
import type { Path, Problem } from "../fleet/diagnostics";
import { limits } from "../fleet/limits";
import type { Fleet } from "../fleet/model";
import { problem } from "./rules";

/**
 * Roles that IAM would refuse for their size, and a template that CloudFormation would. What grows with a fleet is what the
 * builds of a stage may assume, by the accounts of that stage, and the number of such roles. Known only once the fleet is.
 */
export function roleSizes(fleet: Fleet): readonly Problem[] {
  const { bootstrap, organization } = fleet;
  if (!bootstrap || !organization) return [];
  const template = bootstrapTemplate(fleet, bootstrap);
  const all = [template, managementTemplate(fleet, organization)].flatMap(sizesOf);
  const unique = new Map(all.map((size) => [`${size.name} ${size.what}`, size]));
  return [
    ...[...unique.values()].filter(({ limit, size }) => size > limit).map(tooLarge),
    ...templateTooLarge(template),
  ];
}

/** How large a part of a role is, and may be. */
interface Size {
  /** Of the role or the policy. */
  readonly name: string;
  readonly what: string;
  readonly size: number;
  readonly limit: number;
}

/** What extensions ask for has a rule of its own. */
const ofExtensions = "Extensions";

function sizesOf({ Resources }: Template): readonly Size[] {
  return Object.entries(Resources)
    .filter(([id]) => id !== ofExtensions)
    .flatMap(([, resource]) => partsOf(resource));
}

function partsOf({ Properties = {}, Type }: TemplateResource): readonly Size[] {
  if (Type === "AWS::IAM::ManagedPolicy") {
    const { ManagedPolicyName: name, PolicyDocument } = Properties;
    const size = characters(PolicyDocument);
    return [{ name: String(name), what: "the policy", size, limit: limits.managedPolicy }];
  }
  if (Type !== "AWS::IAM::Role") return [];
  const { AssumeRolePolicyDocument: trust, Policies, RoleName } = Properties;
  const name = String(RoleName);
  const inline = (Policies as readonly unknown[]).map((policy) => characters(documentOf(policy)));
  const size = inline.reduce((sum, part) => sum + part, 0);
  return [
    { name, what: "the policies of the role", size, limit: limits.inlinePolicies },
    { name, what: "who may assume the role", size: characters(trust), limit: limits.trustPolicy },
  ];
}

/** The document of a policy in a role, also where it is there in one account only. */
function documentOf(policy: unknown): unknown {
  const { "Fn::If": choice, PolicyDocument } = policy as {
    readonly "Fn::If"?: readonly unknown[];
    readonly PolicyDocument?: unknown;
  };
  return choice ? documentOf(choice[1]) : PolicyDocument;
}

/** What IAM counts: the document once CloudFormation has filled in the account. */
function characters(document: unknown): number {
  const text = JSON.stringify(document).replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, "$1");
  return text.replaceAll(ownAccount, "000000000000").length;
}

function tooLarge({ limit, name, size, what }: Size): Problem {
  const ofBuilds = name.includes("__");
  const path: Path = ofBuilds ? ["pipeline"] : ["fleet"];
  return problem("role-too-large", path, {
    message: `${what} "${name}" would take ${numeral(size)} characters, but the limit is ${numeral(limit)}`,
    fix: ofBuilds
      ? "make two stages of a stage with so many accounts, and call deploy roles alike"
      : "name single actions in the `deploy` of extensions, and shorten `state.prefix`",
    atKey: true,
  });
}

/** Terraform gives the stack set its template as it is; only one in a bucket might be larger. */
function templateTooLarge(template: Template): readonly Problem[] {
  const size = Buffer.byteLength(JSON.stringify(template));
  if (size <= limits.template) return [];
  return [
    problem("role-too-large", ["bootstrap"], {
      message: `the template of all roles would take ${numeral(size)} bytes, but the limit is ${numeral(limits.template)}`,
      fix: "use fewer stages, of which each has a role of its own in a fleet with a pipeline, or no account in several of them",
      atKey: true,
    }),
  ];
}

function numeral(value: number): string {
  return value.toLocaleString("en-US");
}
