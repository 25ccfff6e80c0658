import { DescribeGroupCommand, GetGroupIdCommand, IdentitystoreClient } from "@aws-sdk/client-identitystore";
import {
  DescribePermissionSetCommand,
  ListAccountAssignmentsCommand,
  ListManagedPoliciesInPermissionSetCommand,
  ListPermissionSetsCommand,
  ListTagsForResourceCommand,
  SSOAdminClient,
} from "@aws-sdk/client-sso-admin";
import { allPages, unlessMissing } from "../../aws/answers";
import { type PlannedCreate, textOf } from "../planned";
import type { Asker } from "./asker";
import { type Found, type Lookup, tagsOf } from "./model";

const asking = "asking IAM Identity Center";

/** A permission set, as its parts name it. */
interface SetPlace {
  readonly InstanceArn: string;
  readonly PermissionSetArn: string;
}

function placeOf({ values }: PlannedCreate): SetPlace {
  return {
    InstanceArn: textOf(values, "instance_arn") ?? "",
    PermissionSetArn: textOf(values, "permission_set_arn") ?? "",
  };
}

function tagsOn({ InstanceArn, PermissionSetArn }: SetPlace, region: string, asker: Asker) {
  return asker.once(`tags ${PermissionSetArn}`, async () => {
    const command = new ListTagsForResourceCommand({ InstanceArn, ResourceArn: PermissionSetArn });
    const client = asker.client(SSOAdminClient, region);
    return tagsOf((await asker.call(asking, (limit) => client.send(command, limit))).Tags);
  });
}

/** Names and ARNs of all sets of an instance. Each is asked for, as the list has no names. */
function permissionSets(InstanceArn: string, region: string, asker: Asker) {
  const client = asker.client(SSOAdminClient, region);
  return asker.once(`permission sets ${InstanceArn}`, async () => {
    const arns = await allPages(async (NextToken) => {
      const command = new ListPermissionSetsCommand({ InstanceArn, NextToken });
      const answer = await asker.call(asking, (limit) => client.send(command, limit));
      return { items: answer.PermissionSets, next: answer.NextToken };
    });
    return Promise.all(
      arns.map(async (PermissionSetArn) => {
        const command = new DescribePermissionSetCommand({ InstanceArn, PermissionSetArn });
        const answer = await asker.call(asking, (limit) => client.send(command, limit));
        return { PermissionSetArn, name: answer.PermissionSet?.Name };
      }),
    );
  });
}

async function findSet({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name");
  const InstanceArn = textOf(values, "instance_arn") ?? "";
  const all = await permissionSets(InstanceArn, region, asker);
  const PermissionSetArn = all.find((set) => set.name === name)?.PermissionSetArn;
  if (PermissionSetArn === undefined) return [];
  const tags = await tagsOn({ InstanceArn, PermissionSetArn }, region, asker);
  return [{ id: `${PermissionSetArn},${InstanceArn}`, what: `the permission set ${name}`, tags }];
}

/** A part of its permission set, like an assignment. */
async function findAttachment(create: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const { region, values } = create;
  const place = placeOf(create);
  const client = asker.client(SSOAdminClient, region);
  const attached = await asker.once(`policies ${place.PermissionSetArn}`, () =>
    allPages(async (NextToken) => {
      const command = new ListManagedPoliciesInPermissionSetCommand({ ...place, NextToken });
      const answer = await asker.call(asking, (limit) => client.send(command, limit));
      return { items: answer.AttachedManagedPolicies, next: answer.NextToken };
    }),
  );
  const policy = textOf(values, "managed_policy_arn") ?? "";
  if (!attached.some(({ Arn }) => Arn === policy)) return [];
  const id = [policy, place.PermissionSetArn, place.InstanceArn].join(",");
  const what = `the policy ${policy} in the permission set ${place.PermissionSetArn}`;
  return [{ id, what, tags: await tagsOn(place, region, asker) }];
}

async function findAssignment(create: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const { region, values } = create;
  const place = placeOf(create);
  const client = asker.client(SSOAdminClient, region);
  const [target = "", principal = "", kind = ""] = ["target_id", "principal_id", "principal_type"].map(
    (one) => textOf(values, one),
  );
  const assigned = await asker.once(`assignments ${place.PermissionSetArn} ${target}`, () =>
    allPages(async (NextToken) => {
      const command = new ListAccountAssignmentsCommand({ ...place, AccountId: target, NextToken });
      const answer = await asker.call(asking, (limit) => client.send(command, limit));
      return { items: answer.AccountAssignments, next: answer.NextToken };
    }),
  );
  const isThere = assigned.some(
    ({ PrincipalId, PrincipalType }) => PrincipalId === principal && PrincipalType === kind,
  );
  if (!isThere) return [];
  const id = [principal, kind, target, "AWS_ACCOUNT", place.PermissionSetArn, place.InstanceArn].join(",");
  const what = `the assignment of ${principal} to the account ${target}`;
  return [{ id, what, tags: await tagsOn(place, region, asker) }];
}

/** Groups carry no tags; those made here say in their description whose they are. */
async function findGroup({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "display_name");
  const IdentityStoreId = textOf(values, "identity_store_id") ?? "";
  const client = asker.client(IdentitystoreClient, region);
  const command = new GetGroupIdCommand({
    IdentityStoreId,
    AlternateIdentifier: { UniqueAttribute: { AttributePath: "displayName", AttributeValue: name } },
  });
  const answer = asker.call("asking the identity store", (limit) => client.send(command, limit));
  const GroupId = (await unlessMissing(answer, "ResourceNotFoundException"))?.GroupId;
  if (GroupId === undefined) return [];
  const { Description } = await asker.call("asking the identity store", (limit) =>
    client.send(new DescribeGroupCommand({ IdentityStoreId, GroupId }), limit),
  );
  return [{ id: `${IdentityStoreId}/${GroupId}`, what: `the group ${name}`, comment: Description ?? "" }];
}

/** What IAM Identity Center and its store refuse to make twice, and assignments, which hashicorp/aws does. */
export const identityLookups = {
  aws_ssoadmin_permission_set: { identity: ["name", "instance_arn"], find: findSet },
  aws_ssoadmin_managed_policy_attachment: {
    identity: ["managed_policy_arn", "permission_set_arn", "instance_arn"],
    find: findAttachment,
  },
  aws_ssoadmin_account_assignment: {
    identity: ["principal_id", "principal_type", "target_id", "permission_set_arn", "instance_arn"],
    find: findAssignment,
  },
  aws_identitystore_group: { identity: ["display_name", "identity_store_id"], find: findGroup },
} as const satisfies Readonly<Record<string, Lookup>>;
