import {
  CloudFrontClient,
  DescribeFunctionCommand,
  DescribeKeyValueStoreCommand,
  type DistributionSummary,
  ListCachePoliciesCommand,
  ListDistributionsCommand,
  ListOriginAccessControlsCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-cloudfront";
import { globalRegion } from "../../../fleet/geography/regions";
import { stackTag } from "../../../fleet/stack-mark";
import { allPages, unlessMissing } from "../../aws/answers";
import { type PlannedCreate, textOf } from "../planned";
import type { Asker } from "./asker";
import { type Found, type Lookup, tagsOf } from "./model";

const asking = "asking CloudFront";

const clientOf = (asker: Asker) => asker.client(CloudFrontClient, globalRegion);

/** All distributions of the account. */
function distributions(asker: Asker): Promise<readonly DistributionSummary[]> {
  return asker.once("distributions", () =>
    allPages(async (Marker) => {
      const { DistributionList: list } = await asker.call(asking, (limit) =>
        clientOf(asker).send(new ListDistributionsCommand({ Marker }), limit),
      );
      return { items: list?.Items, next: list?.IsTruncated ? list.NextMarker : undefined };
    }),
  );
}

function distributionTags(arn: string | undefined, asker: Asker) {
  return asker.once(`distribution ${arn}`, async () => {
    const { Tags } = await asker.call(asking, (limit) =>
      clientOf(asker).send(new ListTagsForResourceCommand({ Resource: arn }), limit),
    );
    return tagsOf(Tags?.Items);
  });
}

/** The tags of the distribution that a host name leads to; none where it leads elsewhere. */
export async function tagsBehind(host: string, asker: Asker): Promise<Readonly<Record<string, string>>> {
  const found = (await distributions(asker)).find(({ DomainName }) => DomainName === host);
  return found ? distributionTags(found.ARN, asker) : {};
}

/**
 * A distribution has no name, so it is looked for by its comment, and is the stack's by its tags. Another one with the same
 * comment does no harm.
 */
async function findDistribution({ values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const all = await distributions(asker);
  const alike = all.filter(({ Comment }) => Comment === textOf(values, "comment"));
  const tagged = await Promise.all(
    alike.map(
      async ({ ARN, Id = "" }): Promise<Found> => ({
        ...{ id: Id, what: `the distribution ${Id}` },
        tags: await distributionTags(ARN, asker),
      }),
    ),
  );
  return tagged.filter(({ tags }) => tags?.[stackTag] === asker.stack);
}

async function findFunction({ values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name") ?? "";
  const command = new DescribeFunctionCommand({ Name: name, Stage: "DEVELOPMENT" });
  const answer = asker.call(asking, (limit) => clientOf(asker).send(command, limit));
  const found = await unlessMissing(answer, "NoSuchFunctionExists");
  const comment = found?.FunctionSummary?.FunctionConfig?.Comment ?? "";
  return found ? [{ id: name, what: `the CloudFront function ${name}`, comment }] : [];
}

async function findStore({ values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name") ?? "";
  const command = new DescribeKeyValueStoreCommand({ Name: name });
  const answer = asker.call(asking, (limit) => clientOf(asker).send(command, limit));
  const found = await unlessMissing(answer, "EntityNotFound");
  const comment = found?.KeyValueStore?.Comment ?? "";
  return found ? [{ id: name, what: `the key-value store ${name}`, comment }] : [];
}

async function findAccessControl({ values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name") ?? "";
  const all = await asker.once("origin access controls", () =>
    allPages(async (Marker) => {
      const command = new ListOriginAccessControlsCommand({ Marker });
      const { OriginAccessControlList: list } = await asker.call(asking, (limit) =>
        clientOf(asker).send(command, limit),
      );
      return { items: list?.Items, next: list?.IsTruncated ? list.NextMarker : undefined };
    }),
  );
  return all
    .filter(({ Name }) => Name === name)
    .map(({ Description = "", Id = "" }) => ({
      ...{ id: Id, what: `the origin access control ${name} (${Id})` },
      comment: Description,
    }));
}

async function findCachePolicy({ values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name") ?? "";
  const all = await asker.once("cache policies", () =>
    allPages(async (Marker) => {
      const command = new ListCachePoliciesCommand({ Marker, Type: "custom" });
      const { CachePolicyList: list } = await asker.call(asking, (limit) =>
        clientOf(asker).send(command, limit),
      );
      return { items: list?.Items, next: list?.NextMarker };
    }),
  );
  return all.flatMap(({ CachePolicy: { CachePolicyConfig, Id = "" } = {} }) =>
    CachePolicyConfig?.Name === name
      ? [{ id: Id, what: `the cache policy ${name} (${Id})`, comment: CachePolicyConfig.Comment ?? "" }]
      : [],
  );
}

/** What CloudFront refuses to make twice, and distributions, of which it would make a second one. */
export const cloudFrontLookups = {
  aws_cloudfront_distribution: {
    identity: ["comment"],
    isGlobal: true,
    isUnique: false,
    find: findDistribution,
  },
  aws_cloudfront_function: { identity: ["name"], isGlobal: true, find: findFunction },
  aws_cloudfront_key_value_store: { identity: ["name"], isGlobal: true, find: findStore },
  aws_cloudfront_origin_access_control: { identity: ["name"], isGlobal: true, find: findAccessControl },
  aws_cloudfront_cache_policy: { identity: ["name"], isGlobal: true, find: findCachePolicy },
} as const satisfies Readonly<Record<string, Lookup>>;
