import { z } from "zod";
import { keyArn } from "./parts";

/** The form of other durations, but not zero: every invocation would wait for a call to AWS. */
export const duration = z
  .string()
  .regex(/^[1-9]\d{0,3}[smh]$/, "a number of seconds, minutes or hours, such as 30s, 10m or 2h");

/** In capitals, so that no name is one that JavaScript itself asks an object for, such as `then`. */
export const secretName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, "capital letters, digits and _");

const kmsKey = keyArn
  .optional()
  .describe(
    "ARN of your own KMS key that it is encrypted with. Default: AWS's own key, which needs no permission.",
  );

const placeholders = "{cell}, {stage}, {region} and {account} stand for the target's own.";

/** Where a secret lies. A version or an ARN is not taken: every target reads the newest in its own account and region. */
export const secret = z.union([
  z.strictObject({
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
    parameter: z
      .string()
      .max(1011)
      .regex(/^((\/[\w.{}-]+)+|[\w.{}-]+)$/, "a parameter's name, such as /acme/{cell}/stripe")
      .describe(`Name of a parameter of Systems Manager. ${placeholders}`),
    kmsKey,
  }),
  z.strictObject({
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
    secret: z
      .string()
      .max(512)
      .regex(/^[\w/+=.@{}-]+$/, "a secret's name, such as acme/{cell}/stripe")
      .describe(`Name of a secret of Secrets Manager. ${placeholders}`),
    kmsKey,
  }),
]);
