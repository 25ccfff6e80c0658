import {
  type ConditionBlock,
  listOf,
  type PolicyDocument,
  type Statement,
  statementsOf,
} from "../../fleet/policy-document";
import { verdict } from "./evaluate";
import { parseOperator } from "./operators";
import { type Context, type Request, requestOf, serviceRequestOf } from "./request";

/** Something that a document allows and the one before it did not: proven by a request that the evaluator decided. */
export interface Grant {
  /** As the policy writes it; absent where it names no principals. */
  readonly principal?: string;
  /** As the policy writes it, with its wildcards. */
  readonly action: string;
  /** As the policy writes it; `*` where it names none. */
  readonly resource: string;
  /** The condition key that decides, and its value; where the request has to be without the key, none. */
  readonly where?: { readonly key: string; readonly value?: string };
}

/** Where a document belongs. */
export interface PolicyPlace {
  /** Account that it is in: 12 digits. */
  readonly account: string;
  readonly region: string;
  /**
   * Whether other policies allow what this one does not deny, as with service control policies. Without it, it counts so
   * only where the document before allowed nothing either.
   */
  readonly onlyDenies?: boolean;
}

/** Stands for whatever a wildcard may be. */
const anything = "zzz";

/** A principal that nobody has named. */
const stranger = "arn:aws:iam::000000000000:role/anyone";

/** More would be no clearer, and a document may hold thousands. */
const mostContexts = 48;

/**
 * What a document allows and the one before it did not. For each part of what is allowed now, and of what was denied
 * before, requests are made up and both documents evaluated. So what is found is always so; a document that is narrower,
 * or says the same in another way, has nothing.
 *
 * @throws PolicyError for a document that cannot be evaluated exactly
 */
export function newGrants(
  before: PolicyDocument,
  after: PolicyDocument,
  place: PolicyPlace,
): readonly Grant[] {
  const [was, is] = [statementsOf(before), statementsOf(after)];
  const deniesOnly = place.onlyDenies || (was.length > 0 && was.every(({ Effect }) => Effect === "Deny"));
  const base = deniesOnly ? [allowsAll(was.concat(is))] : [];
  const documents = [
    { ...before, Statement: [...was, ...base] },
    { ...after, Statement: [...is, ...base] },
  ] as const;
  const telling = [
    ...is.filter(({ Effect }) => Effect === "Allow"),
    ...was.filter(({ Effect }) => Effect === "Deny"),
  ];
  const all = was.concat(is);
  const found = telling.flatMap((statement) => grantsBy(statement, all, documents, place));
  return [...new Map(found.map((grant) => [JSON.stringify(grant), grant])).values()];
}

/** What other policies are taken to allow. */
function allowsAll(statements: readonly Statement[]): Statement {
  const ofResource = statements.some(
    ({ NotPrincipal, Principal }) => (Principal ?? NotPrincipal) !== undefined,
  );
  return { Effect: "Allow", Action: "*", Resource: "*", ...(ofResource && { Principal: "*" }) };
}

function grantsBy(
  statement: Statement,
  all: readonly Statement[],
  [before, after]: readonly [PolicyDocument, PolicyDocument],
  place: PolicyPlace,
): readonly Grant[] {
  const contexts = contextsFor(statement, all);
  const actions = patterns(statement, all, "Action");
  const resources = patterns(statement, all, "Resource");
  return principalsOf(statement).flatMap((principal) =>
    actions.flatMap((action) =>
      resources.flatMap((resource): readonly Grant[] => {
        const isNew = ({ context }: Situation) => {
          const request = requestFor(principal, action, resource, context, place);
          return verdict(after, request) === "allow" && verdict(before, request) !== "allow";
        };
        const proof = contexts.find(isNew);
        if (!proof) return [];
        const { where } = proof;
        return [{ ...(principal !== undefined && { principal }), action, resource, ...(where && { where }) }];
      }),
    ),
  );
}

/** What a statement is about; where it says what it is not about, all that any statement names, and anything else. */
function patterns(
  statement: Statement,
  all: readonly Statement[],
  element: "Action" | "Resource",
): readonly string[] {
  if (statement[`Not${element}`] === undefined) {
    const own = listOf(statement[element]);
    return own.length > 0 ? own : ["*"];
  }
  const named = all.flatMap((each) => [...listOf(each[element]), ...listOf(each[`Not${element}`])]);
  return [...new Set(["*", ...named])];
}

/** Principals of other kinds are compared by nobody: the evaluator knows none of them. */
function principalsOf({ Principal }: Statement): readonly (string | undefined)[] {
  if (Principal === undefined) return [undefined];
  if (Principal === "*") return ["*"];
  return [...listOf(Principal.AWS), ...listOf(Principal.Service)];
}

