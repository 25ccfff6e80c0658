/**
 * A policy of AWS as it is written, with AWS's own keys: it can be put into the JSON of a resource as it stands.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export interface PolicyDocument {
  /** Variables such as `${aws:PrincipalAccount}` have a meaning from 2012-10-17 on; without a version it is 2008-10-17. */
  readonly Version?: PolicyVersion;
  readonly Id?: string;
  readonly Statement: Statement | readonly Statement[];
}

/** A version of the policy language. */
export type PolicyVersion = "2012-10-17" | "2008-10-17";

/** One value or a list of them, of which one has to match. */
export type OneOrMore<T> = T | readonly T[];

/** One statement: exactly one of `Action` and `NotAction`, at most one of each other pair. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action?: OneOrMore<string>;
  readonly NotAction?: OneOrMore<string>;
  /** Left out together with `NotResource` only where the policy belongs to its resource, as a role's trust policy does. */
  readonly Resource?: OneOrMore<string>;
  readonly NotResource?: OneOrMore<string>;
  /** In policies of resources only. */
  readonly Principal?: PrincipalElement;
  /** Known, and refused by the evaluator: AWS advises against it, and its effect on roles hangs on more than a name. */
  readonly NotPrincipal?: PrincipalElement;
  readonly Condition?: ConditionBlock;
}

/** Who a statement is about. Account ids, ARNs and `*` are under `AWS`, service principals under `Service`. */
export type PrincipalElement =
  | "*"
  | {
      readonly AWS?: OneOrMore<string>;
      readonly Service?: OneOrMore<string>;
      readonly Federated?: OneOrMore<string>;
      readonly CanonicalUser?: OneOrMore<string>;
    };

/** Operator, then key, then the values: all operators and keys have to hold, of the values one has to. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, ConditionValues>>>>;

/** What a condition compares a key with. */
export type ConditionValues = OneOrMore<string | number | boolean>;

/** A document and what to call it in a decision. */
export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

/** A policy or a request that cannot be evaluated exactly: nothing is guessed instead. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
}

/** The statements of a document, also where it has a single one outside of a list. */
export function statementsOf(document: PolicyDocument): readonly Statement[] {
  return listOf(document.Statement);
}

/** "The only allowed values": https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html */
const versions: readonly PolicyVersion[] = ["2012-10-17", "2008-10-17"];

/**
 * The version that a document's statements are read in.
 *
 * @throws PolicyError for one that does not exist
 */
export function versionOf({ Version = "2008-10-17" }: PolicyDocument): PolicyVersion {
  if (versions.includes(Version)) return Version;
  throw new PolicyError(
    `there is no version "${Version}" of the policy language, only ${versions.join(" and ")}`,
  );
}

/** One value or a list, as a list. */
export function listOf<T extends string | number | boolean | Statement>(
  values: OneOrMore<T> | undefined,
): readonly T[] {
  if (values === undefined) return [];
  return Array.isArray(values) ? values : [values as T];
}

/**
 * The size that AWS holds against the limit of a service control policy when it is saved by Terraform: the document
 * without white space, as `JSON.stringify` writes it. Saved through an API nothing is taken away from the text, so it has
 * to be given to the provider just so. AWS has called the limit one of bytes and one of characters; this counts bytes
 * (UTF-8), of which there are never fewer.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */
export function policySize(document: PolicyDocument): number {
  return Buffer.byteLength(JSON.stringify(document), "utf8");
}
