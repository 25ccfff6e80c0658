import {
  recordPolicy,
  replicationRolePolicy,
  stateOwnerPolicy,
  statePolicy,
  stateReadPolicy,
} from "../../../access/deploy-role/state";
import type { StateBucket } from "../../../fleet/foundation/model";
import { asked, bootstrapFleet, inOtherAccount, someScope } from "../../support/bootstrap-fleet";
import { expectTight } from "../../support/loosened";

const state = bootstrapFleet().stateBucket as StateBucket;
const bucket = "arn:aws:s3:::acme-state";
const replica = "arn:aws:s3:::acme-state-replica";
const own = "acme/333333333333/globex_front.tfstate";
const foreign = "acme/222222222222/globex_front.tfstate";
const key = (region: string) => `arn:aws:kms:${region}:333333333333:key/1`;
const through = (region: string) => ({ "kms:ViaService": `s3.${region}.amazonaws.com` });

test("the state of the own account's stacks can be read and written, in both buckets, and no other's", () => {
  expectTight(
    statePolicy(someScope, state).document,
    [bucket, replica]
      .flatMap((arn) => [
        asked("allow", "s3:ListBucket", arn, { "s3:prefix": own }),
        asked("nothing", "s3:ListBucket", arn, { "s3:prefix": foreign }),
        asked("nothing", "s3:ListBucket", arn),
        asked("nothing", "s3:ListBucketVersions", arn, { "s3:prefix": own }),
        asked("allow", "s3:PutObject", `${arn}/${own}`),
        asked("allow", "s3:DeleteObject", `${arn}/${own}.tflock`),
        asked("nothing", "s3:GetObject", `${arn}/${foreign}`),
        asked("nothing", "s3:DeleteObjectVersion", `${arn}/${own}`),
      ])
      .concat(
        asked("nothing", "s3:ListBucket", "arn:aws:s3:::other", { "s3:prefix": own }),
        asked("nothing", "s3:PutObject", `arn:aws:s3:::other/${own}`),
      )
      .concat(
        ["eu-central-1", "eu-west-1"].flatMap((region) => [
          asked("allow", "kms:Decrypt", key(region), through(region)),
          asked("nothing", "kms:Decrypt", key(region)),
          asked("nothing", "kms:DescribeKey", key(region), through(region)),
          asked("nothing", "kms:Decrypt", key("eu-west-3"), through(region)),
          asked("nothing", "kms:Decrypt", inOtherAccount(key(region)), through(region)),
          asked("nothing", "kms:Decrypt", key(region).replace("key/", "alias/"), through(region)),
        ]),
      ),
  );
});

test("whoever plans reads the same, and writes nothing: neither state nor lock", () => {
  expectTight(
    stateReadPolicy(someScope, state).document,
    [bucket, replica]
      .flatMap((arn) => [
        asked("allow", "s3:ListBucket", arn, { "s3:prefix": own }),
        asked("nothing", "s3:ListBucket", arn, { "s3:prefix": foreign }),
        asked("nothing", "s3:ListBucketVersions", arn, { "s3:prefix": own }),
        asked("allow", "s3:GetObject", `${arn}/${own}`),
        asked("nothing", "s3:PutObject", `${arn}/${own}.tflock`),
        asked("nothing", "s3:DeleteObject", `${arn}/${own}.tflock`),
        asked("nothing", "s3:GetObject", `${arn}/${foreign}`),
      ])
      .concat(
        asked("nothing", "s3:ListBucket", "arn:aws:s3:::other", { "s3:prefix": own }),
        asked("nothing", "s3:GetObject", `arn:aws:s3:::other/${own}`),
      )
      .concat(
        ["eu-central-1", "eu-west-1"].flatMap((region) => [
          asked("allow", "kms:Decrypt", key(region), through(region)),
          asked("nothing", "kms:Decrypt", key(region)),
          asked("nothing", "kms:GenerateDataKey", key(region), through(region)),
          asked("nothing", "kms:Decrypt", key("eu-west-3"), through(region)),
          asked("nothing", "kms:Decrypt", inOtherAccount(key(region)), through(region)),
          asked("nothing", "kms:Decrypt", key(region).replace("key/", "alias/"), through(region)),
        ]),
      ),
  );
});

