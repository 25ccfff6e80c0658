import { AwsError } from "../http";
import { listTags, type Operation, readTagKeys } from "../protocols/json";
import type { Organization } from "./model";
import { forManagement, type OrganizationStore, required } from "./store";
import { requireTarget } from "./tree";

/**
 * The tags in a request, `[{ Key, Value }]`; none where the member is missing.
 *
 * @throws {AwsError} InvalidInputException, where a key is missing or comes twice
 */
export function readTags(value: unknown): ReadonlyMap<string, string> {
  const list = Array.isArray(value) ? (value as readonly { Key?: unknown; Value?: unknown }[]) : [];
  const tags = new Map<string, string>();
  for (const { Key, Value } of list) {
    if (typeof Key !== "string" || Key === "" || tags.has(Key)) {
      throw new AwsError(400, "InvalidInputException", `DUPLICATE_TAG_KEY or no key: ${Key}`);
    }
    tags.set(Key, typeof Value === "string" ? Value : "");
  }
  return tags;
}

/** @throws {AwsError} TargetNotFoundException, where nothing of that id can be tagged */
function requireTaggable(store: OrganizationStore, organization: Organization, id: string): string {
  return organization.policies.has(id) ? id : requireTarget(store, organization, id).id;
}

/** Tags of the root, units, accounts and policies. */
export function tagOperations(store: OrganizationStore): Readonly<Record<string, Operation>> {
  return forManagement(store, {
    TagResource: (input, organization) => {
      const id = requireTaggable(store, organization, required(input, "ResourceId"));
      const before = organization.tags.get(id) ?? new Map<string, string>();
      organization.tags.set(id, new Map([...before, ...readTags(input.Tags)]));
      return {};
    },
    UntagResource: (input, organization) => {
      const id = requireTaggable(store, organization, required(input, "ResourceId"));
      const keys = readTagKeys(input.TagKeys);
      const before = organization.tags.get(id) ?? new Map<string, string>();
      organization.tags.set(id, new Map([...before].filter(([key]) => !keys.includes(key))));
      return {};
    },
    ListTagsForResource: (input, organization) => {
      const id = requireTaggable(store, organization, required(input, "ResourceId"));
      const tags = organization.tags.get(id) ?? new Map<string, string>();
      return { Tags: listTags(tags) };
    },
  });
}
