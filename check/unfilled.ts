import type { Path, Problem } from "../fleet/diagnostics";
import type { CheckInput } from "../fleet/text/structure";
import { isMap } from "../fleet/values";
import { problem } from "./rules";

/** A variable as a shell, a template of CloudFormation or Terraform would fill it in. */
const variable = /\$\{[^{}]*\}/g;

/** One of IAM's: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
const policyVariable = /^\$\{([\w-]+:[^:{}][^{}]*|[*?$])\}$/;

/** Where IAM's variables have a meaning: at these places, and below them. A `*` is any name. */
const policies: readonly Path[] = [
  ["organization", "policies", "*", "statements"],
  ["identity", "permissionSets", "*", "statements"],
  ["services", "*", "permissions"],
  ["cells", "*", "services", "*", "permissions"],
];

/** Placeholders of this file for what others write as a variable. */
const meant: readonly (readonly [RegExp, string])[] = [
  [/region/i, "{region}"],
  [/account/i, "{account}"],
];

/** Values with `${…}` in them, which nothing fills in. */
export function unfilled({ file }: CheckInput): readonly Problem[] {
  return [...textsOf(file, [])].flatMap(({ path, text }) => {
    const isPolicy = policies.some((place) => isBelow(path, place));
    const found = [...text.matchAll(variable)]
      .map(([written]) => written)
      .find((written) => !(isPolicy && policyVariable.test(written)));
    if (found === undefined) return [];
    const instead = meant.find(([word]) => word.test(found))?.[1];
    return [
      problem("unfilled-variable", path, {
        message: `nothing fills in "${found}"`,
        fix:
          instead === undefined
            ? "write the value itself; what differs from cell to cell can be written in each cell"
            : `write "${instead}" in the settings of a service, and the value itself anywhere else`,
      }),
    ];
  });
}

function isBelow(path: Path, place: Path): boolean {
  return place.every((part, index) => part === "*" || part === path[index]);
}

/** Every text of the file, with where it is. */
function* textsOf(value: unknown, path: Path): Iterable<{ readonly path: Path; readonly text: string }> {
  if (typeof value === "string") yield { path, text: value };
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* textsOf(item, [...path, index]);
  if (isMap(value)) for (const [key, item] of Object.entries(value)) yield* textsOf(item, [...path, key]);
}
