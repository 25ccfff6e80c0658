import { createHash, randomUUID } from "node:crypto";
import { AwsError } from "../http";
import { type JsonInput, readTags, requiredText } from "../protocols/json";
import {
  conflict,
  type IdentityCenter,
  invalid,
  missing,
  optionalText,
  type PermissionSet,
  type SsoOperation,
} from "./store";

/** Quotas of IAM Identity Center: https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html */
const quotas = {
  managedPolicies: 20,
  inlinePolicyBytes: 32_768,
  /** Without white space: what IAM takes in a role. */
  inlinePolicyCharacters: 10_240,
} as const;

/**
 * The permission set that a request names.
 *
 * @throws {AwsError} ResourceNotFoundException
 */
export function findPermissionSet(center: IdentityCenter, input: JsonInput): PermissionSet {
  const arn = requiredText(input, "PermissionSetArn");
  const found = center.permissionSets.get(arn);
  if (found) return found;
  throw missing(`PermissionSet with ARN ${arn} was not found`);
}

/** Minutes of a duration as ISO 8601 writes it, of days, hours, minutes and seconds. */
function minutesOf(duration: string): number {
  const parts = /^P(?=\d|T\d)(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = (parts?.slice(1) ?? []).map((part) =>
    Number(part ?? 0),
  );
  return days * 1440 + hours * 60 + minutes + seconds / 60;
}

function readSession(input: JsonInput): string | undefined {
  const session = optionalText(input, "SessionDuration");
  if (session === undefined) return undefined;
  const minutes = minutesOf(session);
  if (minutes >= 60 && minutes <= 12 * 60) return session;
  throw invalid(`SessionDuration ${session} is not between PT1H and PT12H`);
}

function readName(input: JsonInput): string {
  const name = requiredText(input, "Name");
  if (/^[\w+=,.@-]{1,32}$/.test(name)) return name;
  throw invalid(`Name ${name} does not have 1 to 32 characters out of letters, digits and _+=,.@-`);
}

function readDescription(input: JsonInput): string | undefined {
  const description = optionalText(input, "Description");
  if (description === undefined || /^[\t\n\r -~\u00a1-\u00ff]{1,700}$/.test(description)) return description;
  throw invalid("Description does not have 1 to 700 characters of Latin-1");
}

function readInlinePolicy(input: JsonInput): string {
  const policy = requiredText(input, "InlinePolicy");
  if (Buffer.byteLength(policy) > quotas.inlinePolicyBytes) {
    throw invalid(`InlinePolicy has more than ${quotas.inlinePolicyBytes} bytes`);
  }
  if (policy.replace(/\s/g, "").length > quotas.inlinePolicyCharacters) {
    throw invalid(
      `InlinePolicy has more than ${quotas.inlinePolicyCharacters} characters that are no white space`,
    );
  }
  try {
    JSON.parse(policy);
  } catch {
    throw invalid("InlinePolicy is not a policy document: it is no JSON");
  }
  return policy;
}

function readManagedPolicy(input: JsonInput): string {
  const arn = requiredText(input, "ManagedPolicyArn");
  if (/^arn:aws[a-z-]*:iam::aws:policy\/[\w+=,.@/-]+$/.test(arn)) return arn;
  throw invalid(`ManagedPolicyArn ${arn} is not the ARN of a policy that AWS manages`);
}

function describe(one: PermissionSet): object {
  return {
    Name: one.name,
    PermissionSetArn: one.arn,
    Description: one.description,
    CreatedDate: one.created,
    SessionDuration: one.session,
    RelayState: one.relayState,
  };
}

/** Operations on permission sets and the policies in them. */
export const permissionSetOperations: Readonly<Record<string, SsoOperation>> = {
  CreatePermissionSet(center, input) {
    const name = readName(input);
    if ([...center.permissionSets.values()].some((one) => one.name === name)) {
      throw conflict(`PermissionSet with name ${name} already exists`);
    }
    const id = createHash("sha256").update(randomUUID()).digest("hex").slice(0, 16);
    const set: PermissionSet = {
      arn: `${center.instanceArn.replace(":instance/", ":permissionSet/")}/ps-${id}`,
      name,
      description: readDescription(input),
      session: readSession(input) ?? "PT1H",
      relayState: optionalText(input, "RelayState"),
      created: Math.floor(Date.now() / 1000),
      tags: readTags(input.Tags),
      managedPolicies: [],
      inlinePolicy: "",
    };
    center.permissionSets.set(set.arn, set);
    return { PermissionSet: describe(set) };
  },
  DescribePermissionSet: (center, input) => ({ PermissionSet: describe(findPermissionSet(center, input)) }),
  ListPermissionSets: (center) => ({ PermissionSets: [...center.permissionSets.keys()] }),
  UpdatePermissionSet(center, input) {
    const before = findPermissionSet(center, input);
    center.permissionSets.set(before.arn, {
      ...before,
      description: readDescription(input) ?? before.description,
      session: readSession(input) ?? before.session,
      relayState: optionalText(input, "RelayState") ?? before.relayState,
    });
    return {};
  },
  DeletePermissionSet(center, input) {
    const { arn, name } = findPermissionSet(center, input);
    if ([...center.assignments.values()].some(({ PermissionSetArn }) => PermissionSetArn === arn)) {
      throw conflict(`PermissionSet ${name} is still assigned`);
    }
    center.permissionSets.delete(arn);
    return {};
  },
  AttachManagedPolicyToPermissionSet(center, input) {
    const before = findPermissionSet(center, input);
    const policy = readManagedPolicy(input);
    if (before.managedPolicies.includes(policy)) {
      throw conflict(`Permission set with id ${before.arn} already has a managed policy attached: ${policy}`);
    }
    if (before.managedPolicies.length >= quotas.managedPolicies) {
      throw new AwsError(
        400,
        "ServiceQuotaExceededException",
        `A permission set takes ${quotas.managedPolicies} managed policies`,
      );
    }
    const managedPolicies = [...before.managedPolicies, policy];
    center.permissionSets.set(before.arn, { ...before, managedPolicies });
    return {};
  },
  DetachManagedPolicyFromPermissionSet(center, input) {
    const before = findPermissionSet(center, input);
    const policy = readManagedPolicy(input);
    const managedPolicies = before.managedPolicies.filter((one) => one !== policy);
    if (managedPolicies.length === before.managedPolicies.length) {
      throw missing(`Managed policy ${policy} is not attached to ${before.arn}`);
    }
    center.permissionSets.set(before.arn, { ...before, managedPolicies });
    return {};
  },
  ListManagedPoliciesInPermissionSet: (center, input) => ({
    AttachedManagedPolicies: findPermissionSet(center, input).managedPolicies.map((Arn) => ({
      Name: Arn.split("/").at(-1),
      Arn,
    })),
  }),
  PutInlinePolicyToPermissionSet(center, input) {
    const before = findPermissionSet(center, input);
    center.permissionSets.set(before.arn, { ...before, inlinePolicy: readInlinePolicy(input) });
    return {};
  },
  GetInlinePolicyForPermissionSet: (center, input) => ({
    InlinePolicy: findPermissionSet(center, input).inlinePolicy,
  }),
  DeleteInlinePolicyFromPermissionSet(center, input) {
    const before = findPermissionSet(center, input);
    if (before.inlinePolicy === "") throw missing(`There is no inline policy in ${before.arn}`);
    center.permissionSets.set(before.arn, { ...before, inlinePolicy: "" });
    return {};
  },
};
