import { z } from "zod";

const textOrList = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const trustPolicySchema = z.object({
  Statement: z.union([z.unknown().array(), z.unknown()]).transform((value) => [value].flat()),
});

const statementSchema = z.object({
  Effect: z.string(),
  Action: textOrList,
  Principal: z.object({ Service: textOrList }),
});

/**
 * Whether a role's trust policy lets a service assume the role. Conditions are not looked at, and what is no policy lets
 * nobody.
 */
export function mayBeAssumedBy(policy: string, service: string): boolean {
  const parsed = trustPolicySchema.safeParse(parseJson(policy));
  if (!parsed.success) return false;
  const naming = parsed.data.Statement.flatMap((statement) => {
    const { data } = statementSchema.safeParse(statement);
    const assumes = data?.Action.some((action) => ["sts:AssumeRole", "sts:*", "*"].includes(action));
    return data && assumes && data.Principal.Service.includes(service) ? [data.Effect] : [];
  });
  return naming.includes("Allow") && !naming.includes("Deny");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
