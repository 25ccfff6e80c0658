import { cloudFrontChecks, frontNeeds } from "../../../operations/preflight/cloudfront";
import { fleetOf, smallFile } from "../../support/fleet";
import { onlyResource, stackOf, synthJson } from "../../support/synth";
import { missing } from "../recovery/fake-aws";
import { answerTo, scopeOf } from "./support";

const fleet = fleetOf({
  ...smallFile,
  services: {
    hello: {
      source: "functions/hello/index.ts",
      routes: [{ path: "/*", cache: { ttl: 60 } }, "/api/*", { path: "/a", cache: { ttl: 5 } }],
    },
  },
});
const checks = cloudFrontChecks(scopeOf(fleet, "globex"));

const list = (Items: readonly object[]) => ({ Items, IsTruncated: false });
const distributions = (...comments: readonly string[]) => ({
  ListDistributions: () => ({ DistributionList: list(comments.map((Comment) => ({ Comment }))) }),
});
const quota = (Value: number) => ({ GetServiceQuota: () => ({ Quota: { Value } }) });

test("what is needed is what the synthesized front has, under the same names", () => {
  const front = stackOf(synthJson(fleet), "globex_front");
  const namesOf = (type: string) =>
    Object.values(front.resource[type] ?? {}).map(({ comment, name }) => name ?? comment);
  expect(Object.fromEntries(frontNeeds(fleet.cells))).toEqual({
    "CloudFront distributions": [onlyResource(front, "aws_cloudfront_distribution").comment],
    "CloudFront cache policies": expect.arrayContaining(namesOf("aws_cloudfront_cache_policy")),
    "CloudFront functions": namesOf("aws_cloudfront_function"),
    "CloudFront key-value stores": namesOf("aws_cloudfront_key_value_store"),
    "CloudFront access controls": namesOf("aws_cloudfront_origin_access_control"),
  });
  const policies = frontNeeds(fleet.cells).get("CloudFront cache policies");
  expect(policies).toHaveLength(namesOf("aws_cloudfront_cache_policy").length);
});

test("what no route is for is not kept, by a policy of its own", () => {
  const hello = { source: "functions/hello/index.ts", routes: [{ path: "/a", cache: { ttl: 5 } }] };
  const { cells } = fleetOf({ ...smallFile, services: { hello } });
  expect(frontNeeds(cells).get("CloudFront cache policies")).toEqual(["acme_globex_5", "acme_globex"]);
});

test("there has to be room for the distributions that are not there yet", async () => {
  const subject = "CloudFront distributions";
  const others = { ...distributions("a", "b"), ...quota(2) };
  expect(await answerTo(checks, subject, others)).toEqual({
    status: "fails",
    needed: "1 distribution",
    found: "2 of at most 2",
    raise:
      "aws service-quotas request-service-quota-increase --region us-east-1 --service-code cloudfront --quota-code L-24B04930 --desired-value 3",
  });
  const ours = { ...distributions("a", "acme globex"), ...quota(2) };
  expect(await answerTo(checks, subject, ours)).toMatchObject({
    status: "fine",
    needed: "1 distribution, 1 of them there",
  });
});

test("a quota that was never changed is AWS's default", async () => {
  const asked: string[] = [];
  const byDefault = {
    ...distributions("a", "b"),
    GetServiceQuota: missing("NoSuchResourceException"),
    GetAWSDefaultServiceQuota: () => ({ Quota: { Value: 500 } }),
  };
  const answer = await answerTo(checks, "CloudFront distributions", byDefault, asked);
  expect(answer).toMatchObject({ status: "fine", found: "2 of at most 500" });
  expect(asked).toContain("us-east-1 GetAWSDefaultServiceQuota");
});

test("a quota that Service Quotas could not find out is not taken for a number", async () => {
  const failing = {
    ...distributions(),
    GetServiceQuota: () => ({
      Quota: { ErrorReason: { ErrorCode: "DEPENDENCY_ACCESS_DENIED_ERROR", ErrorMessage: "no" } },
    }),
  };
  const ask = answerTo(checks, "CloudFront distributions", failing);
  await expect(ask).rejects.toThrow("DEPENDENCY_ACCESS_DENIED_ERROR: no");
});

test("of cache policies, only those of the account's own count, over all pages", async () => {
  const policy = (Name: string) => ({ CachePolicy: { CachePolicyConfig: { Name } } });
  const pages = {
    ListCachePolicies: ({ Marker, Type }: Readonly<Record<string, unknown>>) => ({
      CachePolicyList:
        Type !== "custom"
          ? list([policy("AWS's own")])
          : Marker === undefined
            ? { Items: [policy("a")], NextMarker: "more" }
            : { Items: [policy("acme_globex_60")] },
    }),
    ...quota(4),
  };
  expect(await answerTo(checks, "CloudFront cache policies", pages)).toMatchObject({
    status: "fine",
    needed: "3 cache policies, 1 of them there",
    found: "2 of at most 4",
  });
});

test("whether a limit was raised that no call tells is not known", async () => {
  const stores = Array.from({ length: 50 }, (_, number) => ({ Name: `store-${number}` }));
  const full = { ListKeyValueStores: () => ({ KeyValueStoreList: { Items: stores } }) };
  expect(await answerTo(checks, "CloudFront key-value stores", full)).toMatchObject({
    status: "unknown",
    found: "50 of at most 50, unless AWS has raised it",
    raise: expect.stringContaining("ask AWS Support from this account for more key-value stores"),
  });
  const functions = Array.from({ length: 100 }, (_, number) => ({ Name: `function-${number}` }));
  const fixed = { ListFunctions: () => ({ FunctionList: { Items: functions } }) };
  expect(await answerTo(checks, "CloudFront functions", fixed)).toMatchObject({ status: "fails" });
});

test("an account without any distribution may have to be verified first, which nobody can read", async () => {
  const subject = "CloudFront verification";
  expect(await answerTo(checks, subject, distributions())).toMatchObject({
    status: "note",
    found: expect.stringContaining(
      "Your account must be verified before you can add new CloudFront resources",
    ),
    raise: expect.stringContaining("AWS Support"),
  });
  expect(await answerTo(checks, subject, distributions("a"))).toMatchObject({ status: "fine" });
});

test("an account whose front is not selected is not asked", () => {
  const scope = scopeOf(fleet, "globex");
  const stacks = scope.stacks.filter(({ kind }) => kind !== "front");
  expect(cloudFrontChecks({ ...scope, stacks })).toEqual([]);
});
