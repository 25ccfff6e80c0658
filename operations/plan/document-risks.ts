import { type Grant, newGrants } from "../../access/policy/wider";
import {
  listOf,
  type PolicyDocument,
  PolicyError,
  type PrincipalElement,
  type Statement,
  statementsOf,
} from "../../fleet/policy-document";
import type { FleetStack } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import type { RiskDraft } from "./risk";

const nothing: PolicyDocument = { Version: "2012-10-17", Statement: [] };

/** What is known of where a document belongs. */
export interface DocumentContext {
  readonly stack: FleetStack;
  readonly region: string | undefined;
  /** Whether what it belongs to is new as well. */
  readonly isNew: boolean;
  readonly onlyDenies?: true;
}

/** The document in an attribute. undefined: there is none; null: it cannot be read. */
export function documentOf(text: unknown): PolicyDocument | undefined | null {
  if (text === undefined || text === null || text === "") return undefined;
  try {
    const document: unknown = JSON.parse(String(text));
    return isMap(document) && "Statement" in document ? (document as unknown as PolicyDocument) : null;
  } catch {
    return null;
  }
}

/** A permission of a function is a statement of its policy. https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
export function permissionDocument(values?: Readonly<Record<string, unknown>>): PolicyDocument | undefined {
  if (typeof values?.principal !== "string" || typeof values.action !== "string") return undefined;
  const { principal } = values;
  const conditions = {
    "aws:SourceArn": ["ArnLike", values.source_arn],
    "aws:SourceAccount": ["StringEquals", values.source_account],
    "aws:PrincipalOrgID": ["StringEquals", values.principal_org_id],
    "lambda:FunctionUrlAuthType": ["StringEquals", values.function_url_auth_type],
  } as const;
  const Condition: Record<string, Record<string, string>> = {};
  for (const [key, [operator, value]] of Object.entries(conditions)) {
    if (typeof value === "string" && value !== "")
      Condition[operator] = { ...Condition[operator], [key]: value };
  }
  const named =
    principal === "*"
      ? "*"
      : /\.amazonaws\.com/.test(principal)
        ? { Service: principal }
        : { AWS: principal };
  const statement = {
    Effect: "Allow",
    Action: values.action,
    Resource: "*",
    Principal: named,
    Condition,
  } as const;
  return { Version: "2012-10-17", Statement: [statement] };
}

/** What a document newly allows, and whether it is open to everybody. */
export function documentRisks(
  subject: string,
  before: PolicyDocument | undefined | null,
  after: PolicyDocument | undefined | null,
  { isNew, onlyDenies, region, stack }: DocumentContext,
): readonly RiskDraft[] {
  if (before === null || after === null) return isNew ? [] : [unreadable(subject, "is no policy document")];
  const isPublic = publicStatements(after).some((statement) => !publicStatements(before).includes(statement));
  const open: readonly RiskDraft[] = isPublic
    ? [
        {
          code: "public-principal",
          subject,
          message: (say) => `${say(subject)} would allow everybody, without a condition on who calls`,
        },
      ]
    : [];
  if (isNew) return open;
  try {
    const place = {
      account: stack.account.id,
      region: region ?? stack.regions[0] ?? "us-east-1",
      onlyDenies,
    };
    const grants = [
      ...newGrants(comparable(before), comparable(after), place),
      ...newOutsiders(before, after),
    ];
    return grants.length > 0 ? [...open, wider(subject, grants)] : open;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return [...open, unreadable(subject, "cannot be evaluated")];
  }
}

/** Keys that say who calls, or for whom. */
const callerKeys =
  /^(aws:(principal(orgid|orgpaths|arn|account|tag\/.+)|source(arn|account|orgid|orgpaths|vpc|vpce|vpcarn|ip)|userid)|kms:calleraccount|s3:dataaccesspointaccount)$/i;

/** Statements, as text, that allow everybody. */
function publicStatements(document: PolicyDocument | undefined): readonly string[] {
  return (document ? statementsOf(document) : [])
    .filter(isOpen)
    .map((statement) => JSON.stringify(statement));
}

