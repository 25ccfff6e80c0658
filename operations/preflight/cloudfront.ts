import {
  CloudFrontClient,
  ListCachePoliciesCommand,
  ListDistributionsCommand,
  ListFunctionsCommand,
  ListKeyValueStoresCommand,
  ListOriginAccessControlsCommand,
} from "@aws-sdk/client-cloudfront";
import { globalRegion } from "../../fleet/geography/regions";
import type { Cell } from "../../fleet/model";
import { cellName, nameLimits } from "../../fleet/names";
import type { AccountAsker } from "../aws/account-asker";
import { allPages } from "../aws/answers";
import { type AccountScope, type Answer, type Check, type Room, roomAnswer } from "./model";
import { type Quota, quotaActions, quotaOf, raiseQuota } from "./quotas";

/** One kind of what fronts are made of, of which an account may have so many. */
interface Part {
  readonly subject: string;
  readonly nouns: Room["nouns"];
  readonly action: string;
  /** A quota, or the number on AWS's page where Service Quotas does not have it. */
  readonly limit: Quota | FixedLimit;
  /** What tells them apart: names, or comments. */
  readonly needed: (cell: Cell) => readonly string[];
  /** What tells those apart that are in the account. */
  readonly list: (asker: AccountAsker) => Promise<readonly string[]>;
}

/** A limit that no call tells. */
interface FixedLimit {
  readonly documented: number;
  /** Whether AWS may have raised it for the account. */
  readonly adjustable: boolean;
}

/** What limits an account: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const parts: readonly Part[] = [
  {
    subject: "CloudFront distributions",
    nouns: ["distribution", "distributions"],
    action: "cloudfront:ListDistributions",
    limit: cloudFrontQuota("L-24B04930"),
    // A distribution has no name; this is its comment.
    needed: ({ fleet, name }) => [`${fleet} ${name}`],
    list: distributions,
  },
  {
    subject: "CloudFront cache policies",
    nouns: ["cache policy", "cache policies"],
    action: "cloudfront:ListCachePolicies",
    limit: cloudFrontQuota("L-7D134442"),
    needed: cachePolicies,
    list: (asker) =>
      listed(asker, async (client, options, Marker) => {
        const command = new ListCachePoliciesCommand({ Type: "custom", Marker });
        const { CachePolicyList: list } = await client.send(command, options);
        const names = (list?.Items ?? []).map(({ CachePolicy: one }) => one?.CachePolicyConfig?.Name ?? "");
        return { items: names, next: list?.NextMarker };
      }),
  },
  {
    subject: "CloudFront functions",
    nouns: ["function", "functions"],
    action: "cloudfront:ListFunctions",
    limit: { documented: 100, adjustable: false },
    needed: ({ fleet, name }) => [cellName(nameLimits.edgeFunction, fleet, name)],
    list: (asker) =>
      listed(asker, async (client, options, Marker) => {
        const command = new ListFunctionsCommand({ Stage: "DEVELOPMENT", Marker });
        const { FunctionList: list } = await client.send(command, options);
        return { items: (list?.Items ?? []).map(({ Name }) => Name ?? ""), next: list?.NextMarker };
      }),
  },
  {
    subject: "CloudFront key-value stores",
    nouns: ["key-value store", "key-value stores"],
    action: "cloudfront:ListKeyValueStores",
    limit: { documented: 50, adjustable: true },
    needed: ({ front }) => [front.keyValueStore],
    list: (asker) =>
      listed(asker, async (client, options, Marker) => {
        const { KeyValueStoreList: list } = await client.send(
          new ListKeyValueStoresCommand({ Marker }),
          options,
        );
        return { items: (list?.Items ?? []).map(({ Name }) => Name ?? ""), next: list?.NextMarker };
      }),
  },
  {
    subject: "CloudFront access controls",
    nouns: ["origin access control", "origin access controls"],
    action: "cloudfront:ListOriginAccessControls",
    limit: { documented: 100, adjustable: true },
    needed: ({ fleet, name }) => [cellName(nameLimits.originAccessControl, fleet, name)],
    list: (asker) =>
      listed(asker, async (client, options, Marker) => {
        const command = new ListOriginAccessControlsCommand({ Marker });
        const { OriginAccessControlList: list } = await client.send(command, options);
        const names = (list?.Items ?? []).map(({ Name }) => Name ?? "");
        return { items: names, next: list?.IsTruncated ? list.NextMarker : undefined };
      }),
  },
];

/** Room for the fronts of an account, and whether AWS lets the account have one at all. */
export function cloudFrontChecks({ account, fleet, stacks }: AccountScope): readonly Check[] {
  if (!stacks.some(({ kind }) => kind === "front")) return [];
  const cells = fleet.cells.filter(({ front }) => front.account.id === account.id);
  return [verifiedCheck(), ...parts.map((part) => partCheck(part, cells))];
}

