import {
  type CreateAccountStatus,
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListCreateAccountStatusCommand,
  ListOrganizationalUnitsForParentCommand,
  ListPoliciesCommand,
  ListTagsForResourceCommand,
  ListTargetsForPolicyCommand,
  OrganizationsClient,
  type PolicyType,
} from "@aws-sdk/client-organizations";
import { globalRegion } from "../../../fleet/geography/regions";
import { allPages, unlessMissing } from "../../aws/answers";
import { type PlannedCreate, textOf } from "../planned";
import type { Asker } from "./asker";
import { type Found, type Lookup, tagsOf } from "./model";

const asking = "asking Organizations";

/** What Organizations says in an account that has no organization. */
const noOrganization = "AWSOrganizationsNotInUseException";

const clientOf = (asker: Asker) => asker.client(OrganizationsClient, globalRegion);

function tagsOn(ResourceId: string, asker: Asker) {
  return asker.once(`tags ${ResourceId}`, async () => {
    const { Tags } = await asker.call(asking, (limit) =>
      clientOf(asker).send(new ListTagsForResourceCommand({ ResourceId }), limit),
    );
    return tagsOf(Tags);
  });
}

/** There is one in an account at most, and it carries no tags. */
async function findOrganization(_: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const answer = asker.call(asking, (limit) =>
    clientOf(asker).send(new DescribeOrganizationCommand({}), limit),
  );
  const id = (await unlessMissing(answer, noOrganization))?.Organization?.Id;
  const obstacle = `an organization carries no tag that could say whose it is. If a deploy of this fleet has just made it, import it by hand with the id ${id}; if it was there before, say \`existing: true\` in the section organization of the fleet file`;
  return id === undefined ? [] : [{ id, what: `the organization ${id}`, obstacle }];
}

/**
 * An account is known by its address. While it is being made, it is in no list yet, and AWS would begin to make another one
 * that fails in the end, because the address is taken.
 */
async function findAccount({ values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const email = textOf(values, "email")?.toLowerCase();
  const name = textOf(values, "name");
  const accounts = await asker.once("accounts", () =>
    allPages(async (NextToken) => {
      const answer = asker.call(asking, (limit) =>
        clientOf(asker).send(new ListAccountsCommand({ NextToken }), limit),
      );
      const page = await unlessMissing(answer, noOrganization);
      return { items: page?.Accounts, next: page?.NextToken };
    }),
  );
  const found = accounts.find(({ Email }) => Email?.toLowerCase() === email);
  if (found?.Id !== undefined) {
    const what = `the account ${found.Id} (${found.Name})`;
    if (found.Status !== "ACTIVE")
      return [{ id: found.Id, what, obstacle: "it is closed, and keeps its address" }];
    return [{ id: found.Id, what, tags: await tagsOn(found.Id, asker) }];
  }
  const pending = (await requestsUnderWay(asker)).find(({ AccountName }) => AccountName === name);
  const obstacle = "AWS is still making it: deploy again in a few minutes";
  return pending ? [{ id: pending.Id ?? "", what: `the account ${name}`, obstacle }] : [];
}

function requestsUnderWay(asker: Asker): Promise<readonly CreateAccountStatus[]> {
  return asker.once("accounts under way", () =>
    allPages(async (NextToken) => {
      const command = new ListCreateAccountStatusCommand({ States: ["IN_PROGRESS"], NextToken });
      const answer = asker.call(asking, (limit) => clientOf(asker).send(command, limit));
      const page = await unlessMissing(answer, noOrganization);
      return { items: page?.CreateAccountStatuses, next: page?.NextToken };
    }),
  );
}

async function findUnit({ values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name");
  const parent = textOf(values, "parent_id") ?? "";
  const units = await asker.once(`units ${parent}`, () =>
    allPages(async (NextToken) => {
      const command = new ListOrganizationalUnitsForParentCommand({ ParentId: parent, NextToken });
      const answer = await asker.call(asking, (limit) => clientOf(asker).send(command, limit));
      return { items: answer.OrganizationalUnits, next: answer.NextToken };
    }),
  );
  const id = units.find(({ Name }) => Name === name)?.Id;
  if (id === undefined) return [];
  return [{ id, what: `the unit ${name} (${id})`, tags: await tagsOn(id, asker) }];
}

async function findPolicy({ values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name");
  const Filter = (textOf(values, "type") ?? "SERVICE_CONTROL_POLICY") as PolicyType;
  const policies = await asker.once(`policies ${Filter}`, () =>
    allPages(async (NextToken) => {
      const command = new ListPoliciesCommand({ Filter, NextToken });
      const answer = asker.call(asking, (limit) => clientOf(asker).send(command, limit));
      const page = await unlessMissing(answer, noOrganization);
      return { items: page?.Policies, next: page?.NextToken };
    }),
  );
  const id = policies.find(({ Name }) => Name === name)?.Id;
  if (id === undefined) return [];
  return [{ id, what: `the policy ${name} (${id})`, tags: await tagsOn(id, asker) }];
}

/** A part of its policy. */
async function findAttachment({ values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const PolicyId = textOf(values, "policy_id") ?? "";
  const target = textOf(values, "target_id");
  const targets = await asker.once(`targets ${PolicyId}`, () =>
    allPages(async (NextToken) => {
      const answer = await asker.call(asking, (limit) =>
        clientOf(asker).send(new ListTargetsForPolicyCommand({ PolicyId, NextToken }), limit),
      );
      return { items: answer.Targets, next: answer.NextToken };
    }),
  );
  if (!targets.some(({ TargetId }) => TargetId === target)) return [];
  const what = `the policy ${PolicyId} on ${target}`;
  return [{ id: `${target}:${PolicyId}`, what, tags: await tagsOn(PolicyId, asker) }];
}

/** What Organizations refuses to make twice. */
export const organizationLookups = {
  aws_organizations_organization: { identity: [], isGlobal: true, find: findOrganization },
  aws_organizations_account: { identity: ["email"], isGlobal: true, find: findAccount },
  aws_organizations_organizational_unit: { identity: ["name", "parent_id"], isGlobal: true, find: findUnit },
  aws_organizations_policy: { identity: ["name"], isGlobal: true, find: findPolicy },
  aws_organizations_policy_attachment: {
    identity: ["policy_id", "target_id"],
    isGlobal: true,
    find: findAttachment,
  },
} as const satisfies Readonly<Record<string, Lookup>>;