test("the records of rollouts can be kept, and no state touched", () => {
  const part = (name: string) => `acme/333333333333/${name}/1.json`;
  expectTight(
    recordPolicy(someScope, state).document,
    [bucket, replica]
      .flatMap((arn) => [
        ...["runs", "rollouts"].flatMap((name) => [
          asked("allow", "s3:ListBucket", arn, { "s3:prefix": part(name) }),
          asked("allow", "s3:GetObject", `${arn}/${part(name)}`),
          asked("allow", "s3:PutObject", `${arn}/${part(name)}`),
          asked("nothing", "s3:DeleteObjectVersion", `${arn}/${part(name)}`),
          asked("nothing", "s3:PutObject", `${arn}/${part(name)}`.replace("333333333333", "222222222222")),
        ]),
        asked("allow", "s3:DeleteObject", `${arn}/${part("rollouts")}`),
        asked("nothing", "s3:DeleteObject", `${arn}/${part("runs")}`),
        asked("nothing", "s3:ListBucket", arn, { "s3:prefix": own }),
        asked("nothing", "s3:ListBucket", arn),
        asked("nothing", "s3:ListBucketVersions", arn, { "s3:prefix": part("runs") }),
        asked("nothing", "s3:GetObject", `${arn}/${own}`),
        asked("nothing", "s3:PutObject", `${arn}/${own}`),
        asked("nothing", "s3:DeleteObject", `${arn}/${own}.tflock`),
      ])
      .concat(
        ["runs", "rollouts"].flatMap((name) => [
          asked("nothing", "s3:ListBucket", "arn:aws:s3:::other", { "s3:prefix": part(name) }),
          ...["GetObject", "PutObject", "DeleteObject"].map((operation) =>
            asked("nothing", `s3:${operation}`, `arn:aws:s3:::other/${part(name)}`),
          ),
        ]),
      )
      .concat(
        ["eu-central-1", "eu-west-1"].flatMap((region) => [
          asked("allow", "kms:Decrypt", key(region), through(region)),
          asked("allow", "kms:GenerateDataKey", key(region), through(region)),
          asked("nothing", "kms:Decrypt", key(region)),
          asked("nothing", "kms:DescribeKey", key(region), through(region)),
          asked("nothing", "kms:Decrypt", key("eu-west-3"), through(region)),
          asked("nothing", "kms:Decrypt", inOtherAccount(key(region)), through(region)),
          asked("nothing", "kms:Decrypt", key(region).replace("key/", "alias/"), through(region)),
        ]),
      ),
  );
});

test("in the account that owns the buckets, they and their keys can be made and changed, and not deleted", () => {
  const alias = key("eu-central-1").replace("key/1", "alias/acme_state");
  const role = "arn:aws:iam::333333333333:role/acme_state_replication";
  const toS3 = { "iam:PassedToService": "s3.amazonaws.com" };
  expectTight(stateOwnerPolicy(someScope, state).document, [
    asked("allow", "s3:PutBucketPolicy", bucket),
    asked("allow", "s3:PutReplicationConfiguration", bucket),
    asked("nothing", "s3:DeleteBucket", bucket),
    asked("nothing", "s3:PutBucketPolicy", "arn:aws:s3:::other"),
    asked("allow", "kms:CreateKey", "*"),
    ...["eu-central-1", "eu-west-1"].flatMap((region) => [
      asked("allow", "kms:PutKeyPolicy", key(region)),
      asked("nothing", "kms:ScheduleKeyDeletion", key(region)),
      asked("nothing", "kms:PutKeyPolicy", inOtherAccount(key(region))),
      asked("nothing", "kms:PutKeyPolicy", key(region).replace("key/", "alias/")),
      asked("nothing", "kms:CreateAlias", inOtherAccount(key(region))),
      asked("nothing", "kms:CreateAlias", key(region).replace("key/1", "alias/other")),
      asked("nothing", "kms:CreateAlias", inOtherAccount(alias).replace("eu-central-1", region)),
      asked("nothing", "kms:CreateAlias", key(region).replace("key/", "grant/")),
    ]),
    asked("nothing", "kms:PutKeyPolicy", key("us-east-1")),
    asked("nothing", "kms:CreateAlias", key("us-east-1")),
    asked("nothing", "kms:CreateAlias", alias.replace("eu-central-1", "us-east-1")),
    asked("allow", "kms:CreateAlias", alias),
    asked("allow", "iam:PassRole", role, toS3),
    asked("nothing", "iam:PassRole", role, { "iam:PassedToService": "lambda.amazonaws.com" }),
    asked("nothing", "iam:PassRole", role.replace("acme_", "other_"), toS3),
    asked("nothing", "iam:PassRole", inOtherAccount(role), toS3),
    asked("nothing", "iam:CreateRole", role, toS3),
  ]);
});

test("the role for the replication is made within the boundary", () => {
  const role = "arn:aws:iam::333333333333:role/acme_state_replication";
  const bound = { "iam:PermissionsBoundary": "arn:aws:iam::333333333333:policy/deployer-boundary" };
  expectTight(replicationRolePolicy(someScope).document, [
    asked("allow", "iam:CreateRole", role, bound),
    asked("nothing", "iam:CreateRole", role),
    asked("nothing", "iam:CreateRole", role.replace("acme_", "other_"), bound),
    asked("nothing", "iam:CreateRole", inOtherAccount(role), bound),
    asked("allow", "iam:DeleteRole", role),
    asked("nothing", "iam:DeleteRole", role.replace("acme_", "other_")),
    asked("nothing", "iam:DeleteRole", inOtherAccount(role)),
    asked("nothing", "iam:AttachRolePolicy", role, bound),
  ]);
});
