import { z } from "zod";
import { UserError } from "../../fleet/errors";
import type { ExtensionFacts } from "../../fleet/model";
import { longName } from "../../fleet/schema/parts";
import { isMap, sortBy } from "../../fleet/values";
import { quoted } from "../../fleet/wording";
import type { Extension } from "./extension";

const texts = z.array(z.string().min(1)).min(1);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html */
const action = z
  .string()
  .regex(/^[a-z0-9-]+:[A-Za-z0-9*?]+$/, 'an IAM action with its service in front, such as "sqs:CreateQueue"');

const deployPermission = z.strictObject({
  actions: z.array(action).min(1),
  resources: z
    .array(z.string().regex(/^(\*|arn:.+)$/, 'an ARN, or "*" where the action takes no other'))
    .min(1),
  conditions: z.record(z.string(), z.record(z.string(), z.union([z.string(), texts]))).optional(),
});

const resourceFacts = z.strictObject({
  holdsData: z.boolean(),
  what: z.string().min(1),
  scope: z.enum(["regional", "global"]).optional(),
  source: z
    .string()
    .regex(/^https:\/\//, "an address that begins with https://")
    .optional(),
});

const hook = z.custom<() => void>((value) => typeof value === "function", "a function").optional();

/** An extension as it comes from the user, whose main.ts may be JavaScript. */
const extensionSchema = z.strictObject({
  name: longName,
  deploy: z.array(deployPermission).optional(),
  resourceTypes: z
    .record(
      z.string().regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)+$/, 'a type of resource, such as "aws_sqs_queue"'),
      resourceFacts,
    )
    .optional(),
  target: hook,
  front: hook,
  cell: hook,
});

const places = ["target", "front", "cell"] as const;

/**
 * What the rest has to know of an extension.
 *
 * @throws {UserError} it is none
 */
export function factsOf(extension: Extension): ExtensionFacts {
  const { deploy = [], name, resourceTypes = {} } = required(extension);
  const adds = places.filter((place) => extension[place] !== undefined);
  if (adds.length === 0) {
    throw new UserError(
      `the extension ${quoted(name)} has none of target, front and cell`,
      "nothing calls it, so it adds nothing",
      "give it one of these functions (docs/extend.md), or leave it out",
    );
  }
  return { name, adds, deploy, resourceTypes };
}

/**
 * The extensions of a fleet by name, whatever order they come in.
 *
 * @throws {UserError} one is none, or two have one name
 */
export function sortedExtensions(extensions: readonly Extension[]): readonly Extension[] {
  const names = extensions.map((extension) => factsOf(extension).name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new UserError(
      `two extensions are called ${quoted(twice)}`,
      "the name is a part of all names that an extension makes, so theirs would be the same",
      "give one of them another name, and list each only once",
    );
  }
  return sortBy(extensions, ({ name }) => name);
}

function required(extension: unknown): z.infer<typeof extensionSchema> {
  const { data, error } = extensionSchema.safeParse(extension);
  if (data) return data;
  const name = isMap(extension) && typeof extension.name === "string" ? ` ${quoted(extension.name)}` : "";
  const problems = error.issues.map((issue) => `\n    ${describe(issue, extension)}`);
  throw new UserError(
    `the extension${name} is not one:${problems.join("")}`,
    "names, deploy roles and evidence are made from what an extension says of itself",
    "correct it as docs/extend.md shows; TypeScript finds most of this where it says `: Extension`",
  );
}

function describe(issue: z.core.$ZodIssue, extension: unknown): string {
  const { message, path } = issue;
  const place = path.length === 0 ? "it" : path.map(String).join(".");
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = path.length === 0 ? `; it may have ${Object.keys(extensionSchema.shape).join(", ")}` : "";
      return `${place} has ${issue.keys.map(quoted).join(", ")}, which means nothing${known}`;
    }
    case "invalid_key":
      return `${place} is not ${issue.issues.map((inner) => inner.message).join(", ")}`;
    case "custom":
    case "invalid_format":
      return `${place} is not ${message}`;
    default:
      if (path.length > 0) return `${place}: ${message}`;
      return `it is ${extension === null ? "null" : typeof extension}, not an object: is it exported?`;
  }
}