/** What the fronts of some cells need of each kind, by the kind's subject. */
export function frontNeeds(cells: readonly Cell[]): ReadonlyMap<string, readonly string[]> {
  return new Map(parts.map(({ needed, subject }) => [subject, [...new Set(cells.flatMap(needed))]]));
}

function partCheck({ action, limit, list, needed, nouns, subject }: Part, cells: readonly Cell[]): Check {
  const names = new Set(cells.flatMap(needed));
  return {
    subject,
    region: globalRegion,
    asks: "code" in limit ? [action, ...quotaActions] : [action],
    ask: async (asker) => {
      const [there, most] = await Promise.all([
        list(asker),
        "code" in limit ? quotaOf(limit, asker) : limit.documented,
      ]);
      const already = new Set(there.filter((name) => names.has(name))).size;
      const answer = roomAnswer({
        ...{ nouns, limit: most, there: there.length, needed: names.size, already },
        raise: (total) => ("code" in limit ? raiseQuota(limit, total) : raiseFixed(limit, nouns[1])),
      });
      // Nobody but AWS knows whether it was raised.
      if (answer.status === "fails" && "documented" in limit && limit.adjustable)
        return { ...answer, status: "unknown", found: `${answer.found}, unless AWS has raised it` };
      return answer;
    },
  };
}

/**
 * AWS keeps new accounts from CloudFront until somebody has asked its support: CreateDistribution is then refused with
 * `AccessDenied: Your account must be verified before you can add new CloudFront resources`, seen e.g. in
 * https://github.com/hashicorp/terraform-provider-aws/pull/36663. No call that only reads tells; what tells is a distribution
 * that is there.
 */
function verifiedCheck(): Check {
  return {
    subject: "CloudFront verification",
    region: globalRegion,
    asks: ["cloudfront:ListDistributions"],
    ask: async (asker): Promise<Answer> => {
      const isProven = (await distributions(asker)).length > 0;
      return {
        status: isProven ? "fine" : "note",
        needed: "an account that AWS lets have distributions",
        found: isProven
          ? "it has some"
          : 'it has none, and only the first shows whether AWS still has to verify the account ("Your account must be verified before you can add new CloudFront resources")',
        raise:
          "if the account is new, make a distribution in its console, or ask AWS Support from this account to verify it for CloudFront, some days ahead: https://console.aws.amazon.com/support/home",
      };
    },
  };
}

function cloudFrontQuota(code: string): Quota {
  return { service: "cloudfront", code, region: globalRegion };
}

function raiseFixed({ adjustable }: FixedLimit, many: string): string {
  return adjustable
    ? `ask AWS Support from this account for more ${many}: https://console.aws.amazon.com/support/home`
    : "AWS does not raise it: give some fronts an account of their own (`front.account`)";
}

/** One for each time to live among the routes of a cell, and one for what is not kept. */
function cachePolicies({ fleet, name, services }: Cell): readonly string[] {
  const routes = services.flatMap((service) => service.routes);
  // Without a route for all the rest, the default behaviour keeps nothing.
  const rest = routes.some(({ path }) => path === "/*") ? [] : [undefined];
  return [...new Set([...routes.map(({ ttl }) => ttl), ...rest])].map((ttl) =>
    cellName(nameLimits.cachePolicy, fleet, name, ...(ttl === undefined ? [] : [String(ttl)])),
  );
}

/** Comments of all distributions. */
function distributions(asker: AccountAsker): Promise<readonly string[]> {
  return asker.once("distributions", () =>
    listed(asker, async (client, options, Marker) => {
      const { DistributionList: list } = await client.send(new ListDistributionsCommand({ Marker }), options);
      const comments = (list?.Items ?? []).map(({ Comment }) => Comment ?? "");
      return { items: comments, next: list?.IsTruncated ? list.NextMarker : undefined };
    }),
  );
}

/** All of a list of CloudFront's. */
function listed(
  asker: AccountAsker,
  page: (
    client: CloudFrontClient,
    options: { readonly abortSignal: AbortSignal },
    marker: string | undefined,
  ) => Promise<{ readonly items: readonly string[]; readonly next?: string }>,
): Promise<readonly string[]> {
  const client = asker.client(CloudFrontClient, globalRegion);
  return allPages((marker) => asker.call("asking CloudFront", (options) => page(client, options, marker)));
}