function isOpen({ Condition = {}, Effect, Principal }: Statement): boolean {
  const everybody = Principal === "*" || (isMap(Principal) && listOf(Principal.AWS as string).includes("*"));
  const restricts = Object.entries(Condition).some(
    ([operator, keys]) =>
      !/Not|IfExists|Null/.test(operator) &&
      Object.entries(keys).some(
        ([key, values]) => callerKeys.test(key) && !listOf<string | number | boolean>(values).includes("*"),
      ),
  );
  return Effect === "Allow" && everybody && !restricts;
}

/** What AWS shows in the place of an identity that is gone. */
const uniqueId = /^A[A-Z0-9]{15,}$/;

/** Identity providers, canonical users and unique ids: no request of the evaluator is one of theirs. */
function outsidersIn({ AWS, CanonicalUser, Federated }: PrincipalLists): readonly string[] {
  return [...listOf(Federated), ...listOf(CanonicalUser), ...listOf(AWS).filter((id) => uniqueId.test(id))];
}

type PrincipalLists = Exclude<PrincipalElement, "*">;

/** A document without what it allows outsiders, who are compared by the statements' text. What it denies them stays. */
function comparable(document: PolicyDocument = nothing): PolicyDocument {
  const Statement = statementsOf(document).flatMap((statement) => {
    const { Effect, Principal } = statement;
    if (Effect !== "Allow" || !isMap(Principal) || outsidersIn(Principal).length === 0) return [statement];
    const { CanonicalUser: _, Federated: __, ...others } = Principal;
    const AWS = listOf(others.AWS).filter((id) => !uniqueId.test(id));
    if (AWS.length + listOf(others.Service).length === 0) return [];
    return [{ ...statement, Principal: { ...others, AWS } }];
  });
  return { ...document, Statement };
}

/** Whoever of the outsiders is in no statement before is new. */
function newOutsiders(
  before: PolicyDocument | undefined,
  after: PolicyDocument | undefined,
): readonly Grant[] {
  const texts = new Set((before ? statementsOf(before) : []).map((statement) => JSON.stringify(statement)));
  return (after ? statementsOf(after) : []).flatMap((statement) => {
    const { Action, Effect, Principal, Resource } = statement;
    if (Effect !== "Allow" || !isMap(Principal) || texts.has(JSON.stringify(statement))) return [];
    return outsidersIn(Principal).map((principal) => ({
      principal,
      action: listOf(Action)[0] ?? "*",
      resource: listOf(Resource)[0] ?? "*",
    }));
  });
}

function wider(subject: string, grants: readonly Grant[]): RiskDraft {
  const [first] = grants as readonly [Grant, ...Grant[]];
  const alike = grants.filter(({ principal }) => principal === first.principal);
  const actions = [...new Set(alike.map(({ action }) => action))];
  const resources = [...new Set(alike.map(({ resource }) => resource))];
  const others = new Set(grants.map(({ principal }) => principal)).size - 1;
  const { where } = first;
  return {
    code: "permission-wider",
    subject,
    message: (say) =>
      [
        first.principal === undefined ? say(subject) : say(whoText(first.principal)),
        ` may newly do ${shortList(actions)}`,
        resources.length === 1 && resources[0] === "*" ? "" : ` on ${say(shortList(resources))}`,
        where ? ` where ${where.key} is ${where.value === undefined ? "missing" : say(where.value)}` : "",
        others > 0 ? `; so may ${others} more` : "",
      ].join(""),
  };
}

function whoText(principal: string): string {
  return principal === "*" ? "everybody" : principal;
}

function shortList(texts: readonly string[]): string {
  return texts.length > 3 ? `${texts.slice(0, 2).join(", ")} and ${texts.length - 2} more` : texts.join(", ");
}

/** A policy that changes, and nobody can say how. */
export function unreadable(subject: string, because: string): RiskDraft {
  return {
    code: "permission-unreadable",
    subject,
    message: (say) => `the policy of ${say(subject)} changes, and ${because}`,
  };
}
