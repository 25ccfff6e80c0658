import { z } from "zod";
import { attributeTypes, tableStreams } from "../limits";
import { keyArn } from "./parts";

/** DynamoDB takes more; this is what needs no quotes anywhere, and no number, which would not keep its place in a map. */
const attribute = z
  .string()
  .max(255)
  .regex(/^[A-Za-z_][\w-]*$/, "an attribute's name: a letter or _, then letters, digits, _ and -");

const key = z
  .record(attribute, z.enum(attributeTypes))
  // For editors; `check` says what is wrong in words of its own.
  .meta({ minProperties: 1, maxProperties: 2 })
  .describe(
    'The partition key and, if there is one, the sort key, in this order: "{ customer: string, order: string }".',
  );

const index = z.strictObject({
  key,
  projection: z
    .union([z.array(attribute).min(1), z.enum(["all", "keys"])])
    .optional()
    .describe("What it holds of an item: all, keys, or a list of attributes besides the keys. Default: all."),
});

/** How far back: 1 to 35 days. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html */
const recovery = z.string().regex(/^([1-9]|[12]\d|3[0-5])d$|^off$/, "1d to 35d, or off");

/** A table, as the fleet file has it. */
export const table = z.strictObject({
  key,
  indexes: z
    .record(
      // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GlobalSecondaryIndex.html
      z
        .string()
        .regex(/^[A-Za-z_][\w.-]{2,254}$/, "3 to 255 characters: a letter or _, then letters, digits, _ . -"),
      index,
    )
    .optional()
    .describe("Global secondary indexes, by name."),
  replicate: z
    .enum(["cell", "none"])
    .optional()
    .describe(
      "cell: one table for all regions of the cell, with a replica in each. none: a table per region, which share nothing. Default: cell.",
    ),
  ttl: attribute.optional().describe("The attribute that says when an item expires, in seconds since 1970."),
  recovery: z
    .union([recovery, z.record(z.string(), recovery)])
    .optional()
    .describe(
      "How far back it can be restored to any second, or that by stage, such as { staging: off }. Default: 35d.",
    ),
  stream: z
    .enum(tableStreams)
    .optional()
    .describe(
      "What its stream tells of each change. Default: new-and-old, which replicas need; with replicate: none, no stream.",
    ),
  kmsKey: keyArn
    .optional()
    .describe(
      "ARN of your own KMS key, {region} and {account} in it: a multi-Region key has one id everywhere. Default: a key of AWS's.",
    ),
});
