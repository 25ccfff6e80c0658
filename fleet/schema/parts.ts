import { z } from "zod";

/** Names become parts of AWS names and of folders; `_` joins them, so it cannot be in one. */
export const fleetName = z
  .string()
  .max(20)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "lower-case letters, digits and inner hyphens");

/** They also become names in Terraform, which cannot start with a digit. */
export const longName = z
  .string()
  .max(40)
  .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, "a lower-case letter, then letters, digits and inner hyphens");

export const record = <T extends z.ZodType>(value: T) => z.record(longName, value);
export const roleName = z.string().regex(/^[\w+=,.@-]{1,64}$/, "a role's name, not its ARN");
export const externalId = z
  .string()
  .regex(/^[\w+=,.@:/-]{2,1224}$/, "2 to 1224 characters of A-Z a-z 0-9 + = , . @ : / - _");

/** ARN of a layer's version, placeholders in it: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
export const layerVersion = z
  .string()
  .regex(
    /^arn:aws:lambda:(\{\w+\}|[a-z0-9-]+):(\{\w+\}|\d{12}):layer:[\w-]+:\d+$/,
    "the ARN of a layer's version, with its number at the end, such as arn:aws:lambda:{region}:111111111111:layer:tools:3",
  );

/** An alias is no resource that a policy can name. https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html */
export const keyArn = z
  .string()
  .regex(/^arn:aws:kms:[a-z0-9{}-]+:[\d{}a-z]+:key\/[\w-]+$/, "a key's ARN, not an alias's");