function requestFor(
  principal: string | undefined,
  action: string,
  resource: string,
  context: Context,
  { account, region }: PolicyPlace,
): Request {
  const call = {
    action: action === "*" ? `${anything}:${anything}` : filled(action),
    resource: resource === "*" ? `arn:aws:${anything}:::${anything}` : filled(resource),
    region,
    context,
  };
  if (principal !== undefined && /\.amazonaws\.com(\.cn)?$/.test(principal)) {
    return serviceRequestOf({ ...call, service: principal });
  }
  if (principal === undefined)
    return requestOf({ ...call, principal: `arn:aws:iam::${account}:role/anyone` });
  return requestOf({ ...call, ...callerOf(principal) });
}

function callerOf(principal: string): { readonly principal: string; readonly session?: string } {
  if (principal === "*") return { principal: stranger };
  const account = /^(\d{12})$|^arn:[^:]+:iam::(\d{12}):root$/.exec(principal);
  if (account) return { principal: `arn:aws:iam::${account[1] ?? account[2]}:role/anyone` };
  const [, partition, id, role, session] =
    /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/(.+)$/.exec(principal) ?? [];
  return role === undefined
    ? { principal }
    : { principal: `arn:${partition}:iam::${id}:role/${role}`, session: session ?? "" };
}

/** A pattern with something in the place of each wildcard and variable. */
function filled(pattern: string): string {
  return pattern
    .replace(/\$\{[^}]*\}/g, anything)
    .replaceAll("*", anything)
    .replaceAll("?", anything[0] ?? "");
}

interface Situation {
  readonly context: Context;
  readonly where?: Grant["where"];
}

/** A condition on one key. */
interface KeyCondition {
  readonly key: string;
  readonly base: string;
  readonly isList: boolean;
  readonly values: readonly string[];
}

/**
 * Situations that a request may be in: as the statement asks for, and each with one key otherwise: without it, with each
 * value that any statement has for it, and with one that none has.
 */
function contextsFor(statement: Statement, all: readonly Statement[]): readonly Situation[] {
  const wanted = conditionsOf(statement.Condition);
  const variables = variablesOf(all);
  const start: Context = Object.fromEntries([
    ...variables.map((key) => [key, anything] as const),
    ...wanted.flatMap((condition) => {
      const value = satisfying(condition);
      return value === undefined ? [] : [[condition.key, condition.isList ? [value] : value] as const];
    }),
  ]);
  const variations = all
    .flatMap((each) => conditionsOf(each.Condition))
    .flatMap(({ base, isList, key, values }) => {
      const candidates = [...values.map(filled), ...(isText(base) ? [anything] : values.flatMap(neighbours))];
      const present = candidates.map(
        (value): Situation => ({
          context: { ...start, [key]: isList ? [value] : value },
          where: { key, value },
        }),
      );
      // An empty value counts as none, also of a key that every request has.
      return [{ context: { ...start, [key]: isList ? [] : "" }, where: { key } }, ...present];
    })
    .concat(variables.map((key) => ({ context: { ...start, [key]: "" }, where: { key } })));
  const unique = new Map(variations.map((situation) => [JSON.stringify(situation.context), situation]));
  return [{ context: start }, ...unique.values()].slice(0, mostContexts);
}

/** Keys of all policy variables: those of a condition's values mean as much as those of a resource. */
function variablesOf(statements: readonly Statement[]): readonly string[] {
  const texts = statements.flatMap(({ Condition, NotResource, Resource }) => [
    ...listOf(Resource),
    ...listOf(NotResource),
    ...conditionsOf(Condition).flatMap(({ values }) => values),
  ]);
  const keys = texts.flatMap((text) => [...text.matchAll(/\$\{([^},']+)/g)].map(([, key = ""]) => key));
  return [...new Set(keys.filter((key) => key.includes(":")))];
}

function conditionsOf(block: ConditionBlock = {}): readonly KeyCondition[] {
  return Object.entries(block).flatMap(([operator, keys]) => {
    const { base, set } = parseOperator(operator);
    return Object.entries(keys).map(([key, values]) => ({
      ...{ key, base, isList: set !== undefined },
      values: listOf<string | number | boolean>(values).map(String),
    }));
  });
}

/** A value that fulfils a condition, as far as can be guessed; the evaluator has the last word. */
function satisfying({ base, values }: KeyCondition): string | undefined {
  const [first = ""] = values;
  if (base === "Null") return first === "true" ? undefined : anything;
  if (base.includes("Not")) return isText(base) ? anything : neighbours(first)[0];
  if (/Than$/.test(base)) return neighbours(first)[base.includes("Less") ? 0 : 1];
  return filled(first);
}

function isText(base: string): boolean {
  return /^(String|Arn|Null)/.test(base);
}

/** Values right below and above one of a number or a date; the other one of a Boolean. */
function neighbours(value: string): readonly string[] {
  if (value === "true" || value === "false") return [String(value !== "true")];
  if (/^-?\d+(\.\d+)?$/.test(value)) return [String(Number(value) - 1), String(Number(value) + 1)];
  const time = Date.parse(value);
  return Number.isNaN(time) ? [value] : [-1000, 1000].map((change) => new Date(time + change).toISOString());
}
