import { z } from "zod";
import { jsonSchemaText } from "../../fleet/schema/json-schema";

/** How bad it would be, the worst first. */
export const severities = ["high", "medium", "low"] as const;

const stackNames = z.array(z.string());

const value = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .describe("A list or a map is written as JSON; a text of more than 200 characters is cut, and ends in …");

const attribute = z
  .strictObject({
    path: z.string().describe("Which one, with dots, e.g. memory_size, environment.variables.GREETING"),
    before: value.optional().describe("Absent where there was none, and where values are hidden"),
    after: value.optional().describe("Absent where there will be none, or it is not known yet"),
    unknown: z.literal(true).optional().describe("Known only after the apply"),
    hidden: z
      .literal(true)
      .optional()
      .describe("The value is not shown: Terraform marks it as sensitive, or it is one of an environment"),
    replaces: z.literal(true).optional().describe("This is why the resource is replaced"),
  })
  .describe("An attribute that changes; for what is new, one that it gets");

const change = z
  .strictObject({
    address: z
      .string()
      .describe(
        "Terraform's address, or output.<name>. In a group of several stacks, {target}, {cell}, {account} and {region} stand for what each calls its own",
      ),
    subject: z.string().describe('What people call it, e.g. "function hello"'),
    type: z.string().describe('Type of the resource, or "output"'),
    actions: z
      .array(z.enum(["no-op", "create", "read", "update", "delete", "forget"]))
      .describe("Terraform's actions in their order: a replacement has two"),
    attributes: z.array(attribute),
    region: z
      .string()
      .optional()
      .describe("Where, if a stack has several targets and not all of them change alike"),
    importing: z.string().optional().describe("Id of the thing that is taken over"),
    previousAddress: z.string().optional().describe("What it was called in the state"),
  })
  .describe("What happens to one resource or output");

const risk = z
  .strictObject({
    code: z.string().describe("docs/change.md explains each"),
    severity: z.enum(severities),
    subject: z.string().describe("What it is about"),
    message: z.string().describe("What would happen"),
    why: z.string().describe("Why it matters"),
    fix: z.string().describe("What to do instead"),
    stacks: stackNames
      .optional()
      .describe("The stacks that it comes from; in a group, where that are not all of it"),
  })
  .describe("What a reviewer should know before anything else");

const group = z
  .strictObject({
    title: z.string().describe('For people, e.g. "memory of hello 256 to 512, the same in 412 stacks"'),
    stacks: stackNames.describe("Sorted"),
    changes: z.array(change).describe("None where only Terraform's records change"),
    risks: z.array(risk).describe("The most severe first"),
    recordsOnly: z.boolean().describe("Whether no resource changes, only outputs"),
    predicted: z
      .boolean()
      .describe("Whether this was read off the stack's JSON, because Terraform cannot plan it yet"),
    notes: z.array(z.string()),
  })
  .describe("Changes that are the same in all these stacks, names and places put aside");

const orphan = z
  .strictObject({
    stack: z.string(),
    account: z.string().describe("Id of the account that it lies in"),
    resources: z.array(z.strictObject({ address: z.string(), type: z.string(), id: z.string().optional() })),
    why: z.string(),
  })
  .describe("A stack that has resources in its state and is no longer in the fleet file");

const failed = z
  .strictObject({ stack: z.string(), why: z.string() })
  .describe("A stack that could not be planned");

/** The picture of a fleet's plan: the form of `meridian plan --json`. */
export const pictureSchema = z.strictObject({
  version: z
    .literal(1)
    .describe("Of this form: it goes up when something is taken away or means something else"),
  changed: stackNames.describe("Every stack that something changes in, sorted"),
  unchanged: stackNames.describe("Every stack that stays as it is, sorted"),
  risks: z.array(risk).describe("Of the fleet as a whole; each group has its own"),
  groups: z.array(group).describe("By risk, then the smaller ones first"),
  orphans: z.array(orphan).describe("By name"),
  failed: z.array(failed).describe("By name"),
  waiting: z.array(z.string()).optional().describe("Cells that wait for accounts to be created"),
});

export type Picture = z.infer<typeof pictureSchema>;
export type Group = z.infer<typeof group>;
export type Change = z.infer<typeof change>;
export type Attribute = z.infer<typeof attribute>;
export type Risk = z.infer<typeof risk>;
export type Severity = (typeof severities)[number];
export type FailedStack = z.infer<typeof failed>;

/** The text of `plan.schema.json`, which says what `meridian plan --json` prints. */
export function planJsonSchema(): string {
  return jsonSchemaText(pictureSchema, {
    title: "Meridian plan",
    description: "What `meridian plan --json` prints.",
  });
}
