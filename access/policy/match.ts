import { PolicyError, type PolicyVersion } from "../../fleet/policy-document";
import { type Context, contextValue } from "./request";

/** A part of a value in a policy: `literal` text means itself, in the rest `*` and `?` are wildcards. */
export interface Piece {
  readonly text: string;
  readonly literal: boolean;
}

const anyVariable = /\$\{([^}]*)\}/g;
const variableForm = /^([^\s,']+)(?:,\s*'([^']*)')?$/;

/**
 * A value of a policy with its variables filled in. What a variable stands for is literal: a `*` in it is no wildcard.
 * Before 2012-10-17 there were no variables, and `${…}` is plain text.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 *
 * @returns undefined where a variable has neither a value nor a default
 * @throws PolicyError for a variable that is written wrongly, or whose key has a list of values
 */
export function piecesOf(
  value: string,
  context: Context,
  version: PolicyVersion,
): readonly Piece[] | undefined {
  if (version === "2008-10-17") return [{ text: value, literal: false }];
  const pieces: Piece[] = [];
  let end = 0;
  for (const found of value.matchAll(anyVariable)) {
    const filled = variableValue(found[1] ?? "", value, context);
    if (filled === undefined) return undefined;
    pieces.push({ text: value.slice(end, found.index), literal: false }, { text: filled, literal: true });
    end = found.index + found[0].length;
  }
  return [...pieces, { text: value.slice(end), literal: false }];
}

function variableValue(inner: string, value: string, context: Context): string | undefined {
  if (inner === "*" || inner === "?" || inner === "$") return inner;
  const [, key, fallback] = variableForm.exec(inner) ?? [];
  if (key === undefined) throw new PolicyError(`"${value}": "\${${inner}}" is no policy variable`);
  const found = contextValue(context, key);
  if (found !== undefined && typeof found !== "string") {
    throw new PolicyError(`"${value}": ${key} has a list of values and cannot be a policy variable`);
  }
  return found ?? fallback;
}

/** What a value says where wildcards mean nothing. */
export function plainText(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join("");
}

/** Whether a text fits a value with wildcards, which here stand for any characters. Case matters. */
export function matchesText(pieces: readonly Piece[], text: string): boolean {
  return expressionOf(pieces).test(text);
}

function expressionOf(pieces: readonly Piece[]): RegExp {
  return new RegExp(`^${pieces.map((piece) => sourceOf(piece, ".")).join("")}$`, "su");
}

/**
 * Whether an action is meant by one of a policy: `*` and `?` are wildcards, case does not matter.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function matchesAction(pattern: string, action: string): boolean {
  const known = actionPatterns.get(pattern);
  const expression = known ?? expressionOf([{ text: pattern.toLowerCase(), literal: false }]);
  if (!known) actionPatterns.set(pattern, expression);
  return expression.test(action.toLowerCase());
}

/** A large fleet asks for the same few actions ten thousands of times. */
const actionPatterns = new Map<string, RegExp>();

/**
 * Whether the ARN of a request is meant by a `Resource` of a policy. A wildcard stays within its part between two colons,
 * except for a `*` at the end of a part, which reaches over them; the last part is everything after the fifth colon.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 *
 * @throws PolicyError for what is neither `*` nor an ARN with all of its parts, or with a variable before the fifth colon
 */
export function matchesResource(
  pattern: string,
  resource: string,
  context: Context,
  version: PolicyVersion,
): boolean | undefined {
  if (pattern === "*") return true;
  const known = resourcePatterns.get(pattern);
  if (known) return known.test(resource);
  const parts = arnParts(pattern);
  if (parts.length < 6 && !pattern.endsWith("*")) {
    throw new PolicyError(`"${pattern}" is no ARN: write all six parts, or "*"`);
  }
  const head = parts.slice(0, 5);
  if (version === "2012-10-17" && head.some((part) => part.includes("${"))) {
    throw new PolicyError(`"${pattern}": a variable may only stand after the fifth colon of an ARN`);
  }
  const tail = parts[5] === undefined ? [] : piecesOf(parts[5], context, version);
  if (tail === undefined) return undefined;
  const sources = head.map((part) =>
    sourceOf({ text: part, literal: false }, "[^:]").replace(/\[\^:\]\*$/, ".*"),
  );
  if (parts[5] !== undefined) sources.push(tail.map((piece) => sourceOf(piece, ".")).join(""));
  const expression = new RegExp(`^${sources.join(":")}$`, "su");
  if (!pattern.includes("${")) resourcePatterns.set(pattern, expression);
  return expression.test(resource);
}

/** Those without variables, which mean the same in every request. */
const resourcePatterns = new Map<string, RegExp>();

/**
 * Whether an ARN fits a pattern part by part, as the Arn operators compare. What is no ARN fits nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 *
 * @throws PolicyError for a pattern that has not six parts
 */
export function matchesArn(pieces: readonly Piece[], arn: string): boolean {
  const pattern = splitPieces(pieces);
  if (pattern.length < 6) {
    throw new PolicyError(
      `"${plainText(pieces)}" is no ARN: the Arn operators compare its six parts one by one`,
    );
  }
  const parts = arnParts(arn);
  return parts.length === 6 && pattern.every((part, index) => matchesText(part, parts[index] ?? ""));
}

/** The up to six parts of an ARN; colons after the fifth belong to the last one. */
export function arnParts(arn: string): readonly string[] {
  const parts = arn.split(":");
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

function splitPieces(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const parts: Piece[][] = [[]];
  for (const { text, literal } of pieces) {
    let rest = text;
    for (let colon = rest.indexOf(":"); colon >= 0 && parts.length < 6; colon = rest.indexOf(":")) {
      parts.at(-1)?.push({ text: rest.slice(0, colon), literal });
      parts.push([]);
      rest = rest.slice(colon + 1);
    }
    parts.at(-1)?.push({ text: rest, literal });
  }
  return parts;
}

function sourceOf({ text, literal }: Piece, character: string): string {
  const escaped = text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  return literal ? escaped : escaped.replaceAll("\\*", `${character}*`).replaceAll("\\?", character);
}
