import { type Verdict, verdict } from "../../access/policy/evaluate";
import type { Request } from "../../access/policy/request";
import {
  listOf,
  type PolicyDocument,
  type PrincipalElement,
  type Statement,
  statementsOf,
} from "../../fleet/policy-document";
import { conditionSteps, type Step, without, withoutAKey } from "./loosened-conditions";
import { widerArns } from "./wider-arn";

/** A policy that lets more happen than the one it was made of. */
export interface Loosened {
  /** What was loosened: the statement's Sid or place, and the step. */
  readonly what: string;
  readonly document: PolicyDocument;
}

/**
 * Every way of loosening a policy by one step that can be told from its text. An Allow loses a condition or an exception, or
 * means more actions, resources or principals. A Deny goes, loses an action, a resource, a principal or a value, or gets
 * wider exceptions.
 */
export function loosened(document: PolicyDocument): readonly Loosened[] {
  const statements = statementsOf(document);
  return statements.flatMap((statement, index) => {
    const steps = statement.Effect === "Allow" ? allowSteps(statement) : denySteps(statement);
    return steps.map(([what, changed]): Loosened => {
      const Statement = statements.flatMap((other, place) => (place === index ? (changed ?? []) : other));
      return {
        what: `${statement.Sid ?? `statement ${index}`}: ${what}`,
        document: { ...document, Statement },
      };
    });
  });
}

/** A request and what a policy, by itself, is to say to it. */
export interface PolicyCase {
  readonly request: Request;
  readonly expected: Verdict;
}

/**
 * Expects every case to hold, and each loosened form of the policy to change the verdict of at least one of them.
 *
 * @param options.equivalent the `what` of forms that let no more happen than the policy does, which a comment has to
 *   account for; one that is not needed fails the test
 */
export function expectTight(
  document: PolicyDocument,
  cases: readonly PolicyCase[],
  options: { readonly equivalent?: readonly string[] } = {},
): void {
  const verdicts = (policy: PolicyDocument) =>
    cases.map(({ request }) => `${request.action} on ${request.resource}: ${verdict(policy, request)}`);
  const expected = cases.map(
    ({ request, expected }) => `${request.action} on ${request.resource}: ${expected}`,
  );
  expect(verdicts(document)).toEqual(expected);
  const unnoticed = loosened(document).filter(
    (form) => verdicts(form.document).join("\n") === expected.join("\n"),
  );
  expect(unnoticed.map(({ what }) => what).sort()).toEqual([...(options.equivalent ?? [])].sort());
}

function allowSteps(statement: Statement): readonly Step[] {
  return [
    ...widerServices(statement, "Action"),
    ...fewer(statement, "NotAction", () => ({ ...without(statement, "NotAction"), Action: "*" })),
    ...widerResources(statement, "Resource"),
    ...fewer(statement, "NotResource", () => ({ ...without(statement, "NotResource"), Resource: "*" })),
    ...widerPrincipals(statement),
    ...withoutAKey(statement),
    ...conditionSteps(statement),
  ];
}

function denySteps(statement: Statement): readonly Step[] {
  return [
    ["the statement goes", undefined],
    ...fewer(statement, "Action"),
    ...widerServices(statement, "NotAction"),
    ...fewer(statement, "Resource"),
    ...widerResources(statement, "NotResource"),
    ...fewerPrincipals(statement),
    ...conditionSteps(statement),
  ];
}

type ListElement = "Action" | "NotAction" | "Resource" | "NotResource";

/** Single actions and prefixes become their whole service; where only whole services are left, everything. */
function widerServices(statement: Statement, element: "Action" | "NotAction"): readonly Step[] {
  const actions = listOf(statement[element]);
  if (actions.length === 0 || actions.includes("*")) return [];
  const services = [...new Set(actions.map((action) => `${action.split(":")[0]}:*`))];
  const partial = services.filter((service) => !actions.includes(service));
  // An exception from a Deny that means everything is the same as no Deny, which has a step of its own.
  const wider = partial.length > 0 || element === "NotAction" ? partial : ["*"];
  return wider.map((action) => [`${element} ${action}`, { ...statement, [element]: [...actions, action] }]);
}

function widerResources(statement: Statement, element: "Resource" | "NotResource"): readonly Step[] {
  const resources = listOf(statement[element]);
  const wider = [...new Set(resources.flatMap(widerArns))].filter(
    (arn) => element === "Resource" || arn !== "*",
  );
  return wider.map((arn) => [`${element} ${arn}`, { ...statement, [element]: [...resources, arn] }]);
}

/** Leaves out one of several values; of a single one, what `last` makes of the statement. */
function fewer(statement: Statement, element: ListElement, last?: () => Statement): readonly Step[] {
  const values = listOf(statement[element]);
  if (values.length > 1) {
    return values.map((value) => [
      `${element} without ${value}`,
      { ...statement, [element]: values.filter((other) => other !== value) },
    ]);
  }
  return values.length === 1 && last ? [[`${element} without ${values[0]}`, last()]] : [];
}

type PrincipalLists = Exclude<PrincipalElement, "*">;

/** A role or user becomes its whole account; an account or a service becomes everyone. */
function widerPrincipals(statement: Statement): readonly Step[] {
  const element = statement.Principal;
  if (element === undefined || element === "*") return [];
  const names = listOf(element.AWS);
  if (names.includes("*")) return [];
  const accounts = names.map((name) => /^(arn:[^:]+:)(?:iam|sts)(::\d{12}:)(?!root$)/.exec(name));
  const wider = [...new Set(accounts.flatMap((found) => (found ? [`${found[1]}iam${found[2]}root`] : [])))];
  const needed = wider.filter((root) => !names.includes(root));
  const steps = needed.map((root): Step => {
    return [`Principal ${root}`, { ...statement, Principal: { ...element, AWS: [...names, root] } }];
  });
  const everyone: Step = ["Principal *", { ...statement, Principal: "*" }];
  return steps.length > 0 && element.Service === undefined ? steps : [...steps, everyone];
}

function fewerPrincipals(statement: Statement): readonly Step[] {
  const element = statement.Principal;
  if (element === undefined || element === "*") return [];
  const entries = Object.entries(element).flatMap(([kind, names]) =>
    listOf<string>(names).map((name) => ({ kind, name })),
  );
  if (entries.length < 2) return [];
  return entries.map(({ kind, name }) => {
    const rest = listOf(element[kind as keyof PrincipalLists]).filter((other) => other !== name);
    return [`Principal without ${name}`, { ...statement, Principal: { ...element, [kind]: rest } }];
  });
}
