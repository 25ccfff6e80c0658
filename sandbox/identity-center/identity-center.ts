import type { AwsCall, OwnService } from "../http";
import {
  type JsonInput,
  jsonService,
  listTags,
  type Operation,
  readTagKeys,
  readTags,
  requiredText,
} from "../protocols/json";
import { assignmentOperations } from "./assignments";
import { identityStoreOperations } from "./identity-store";
import { permissionSetOperations } from "./permission-sets";
import { createInstance, type IdentityCenter, missing, type PermissionSet, type SsoOperation } from "./store";

function findTagged(center: IdentityCenter, input: JsonInput): PermissionSet {
  const arn = requiredText(input, "ResourceArn");
  const found = center.permissionSets.get(arn);
  if (found) return found;
  throw missing(`The sandbox tags permission sets only, and knows none with the ARN ${arn}`);
}

const instanceOperations = {
  ListInstances: ({ account, instanceArn, identityStoreId }: IdentityCenter) => ({
    Instances: [
      {
        InstanceArn: instanceArn,
        IdentityStoreId: identityStoreId,
        OwnerAccountId: account,
        Status: "ACTIVE",
      },
    ],
  }),
  ListTagsForResource: (center: IdentityCenter, input: JsonInput) => ({
    Tags: listTags(findTagged(center, input).tags),
  }),
  TagResource(center: IdentityCenter, input: JsonInput) {
    const set = findTagged(center, input);
    center.permissionSets.set(set.arn, { ...set, tags: new Map([...set.tags, ...readTags(input.Tags)]) });
    return {};
  },
  UntagResource(center: IdentityCenter, input: JsonInput) {
    const set = findTagged(center, input);
    const gone = readTagKeys(input.TagKeys);
    const tags = new Map([...set.tags].filter(([key]) => !gone.includes(key)));
    center.permissionSets.set(set.arn, { ...set, tags });
    return {};
  },
} satisfies Readonly<Record<string, SsoOperation>>;

/** An operation in a region of the caller's. */
type RegionalOperation = (center: IdentityCenter, input: JsonInput, region: string) => object;

/** Refuses what names another instance than the caller's own, and what is asked in another region than the instance's. */
function inInstance(operation: SsoOperation): RegionalOperation {
  return (center, input, region) => {
    const named = input.InstanceArn ?? center.instanceArn;
    if (region !== center.region) {
      if (operation === instanceOperations.ListInstances) return { Instances: [] };
      throw missing(`There is no instance ${String(named)} in ${region}`);
    }
    if (named === center.instanceArn) return operation(center, input);
    throw missing(`There is no instance ${String(named)} in account ${center.account}`);
  };
}

/** Refuses what names another identity store than the caller's own, and what is asked in another region than the store's. */
function inStore(operation: SsoOperation): RegionalOperation {
  return (center, input, region) => {
    const id = requiredText(input, "IdentityStoreId");
    if (region !== center.region) throw missing(`There is no identity store ${id} in ${region}`);
    if (id === center.identityStoreId) return operation(center, input);
    throw missing(`There is no identity store ${id} in account ${center.account}`);
  };
}

/**
 * IAM Identity Center and its identity store, which know each other. Permission sets make no roles: what somebody may
 * do in an account cannot be tried in the sandbox.
 */
export function createIdentityCenter(): {
  readonly sso: OwnService;
  readonly identityStore: OwnService;
} {
  const centers = new Map<string, IdentityCenter>();
  const centerOf = ({ account, region }: AwsCall): IdentityCenter => {
    const center = centers.get(account) ?? createInstance(account, region);
    centers.set(account, center);
    return center;
  };
  const bind = (
    operations: Readonly<Record<string, SsoOperation>>,
    guard: (operation: SsoOperation) => RegionalOperation,
  ): Readonly<Record<string, Operation>> =>
    Object.fromEntries(
      Object.entries(operations).map(([name, operation]) => [
        name,
        (input: JsonInput, call: AwsCall) => guard(operation)(centerOf(call), input, call.region),
      ]),
    );
  const sso = { ...instanceOperations, ...permissionSetOperations, ...assignmentOperations };
  return {
    sso: jsonService("sso", bind(sso, inInstance)),
    identityStore: jsonService("identitystore", bind(identityStoreOperations, inStore)),
  };
}
