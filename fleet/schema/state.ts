import { z } from "zod";
import { limits } from "../limits";

const bucket = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "a bucket's name: 3 to 63 of a-z 0-9 . -");
const region = z.string().describe("The bucket's region.");

const shared = {
  prefix: z
    .string()
    .max(limits.statePrefix)
    .regex(/^[\w.-]+(\/[\w.-]+)*$/, "parts of A-Z a-z 0-9 . _ - joined by /")
    .optional()
    .describe("Prefix of every key. Default: the fleet's name."),
  account: z
    .string()
    .optional()
    .describe(
      'Account that owns the bucket, which the "state" stack then makes. Default: the bucket already exists.',
    ),
  replica: z
    .string()
    .optional()
    .describe("With account: a second region, in the same zone, to copy the bucket to. Default: none."),
};

/** Where Terraform's state lives, and the bucket that is made for it. */
export const state = z.discriminatedUnion("backend", [
  z
    .strictObject({
      backend: z.literal("local").describe("State files in terraform-state/, on this machine only."),
      bucket: bucket.optional().describe("With account: the bucket to make before the state moves there."),
      region: region.optional(),
      ...shared,
    })
    .describe("For trying things out, and until the bucket exists."),
  z
    .strictObject({
      backend: z.literal("s3"),
      bucket,
      region,
      ...shared,
      role: z
        .string()
        .regex(/^arn:aws:iam::\d{12}:role\/.+$/, "an IAM role's ARN")
        .optional()
        .describe("Role to assume for the state. Default: with account, the deploy role of each stack."),
      kmsKey: z
        .string()
        .optional()
        .describe("ARN of the KMS key that encrypts the state. Default: the bucket's own key."),
    })
    .describe("Locked by S3 itself (Terraform 1.10 or newer), encrypted."),
]);
