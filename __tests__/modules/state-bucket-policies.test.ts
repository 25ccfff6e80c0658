import { decide } from "../../access/policy/decide";
import { type Call, requestOf, serviceRequestOf } from "../../access/policy/request";
import type { StateBucket } from "../../fleet/foundation/model";
import { policySize } from "../../fleet/policy-document";
import { stateBucketPolicy, stateKeyPolicy } from "../../modules/state-bucket-policies";
import { expectTight, type PolicyCase } from "../support/loosened";

const account = (name: string, id: string, deployRole = "meridian-deploy") => ({ name, id, deployRole });

const owner = account("tools", "111111111111");
const state: StateBucket = {
  account: owner,
  bucket: "acme-state",
  region: "eu-central-1",
  prefix: "acme",
  replica: { bucket: "acme-state-replica", region: "eu-west-1" },
  readers: [account("globex", "333333333333"), account("initech", "444444444444", "initech-deploy"), owner],
  planners: ["initech-plan", "meridian-plan"],
};

const deployer = "arn:aws:iam::333333333333:role/meridian-deploy";
const planner = "arn:aws:iam::333333333333:role/meridian-plan";
const initechPlanner = "arn:aws:iam::444444444444:role/initech-plan";
const own = "acme/333333333333/globex_front.tfstate";
const others = "acme/444444444444/initech_front.tfstate";

type Case = Partial<Call> & { readonly expected: PolicyCase["expected"] };

const cases = (defaults: Pick<Call, "action" | "resource" | "principal">, list: readonly Case[]) =>
  list.map(({ expected, ...call }) => ({
    expected,
    request: requestOf({
      region: "eu-central-1",
      resourceAccount: owner.id,
      ...defaults,
      ...call,
    }),
  }));

const object = (key: string, bucket = state.bucket) => `arn:aws:s3:::${bucket}/${key}`;
const named = (bucket: string) => `arn:aws:s3:::${bucket}`;

const objectCases = (bucket: string) =>
  cases({ action: "s3:GetObject", resource: object(own, bucket), principal: deployer }, [
    { expected: "allow" },
    { expected: "allow", action: "s3:PutObject" },
    { expected: "allow", action: "s3:PutObject", resource: object(`${own}.tflock`, bucket) },
    { expected: "allow", action: "s3:DeleteObject", resource: object(`${own}.tflock`, bucket) },
    {
      expected: "allow",
      principal: "arn:aws:iam::444444444444:role/initech-deploy",
      resource: object(others, bucket),
    },
    { expected: "allow", action: "s3:PutObject", resource: object("acme/333333333333/runs/a.json", bucket) },
    {
      expected: "nothing",
      principal: `arn:aws:iam::${owner.id}:role/meridian-deploy`,
      resource: object(others, bucket),
    },
    { expected: "nothing", resource: object(others, bucket) },
    { expected: "nothing", action: "s3:PutObject", resource: object(others, bucket) },
    { expected: "nothing", action: "s3:DeleteObject", resource: object(others, bucket) },
    { expected: "nothing", resource: object("acme/stray.tfstate", bucket) },
    { expected: "nothing", resource: object("other/333333333333/globex_front.tfstate", bucket) },
    { expected: "nothing", resource: object(own, "another-bucket") },
    { expected: "nothing", principal: "arn:aws:iam::333333333333:role/acme_globex_hello" },
    { expected: "nothing", principal: "arn:aws:iam::333333333333:user/meridian-deploy" },
    {
      expected: "nothing",
      principal: "arn:aws:iam::999999999999:role/meridian-deploy",
      resource: object("acme/999999999999/stray.tfstate", bucket),
    },
    { expected: "nothing", action: "s3:DeleteObjectVersion" },
    { expected: "allow", principal: planner },
    { expected: "nothing", principal: planner, resource: object(others, bucket) },
    {
      expected: "deny",
      principal: planner,
      action: "s3:PutObject",
      resource: object(`${own}.tflock`, bucket),
    },
    { expected: "deny", principal: planner, action: "s3:DeleteObject" },
    { expected: "allow", principal: initechPlanner, resource: object(others, bucket) },
    { expected: "deny", principal: initechPlanner, action: "s3:PutObject", resource: object(others, bucket) },
    {
      expected: "deny",
      principal: `arn:aws:iam::${owner.id}:role/meridian-plan`,
      action: "s3:PutObject",
      resource: object(`acme/${owner.id}/runs/a.json`, bucket),
    },
    { expected: "nothing", action: "s3:PutBucketPolicy", resource: named(bucket) },
    { expected: "deny", context: { "aws:SecureTransport": "false" } },
    {
      expected: "deny",
      context: { "aws:SecureTransport": "false" },
      action: "s3:PutBucketPolicy",
      resource: named(bucket),
    },
  ]);

const list = (bucket: string) =>
  cases({ action: "s3:ListBucket", resource: named(bucket), principal: deployer }, [
    { expected: "allow", context: { "s3:prefix": own } },
    { expected: "deny", context: { "s3:prefix": others } },
    { expected: "allow", context: { "s3:prefix": "acme/333333333333/releases/globex_front/" } },
    { expected: "deny", context: { "s3:prefix": "acme/" } },
    { expected: "deny" },
    // It also finds the parts of accounts that have left the fleet.
    {
      expected: "allow",
      principal: `arn:aws:iam::${owner.id}:role/meridian-deploy`,
      context: { "s3:prefix": "acme/" },
    },
    // The owning account's deploy role asks whether the bucket is there.
    { expected: "allow", principal: `arn:aws:iam::${owner.id}:role/meridian-deploy` },
    { expected: "nothing", principal: `arn:aws:iam::${owner.id}:role/acme_state_replication` },
    { expected: "nothing", resource: named("another-bucket"), context: { "s3:prefix": own } },
  ]);

