import type { Path, Problem } from "../diagnostics";
import { isMap } from "../values";
import { asText, keyName, listed, quoted } from "../wording";
import { isAccountId, unquotedAccountId } from "./account-id";
import { isUnit } from "./corrected";
import { problem } from "./rules";
import { isWhole, knownKeys, valueAt } from "./walk";

/** What an issue is about: the data it was found in, and the file as it is written. */
export interface IssueContext {
  readonly data: unknown;
  /** A scalar as it is written in the file. */
  written(path: Path): string | undefined;
}

/** What the schema library calls a type, in the words of the messages. */
const expectations: Readonly<Record<string, string>> = {
  string: "a string",
  int: "a whole number",
  number: "a number",
  array: "a list",
  object: "a map",
  record: "a map",
  "string or array": "a string or a list of strings",
  "array or record": "a list of regions, or a map of countries with their lists,",
  boolean: "true or false",
  "string or int": "a whole number, or a share such as 20%,",
  "string or number": "a whole number, or a share such as 20%,",
  "array or string or int": "a list of cells, or a share such as 10%,",
  "array or string or number": "a list of cells, or a share such as 10%,",
};

/**
 * A value of a wrong type.
 *
 * @param expected what the schema library calls the right type
 */
export function typeProblem(path: Path, expected: string, context: IssueContext): Problem {
  const value = valueAt(context.data, path);
  if (path.length === 0) return notAMap();
  if (path.length === 1 && isMap(value ?? {}) && expected === "record") return emptySection(String(path[0]));
  const written = context.written(path) ?? asText(value);
  if (typeof value === "number" && isAccountId(path)) return unquotedAccountId(path, value, written);
  const exactly = expected === "number" && isWhole(path, context.data) ? "int" : expected;
  return problem("wrong-type", path, {
    message: `${keyName(path)} is ${described(path, value)}, but ${expectation(path, exactly)} is expected`,
    fix: typeFix(path, exactly, value, written, context.data),
  });
}

function expectation(path: Path, expected: string): string {
  if (expected !== "string or object") return expectations[expected] ?? expected;
  return isUnit(path)
    ? 'a unit\'s path, or a map with "path" and "id",'
    : "a path pattern, or a map with one,";
}

/** A fleet file without any keys. */
export function notAMap(): Problem {
  return problem("not-a-map", [], {
    message: "the fleet file is not a map",
    fix: 'start with "fleet: <name>", then "accounts:", "services:" and "cells:"',
  });
}

/** A section that must have something in it, and has not. */
export function emptySection(section: string): Problem {
  return problem("empty-section", [section], {
    message: `"${section}" is empty`,
    fix:
      section === "rollout"
        ? "say in it how a stage is rolled out, or remove it"
        : `declare at least one of the ${section}`,
    atKey: true,
  });
}

/** Values of environment variables are never shown: one may be a secret. */
function described(path: Path, value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (isMap(value)) return "a map";
  const kind = { number: "number", string: "string" }[typeof value as string] ?? "boolean";
  return path.includes("environment") ? `a ${kind}` : `the ${kind} ${quoted(value)}`;
}

function typeFix(path: Path, expected: string, value: unknown, written: string, data: unknown): string {
  const isScalar = typeof value !== "object";
  switch (expected) {
    case "array":
      if (path.at(-2) === "targets" && !isScalar) return "write a list of regions: [eu-central-1]";
      return isScalar ? `put it in brackets: [${written}]` : "write a list in brackets";
    case "string":
      if (path.at(-1) === "session" && typeof value === "number") return `write ${written}h`;
      if (path.at(-1) === "bake" && typeof value === "number")
        return `add the unit: ${written}s, ${written}m or ${written}h`;
      if (isScalar)
        return path.includes("environment") ? "put it in quotes" : `put it in quotes: "${written}"`;
      return value === null ? "write a string, or remove the key" : "write one string";
    case "number":
      return typeof value === "string" && /^\d+(\.\d+)?$/.test(value)
        ? `write it without quotes: ${value}`
        : "write a number, without a unit";
    case "int":
      return typeof value === "string" && /^\d+$/.test(value)
        ? `write it without quotes: ${value}`
        : "write a whole number, without a unit";
    case "string or array":
      return isScalar ? `put it in quotes: "${written}"` : "write a string, or strings in brackets";
    case "string or object":
      return isUnit(path) ? "write a unit's path: tenants/eu" : 'write a path pattern: "/*"';
    case "array or record":
      return "write regions in brackets: [eu-central-1]";
    case "boolean":
      return "write true or false";
    case "string or int":
    case "string or number":
      return "write a whole number, or a share: 20%";
    case "array or string or int":
    case "array or string or number":
      return "write cells in brackets, or a share: 10%";
    default:
      return mapFix(path, data);
  }
}

/** The forms of a pipeline's source, one of a repository and one of an archive; undefined for any other path. */
export function sourceForms(path: Path): string | undefined {
  if (path.length !== 2 || path[0] !== "pipeline" || path[1] !== "source") return undefined;
  return '{ connection: "arn:aws:codeconnections:…", repository: acme/fleet, branch: main }, or { bucket: acme-sources, key: fleet.zip }';
}

function mapFix(path: Path, data: unknown): string {
  const forms = sourceForms(path);
  if (forms !== undefined) return `write ${forms}`;
  if (path[0] === "pipeline" && path[1] === "approvals" && path.length === 2)
    return "write stages with who is told of each: { production: [platform@example.com] }";
  if (path.at(-1) === "targets") return "write accounts with their regions: { <account>: [eu-central-1] }";
  const known = knownKeys(path, data);
  return known.length > 0
    ? `write a map with keys such as ${listed(known.slice(0, 4))}`
    : "write a map: { <name>: <value> }";
}
