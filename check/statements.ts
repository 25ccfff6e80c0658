import { operators } from "../access/policy/operators";
import type { Path, Problem } from "../fleet/diagnostics";
import type { FleetFile } from "../fleet/schema/fleet-file";
import type { StatementEntry } from "../fleet/schema/foundation";
import type { CheckInput } from "../fleet/text/structure";
import { listed, nearest } from "../fleet/wording";
import { problem } from "./rules";
import { isWritten } from "./written";

/**
 * IAM's operators, without prefixes and suffixes. Service control policies support the whole language, too:
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
 */
const knownOperators: readonly string[] = [
  ...operators.keys(),
  "Null",
  "BinaryEquals",
  "IpAddress",
  "NotIpAddress",
];

/** Statements of the policies and permission sets of the fleet file that AWS would refuse. */
export function statements(input: CheckInput): readonly Problem[] {
  return listsOf(input.file).flatMap(({ list, needsResource, path }) => [
    ...duplicateSids(list, path),
    ...list.flatMap((statement, index) => [
      ...elements(input, statement, [...path, index], needsResource),
      ...conditions(statement, [...path, index, "Condition"]),
    ]),
  ]);
}

/** The statements of one policy. Those of a service control policy are meant for all resources unless they name some. */
function listsOf({ identity, organization }: FleetFile) {
  const policies = Object.entries(organization?.policies ?? {}).map(([name, { statements }]) => ({
    list: statements,
    needsResource: false,
    path: ["organization", "policies", name, "statements"],
  }));
  const sets = Object.entries(identity?.permissionSets ?? {}).map(([name, { statements = [] }]) => ({
    list: statements,
    needsResource: true,
    path: ["identity", "permissionSets", name, "statements"],
  }));
  return [...policies, ...sets];
}

function duplicateSids(list: readonly StatementEntry[], path: Path): readonly Problem[] {
  const sids = list.map(({ Sid }) => Sid);
  return sids.flatMap((sid, index) => {
    if (sid === undefined || sids.indexOf(sid) === index) return [];
    return [
      problem("invalid-statement", [...path, index, "Sid"], {
        message: `two statements have the Sid "${sid}"`,
        fix: "rename one of them",
      }),
    ];
  });
}

function elements(
  input: CheckInput,
  statement: StatementEntry,
  path: Path,
  needsResource: boolean,
): readonly Problem[] {
  const pairs = [
    { pair: ["Action", "NotAction"], isNeeded: true },
    { pair: ["Resource", "NotResource"], isNeeded: needsResource },
  ] as const;
  return pairs.flatMap(({ isNeeded, pair }) => {
    const [one, other] = pair;
    if (statement[one] !== undefined && statement[other] !== undefined) {
      return [
        problem("invalid-statement", [...path, other], {
          message: `the statement has both "${one}" and "${other}"`,
          fix: "remove one of the two",
          atKey: true,
        }),
      ];
    }
    if (!isNeeded || pair.some((key) => isWritten(input, [...path, key]))) return [];
    return [
      problem("invalid-statement", path, {
        message: `the statement has neither "${one}" nor "${other}"`,
        fix: one === "Action" ? 'add "Action", e.g. "s3:*"' : 'add "Resource" with ARNs, or "*"',
      }),
    ];
  });
}

function conditions({ Condition = {} }: StatementEntry, path: Path): readonly Problem[] {
  return Object.keys(Condition)
    .filter((operator) => !isOperator(operator))
    .map((operator) =>
      problem("invalid-statement", [...path, operator], {
        message: `there is no condition operator "${operator}"`,
        fix: meantOperator(operator),
        atKey: true,
      }),
    );
}

const comparing = knownOperators.filter((operator) => operator !== "Null");
const operatorForms = [...knownOperators, ...comparing.map((operator) => `${operator}IfExists`)];

/** The prefix of an operator for keys with several values. */
const quantifier = /^(ForAnyValue|ForAllValues):/;

function isOperator(written: string): boolean {
  const base = written.replace(quantifier, "");
  return operatorForms.includes(base) && (base !== "Null" || base === written);
}

function meantOperator(written: string): string {
  // YAML reads a bare Null as no value, which as a key is an empty text.
  if (written === "") return 'write "Null", in quotes';
  const [before = ""] = quantifier.exec(written) ?? [];
  const near = nearest(written.slice(before.length), operatorForms);
  if (near === "Null") return 'write "Null", in quotes, with nothing before or after it';
  return near === undefined
    ? `use one of IAM's operators, such as ${listed(["StringEquals", "StringLike", "ArnLike", "Bool"])}`
    : `write "${before}${near}"`;
}
