import type { z } from "zod";
import { formatPath, type Path, type Problem } from "../diagnostics";
import { laterRuntimes } from "../runtimes";
import { isMap } from "../values";
import { asText, keyName, listed, nearest, quoted, suggest } from "../wording";
import { accountId, isAccountId } from "./account-id";
import { corrected } from "./corrected";
import { problem } from "./rules";
import { type IssueContext, sourceForms, typeProblem } from "./types";
import { expectedTypes } from "./unions";
import { describedAt, isList, knownKeys, valueAt } from "./walk";

type Issue = z.core.$ZodIssue;

/** Says what one finding of the schema means. An issue about several keys gives a problem for each. */
export function describeIssue(issue: Issue, context: IssueContext): readonly Problem[] {
  const path = issue.path as Path;
  const value = valueAt(context.data, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey([...path, key], context));
    case "invalid_key":
      return issue.issues.map((cause) => invalidKey(path, cause));
    case "invalid_union":
      return [
        isMissing(path, context.data) && !("discriminator" in issue)
          ? missingKey(path, context.data)
          : unionProblem(issue, path, context),
      ];
    case "invalid_value":
      return [
        isMissing(path, context.data)
          ? missingKey(path, context.data)
          : notAllowed(path, value, issue.values),
      ];
    case "too_small":
    case "too_big":
      // A text in place of a list has a length, too; that it is no list is said anyway.
      return isList(path, context.data) && !Array.isArray(value) ? [] : [outOfRange(issue, path, value)];
    case "invalid_type":
      return [
        isMissing(path, context.data)
          ? missingKey(path, context.data)
          : typeProblem(path, issue.expected, context),
      ];
    default:
      return [isAccountId(path) ? accountId(path, asText(value)) : wrongFormat(path, value, issue.message)];
  }
}

/** Whether the map that should have the key exists and lacks it. */
export function isMissing(path: Path, data: unknown): boolean {
  const key = path.at(-1);
  const parent = valueAt(data, path.slice(0, -1));
  return typeof key === "string" && isMap(parent) && !Object.hasOwn(parent, key);
}

/** The known key that was most likely meant by an unknown one, if it is not there as well. */
export function meantKey(path: Path, data: unknown): string | undefined {
  const parent = path.slice(0, -1);
  const meant = nearest(String(path.at(-1)), knownKeys(parent, data));
  return meant !== undefined && isMissing([...parent, meant], data) ? meant : undefined;
}

function unknownKey(path: Path, { data }: IssueContext): Problem {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const known = knownKeys(parent, data);
  const near = nearest(key, known);
  const fix = () => {
    if (key === "<<") return "write the keys out: YAML 1.2 has no merge keys";
    if (near === undefined) return `remove it; the keys here are ${listed(known)}`;
    return meantKey(path, data) ? `write ${quoted(near)}` : `remove it: ${quoted(near)} already exists`;
  };
  return problem("unknown-key", path, {
    message: `${quoted(key)} is not a key of ${formatPath(parent) || "the fleet file"}`,
    fix: fix(),
    atKey: true,
  });
}

function missingKey(path: Path, data: unknown): Problem {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const description = sourceForms(path) ?? describedAt(path, data);
  // Of a source without any key, nothing says yet which of the forms is meant.
  const forms = Object.keys(valueAt(data, parent) ?? {}).length === 0 ? sourceForms(parent) : undefined;
  return problem("missing-key", path, {
    message: `${formatPath(parent) || "the fleet file"} has no ${quoted(key)}`,
    fix: forms ? `write ${forms}` : `add ${quoted(key)}${description ? `: ${description}` : ""}`,
  });
}

function invalidKey(path: Path, cause: Issue): Problem {
  const key = String(path.at(-1));
  const found =
    cause.code === "too_big" ? outOfRange(cause, path, key) : wrongFormat(path, key, cause.message);
  return { ...found, atKey: true, message: found.message.replace(keyName(path), "the name") };
}

function unionProblem(
  issue: Extract<Issue, { code: "invalid_union" }>,
  path: Path,
  context: IssueContext,
): Problem {
  const { discriminator, options } = issue as { discriminator?: string; options?: readonly string[] };
  if (discriminator === undefined) return typeProblem(path, expectedTypes(issue).join(" or "), context);
  const owner = path.slice(0, -1);
  if (!isMap(valueAt(context.data, owner))) return typeProblem(owner, "object", context);
  if (!isMissing(path, context.data)) return notAllowed(path, valueAt(context.data, path), options ?? []);
  return problem("missing-key", path, {
    message: `${formatPath(owner)} has no ${quoted(discriminator)}`,
    fix: `add ${quoted(discriminator)}: ${(options ?? []).join(" or ")}`,
  });
}

function notAllowed(path: Path, value: unknown, values: readonly unknown[]): Problem {
  const accepted = values.map(String);
  const fix = () => {
    if (typeof values[0] === "number") return `write ${around(Number(asText(value)), values.map(Number))}`;
    // All runtimes look alike, so the nearest one says little: the newest is what is wanted.
    return path.at(-1) === "runtime" ? `write "${accepted.at(-1)}"` : suggest(asText(value), accepted);
  };
  return problem("not-allowed", path, {
    message: `${keyName(path)} is ${quoted(value)}; accepted: ${accepted.join(", ")}`,
    ...(path.at(-1) === "runtime" && notYet(asText(value))),
    fix: fix(),
  });
}

/** Why a runtime is not accepted that Lambda has. */
function notYet(runtime: string): { readonly why: string } | undefined {
  return Object.hasOwn(laterRuntimes, runtime) ? { why: laterRuntimes[runtime] ?? "" } : undefined;
}

/** The values next to one that is not accepted. */
function around(value: number, values: readonly number[]): string {
  const below = values.filter((candidate) => candidate < value).at(-1);
  const above = values.find((candidate) => candidate > value);
  return [below, above].filter((candidate) => candidate !== undefined).join(" or ") || "one of them";
}

function outOfRange(
  issue: Extract<Issue, { code: "too_small" | "too_big" }>,
  path: Path,
  value: unknown,
): Problem {
  const isLow = issue.code === "too_small";
  const bound = Number(isLow ? issue.minimum : issue.maximum);
  const limit = `at ${isLow ? "least" : "most"} ${bound}`;
  if (issue.origin === "number" || issue.origin === "int") {
    const isBeyond = issue.inclusive === false;
    return problem("out-of-range", path, {
      message: `${keyName(path)} is ${asText(value)}, but must be ${isBeyond ? `${isLow ? "more" : "less"} than ${bound}` : limit}`,
      fix: isBeyond
        ? `write ${isLow ? "more" : "less"} than ${bound}`
        : `write ${bound} or ${isLow ? "more" : "less"}`,
    });
  }
  const [unit, size] = Array.isArray(value) ? ["items", value.length] : ["characters", asText(value).length];
  if (isLow && size === 0) {
    return problem("out-of-range", path, {
      message: `${keyName(path)} is empty`,
      why: "an empty value means nothing here",
      fix: "give it a value, or remove it",
    });
  }
  return problem("out-of-range", path, {
    message: `${keyName(path)} has ${size} ${unit}, but ${isLow ? "needs" : "may have"} ${limit}`,
    fix: `use ${limit} ${unit}`,
  });
}

function wrongFormat(path: Path, value: unknown, expected: string): Problem {
  const better = corrected(path, asText(value));
  return problem("wrong-format", path, {
    message: `${keyName(path)} is ${quoted(value)}; expected: ${expected}`,
    fix: better === undefined ? `write ${expected}` : `write ${quoted(better)}`,
  });
}
