import { PolicyError, type PolicyVersion } from "../../fleet/policy-document";
import { type Context, contextValue } from "./request";
import { fitsSteps, type Piece, type Step, stepsOf } from "./wildcards";

const anyVariable = /\$\{([^}]*)\}/g;

/**
 * A key and its default. Behind the first `/` stands the key of a tag, in which blanks are allowed:
 * `[\p{L}\p{Z}\p{N}_.:/=+\-@]+`, says https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
 */
const variableForm = /^([^\s,'/]+(?:\/[^,']*[^\s,'])?)(?:,\s*'([^']*)')?$/;

/**
 * A value of a policy with its variables filled in. What a variable stands for is literal: a `*` in it is no wildcard.
 * Before 2012-10-17 there were no variables, and `${…}` is plain text.
 *
 * An empty value is none: "When policy variables reference a condition context key that has no value or is not present in
 * an authorization context for a request, the value is effectively null"; and of tags, "omitting the tag value is the same
 * as using an empty string".
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
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
  return found || fallback;
}

/** What a value says where wildcards mean nothing. */
export function plainText(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join("");
}

/** Whether a text fits a value with wildcards, which here stand for any characters. Case matters. */
export function matchesText(pieces: readonly Piece[], text: string): boolean {
  return fitsSteps(
    pieces.flatMap((piece) => stepsOf(piece)),
    text,
  );
}

/**
 * Whether an action is meant by one of a policy: `*` and `?` are wildcards, case does not matter.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function matchesAction(pattern: string, action: string): boolean {
  const known = actionPatterns.get(pattern);
  const steps = known ?? stepsOf({ text: pattern.toLowerCase(), literal: false });
  if (!known) actionPatterns.set(pattern, steps);
  return fitsSteps(steps, action.toLowerCase());
}

/** A large fleet asks for the same few actions ten thousands of times. */
const actionPatterns = new Map<string, readonly Step[]>();

/**
 * Whether the ARN of a request is meant by a `Resource` of a policy. A wildcard stays within its part between two colons,
 * except for a `*` at the end of a part, which reaches over them; the last part is everything after the fifth colon.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 *
 * @returns undefined where a variable has no value: what holds it "will not match any resource", in `Resource` and in
 *   `NotResource`, see {@link piecesOf}
 * @throws PolicyError for what is neither `*` nor an ARN with all of its parts, with a variable before the fifth colon, or
 *   with a wildcard in its service or in the type of its resource
 */
export function matchesResource(
  pattern: string,
  resource: string,
  context: Context,
  version: PolicyVersion,
): boolean | undefined {
  if (pattern === "*") return true;
  const known = resourcePatterns.get(pattern);
  if (known) return fitsSteps(known, resource);
  const parts = arnParts(pattern);
  checkArn(pattern, parts, version);
  const tail = parts[5] === undefined ? [] : piecesOf(parts[5], context, version);
  if (tail === undefined) return undefined;
  const steps = [
    ...parts.slice(0, 5).flatMap((part, index) => [...(index > 0 ? colon : []), ...partSteps(part)]),
    ...(parts[5] === undefined ? [] : [...colon, ...tail.flatMap((piece) => stepsOf(piece))]),
  ];
  if (!pattern.includes("${")) resourcePatterns.set(pattern, steps);
  return fitsSteps(steps, resource);
}

/** Those without variables, which mean the same in every request. */
const resourcePatterns = new Map<string, readonly Step[]>();

const colon = stepsOf({ text: ":", literal: true });

function partSteps(part: string): readonly Step[] {
  const steps = stepsOf({ text: part, literal: false }, true);
  return steps.at(-1)?.many ? [...steps.slice(0, -1), ...stepsOf({ text: "*", literal: false })] : steps;
}

/**
 * Services in whose ARNs no type stands before the name:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const withoutTypes = new Set(["codecommit", "codepipeline", "execute-api", "s3", "sns", "sqs"]);

/**
 * "You can't use a wildcard in the service segment that identifies the AWS product"
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html), nor "in the portion of the
 * ARN that specifies the resource type" (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html). A type that
 * is `*` and nothing else stands in AWS's own examples all the same, as in those of `ec2:CreateTags`:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
 */
function checkArn(pattern: string, parts: readonly string[], version: PolicyVersion): void {
  const [, , service = ""] = parts;
  if (/[*?]/.test(service)) {
    throw new PolicyError(
      `"${pattern}": the service in an ARN takes no wildcard; write it out, or "*" alone`,
    );
  }
  if (service === "" || (parts.length < 6 && !pattern.endsWith("*"))) {
    throw new PolicyError(`"${pattern}" is no ARN: write all six parts, or "*"`);
  }
  if (version === "2012-10-17" && parts.slice(0, 5).some((part) => part.includes("${"))) {
    throw new PolicyError(`"${pattern}": a variable may only stand after the fifth colon of an ARN`);
  }
  const [type = ""] = (parts[5] ?? "").replace(anyVariable, "").split(/[/:]/);
  if (type !== "*" && /[*?]/.test(type) && !withoutTypes.has(service)) {
    throw new PolicyError(`"${pattern}": the type of a resource takes no wildcard; write it out, or "*"`);
  }
}

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