const sse = "s3:x-amz-server-side-encryption";
const encryption = cases({ action: "s3:PutObject", resource: object(own), principal: deployer }, [
  { expected: "deny", context: { [sse]: "AES256" } },
  { expected: "deny", context: { [sse]: "aws:kms" } },
  {
    expected: "deny",
    context: {
      [sse]: "aws:kms",
      [`${sse}-aws-kms-key-id`]: "arn:aws:kms:eu-central-1:333333333333:key/mine",
    },
  },
  { expected: "deny", context: { [`${sse}-customer-algorithm`]: "AES256" } },
]);

describe("the state bucket's policy", () => {
  test("gives each account's deploy role its own prefix, over TLS, in the bucket's own encryption, and nothing else", () => {
    expectTight(stateBucketPolicy(state.bucket, state), [
      ...objectCases(state.bucket),
      ...list(state.bucket),
      ...encryption,
    ]);
  });

  test("is the same for the replica, but for the encryption, which S3 names when it copies", () => {
    const policy = stateBucketPolicy("acme-state-replica", state);
    expectTight(policy, [...objectCases("acme-state-replica"), ...list("acme-state-replica")]);
    expect(JSON.stringify(policy)).not.toContain("encryption");
  });

  test("needs the account to agree: it lets in nobody by itself", () => {
    const policies = {
      scps: [],
      identity: [],
      resource: { name: "bucket", document: stateBucketPolicy(state.bucket, state) },
    };
    const request = (principal: string, key: string) =>
      requestOf({
        action: "s3:GetObject",
        resource: object(key),
        region: state.region,
        principal,
        resourceAccount: owner.id,
      });
    expect(decide(policies, request(deployer, own))).toMatchObject({ allowed: false, reason: "no-allow" });
    const ownersRole = `arn:aws:iam::${owner.id}:role/meridian-deploy`;
    expect(decide(policies, request(ownersRole, `acme/${owner.id}/state.tfstate`))).toMatchObject({
      allowed: false,
    });
  });

  // S3 says the same of no condition on aws:PrincipalAccount: see there.
  test("allows nobody by the principal *, so that S3 does not take it for public", () => {
    const statements = [stateBucketPolicy(state.bucket, state).Statement].flat();
    const allowing = statements.filter(({ Effect }) => Effect === "Allow");
    expect(allowing.map(({ Principal }) => Principal)).toEqual([
      {
        AWS: [
          "arn:aws:iam::111111111111:root",
          "arn:aws:iam::333333333333:root",
          "arn:aws:iam::444444444444:root",
        ],
      },
    ]);
  });

  test("has room for 545 accounts", () => {
    const readers = Array.from({ length: 545 }, (_, index) =>
      account(`a${index}`, String(100_000_000_000 + index)),
    );
    const longest = { ...state, bucket: "b".repeat(55), prefix: "p".repeat(60), readers };
    expect(policySize(stateBucketPolicy(longest.bucket, longest))).toBeLessThan(20 * 1024);
    expect(policySize(stateKeyPolicy(state.region, longest))).toBeLessThan(32 * 1024);
  });

  test("does not hang on the order of the accounts", () => {
    const turned = { ...state, readers: [...state.readers].reverse() };
    expect(stateBucketPolicy(state.bucket, turned)).toEqual(stateBucketPolicy(state.bucket, state));
    expect(stateKeyPolicy(state.region, turned)).toEqual(stateKeyPolicy(state.region, state));
  });
});

describe("the key's policy", () => {
  const key = "arn:aws:kms:eu-central-1:111111111111:key/state";
  const viaS3 = { "kms:ViaService": "s3.eu-central-1.amazonaws.com" };

  test("lets the owning account manage it, and the deploy roles use it through S3 in its region", () => {
    expectTight(stateKeyPolicy(state.region, state), [
      ...cases({ action: "kms:Decrypt", resource: key, principal: deployer }, [
        { expected: "allow", context: viaS3 },
        { expected: "allow", context: viaS3, action: "kms:GenerateDataKey" },
        { expected: "allow", context: viaS3, principal: "arn:aws:iam::444444444444:role/initech-deploy" },
        { expected: "allow", context: viaS3, principal: planner },
        { expected: "nothing", context: viaS3, principal: planner.replace("333333333333", "999999999999") },
        { expected: "nothing" },
        { expected: "nothing", context: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } },
        { expected: "nothing", context: { "kms:ViaService": "lambda.eu-central-1.amazonaws.com" } },
        {
          expected: "nothing",
          context: viaS3,
          principal: "arn:aws:iam::333333333333:role/acme_globex_hello",
        },
        { expected: "nothing", context: viaS3, principal: "arn:aws:iam::999999999999:role/meridian-deploy" },
        { expected: "nothing", context: viaS3, action: "kms:ScheduleKeyDeletion" },
        {
          expected: "allow",
          action: "kms:ScheduleKeyDeletion",
          principal: "arn:aws:iam::111111111111:role/admin",
        },
        { expected: "nothing", action: "s3:GetObject", principal: "arn:aws:iam::111111111111:role/admin" },
      ]),
    ]);
  });

  test("lets in no service for itself", () => {
    const request = serviceRequestOf({
      action: "kms:Decrypt",
      resource: key,
      service: "s3.amazonaws.com",
      region: state.region,
      context: viaS3,
    });
    const policies = {
      scps: [],
      identity: [],
      resource: { name: "key", document: stateKeyPolicy(state.region, state) },
    };
    expect(decide(policies, request)).toMatchObject({ allowed: false });
  });
});
