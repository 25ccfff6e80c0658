import { requestOf, serviceRequestOf } from "../../access/policy/request";
import type { PolicyDocument } from "../../fleet/policy-document";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf, smallFile } from "../support/fleet";
import { expectTight } from "../support/loosened";
import { onlyResource, type StackJson, stackOf, synthJson, synthTexts } from "../support/synth";

const file: FleetFile = {
  ...smallFile,
  defaults: { tags: { owner: "platform" } },
  accounts: { ...smallFile.accounts, tools: { id: "111111111111" }, newco: { email: "aws@example.com" } },
  state: {
    backend: "local",
    account: "tools",
    bucket: "acme-state",
    region: "eu-central-1",
    replica: "eu-west-1",
  },
};

const without = (key: "account" | "replica"): FleetFile => ({
  ...file,
  state: { ...file.state, [key]: undefined } as FleetFile["state"],
});

describe("the state stacks", () => {
  let state: StackJson;
  let replica: StackJson;

  beforeAll(() => {
    const stacks = synthJson(fleetOf(file));
    [state, replica] = [stackOf(stacks, "state"), stackOf(stacks, "state_replica")];
  });

  test("have one provider each, in the account that owns the buckets", () => {
    const tools = { allowed_account_ids: ["111111111111"] };
    expect(state.provider.aws).toMatchObject([
      { ...tools, alias: "tools_eu_central_1", region: "eu-central-1" },
    ]);
    expect(replica.provider.aws).toMatchObject([{ ...tools, alias: "tools_eu_west_1", region: "eu-west-1" }]);
    expect(state.provider.aws[0]?.default_tags).toEqual([
      { tags: { "meridian:fleet": "acme", "meridian:stack": "state", owner: "platform" } },
    ]);
  });

  test("have a bucket and a key each, with names of their own", () => {
    expect(onlyResource(state, "aws_s3_bucket").bucket).toBe("acme-state");
    expect(onlyResource(replica, "aws_s3_bucket").bucket).toBe("acme-state-replica");
    expect(onlyResource(state, "aws_kms_alias").name).toBe("alias/acme_state");
    expect(onlyResource(replica, "aws_kms_alias").name).toBe("alias/acme_state_replica");
  });

  test("let in the accounts that have an id by now", () => {
    const ids = String(onlyResource(state, "aws_s3_bucket_policy").policy).match(/\d{12}(?=:root)/g);
    expect(ids).toEqual(["111111111111", "333333333333"]);
  });

  test("let a closed account in no longer", () => {
    const closed = {
      ...file.accounts,
      globex: { id: "333333333333", closed: true },
      other: { id: "555555555555" },
    };
    const cells = {
      globex: { ...smallFile.cells.globex, targets: { other: ["eu-central-1"] } },
    } as FleetFile["cells"];
    const stack = stackOf(synthJson(fleetOf({ ...file, accounts: closed, cells })), "state");
    expect(String(onlyResource(stack, "aws_s3_bucket_policy").policy)).not.toContain("333333333333");
  });

  test("copy encrypted objects and deletions to the replica, in the replica's key", () => {
    expect(onlyResource(state, "aws_s3_bucket_replication_configuration").rule).toEqual([
      {
        id: "state",
        status: "Enabled",
        priority: 1,
        filter: {},
        delete_marker_replication: { status: "Enabled" },
        source_selection_criteria: { sse_kms_encrypted_objects: { status: "Enabled" } },
        destination: {
          bucket: "arn:aws:s3:::acme-state-replica",
          encryption_configuration: {
            replica_kms_key_id: `\${data.terraform_remote_state.state_replica.outputs.key}`,
          },
        },
      },
    ]);
    expect(replica.output.key?.value).toMatch(/aws_kms_key\..*\.arn/);
    expect(replica.resource).not.toHaveProperty("aws_s3_bucket_replication_configuration");
  });

  test("copy with a role that can do nothing else", () => {
    const role = onlyResource(state, "aws_iam_role");
    expect(role).toMatchObject({ name: "acme_state_replication" });
    expect(role).not.toHaveProperty("permissions_boundary");
    const [key, replicaKey] = [
      "arn:aws:kms:eu-central-1:111111111111:key/a",
      "arn:aws:kms:eu-west-1:111111111111:key/b",
    ];
    const text = String(onlyResource(state, "aws_iam_role_policy").policy)
      .replace(/\$\{aws_kms_key\.[^}]*\}/, key)
      .replace(/\$\{data\.[^}]*\}/, replicaKey);
    expectTight(JSON.parse(text) as PolicyDocument, replicationCases(key, replicaKey));
  });

  test("let S3 alone take on that role", () => {
    const trust = JSON.parse(String(onlyResource(state, "aws_iam_role").assume_role_policy));
    const resource = "arn:aws:iam::111111111111:role/acme_state_replication";
    const call = { action: "sts:AssumeRole", resource, region: "eu-central-1" };
    expectTight(trust, [
      { expected: "allow", request: serviceRequestOf({ ...call, service: "s3.amazonaws.com" }) },
      { expected: "nothing", request: serviceRequestOf({ ...call, service: "lambda.amazonaws.com" }) },
      {
        expected: "nothing",
        request: serviceRequestOf({ ...call, service: "s3.amazonaws.com", action: "sts:TagSession" }),
      },
    ]);
  });

  test("bound that role where the account asks for it", () => {
    const bounded: FleetFile = {
      ...file,
      accounts: {
        management: { id: "999999999999" },
        globex: { id: "333333333333", unit: "workloads" },
        tools: { id: "111111111111", unit: "workloads" },
      },
      organization: { management: "management", units: ["workloads"] },
      bootstrap: {},
    };
    const stack = stackOf(synthJson(fleetOf(bounded)), "state");
    expect(onlyResource(stack, "aws_iam_role").permissions_boundary).toBe(
      "arn:aws:iam::111111111111:policy/meridian-deploy-boundary",
    );
  });
});

function replicationCases(key: string, replicaKey: string) {
  const viaS3 = (region: string) => ({ "kms:ViaService": `s3.${region}.amazonaws.com` });
  const request = (action: string, resource: string, context: Readonly<Record<string, string>> = {}) =>
    requestOf({
      action,
      resource,
      region: "eu-central-1",
      principal: "arn:aws:iam::111111111111:role/acme_state_replication",
      context,
    });
  const object = (bucket: string) => `arn:aws:s3:::${bucket}/acme/333333333333/globex_front.tfstate`;
  const allowed = [
    ...["GetReplicationConfiguration", "ListBucket"].map((name) =>
      request(`s3:${name}`, "arn:aws:s3:::acme-state"),
    ),
    ...["GetObjectVersionAcl", "GetObjectVersionForReplication", "GetObjectVersionTagging"].map((name) =>
      request(`s3:${name}`, object("acme-state")),
    ),
    ...["ReplicateDelete", "ReplicateObject", "ReplicateTags"].map((name) =>
      request(`s3:${name}`, object("acme-state-replica")),
    ),
    request("kms:Decrypt", key, viaS3("eu-central-1")),
    request("kms:Encrypt", replicaKey, viaS3("eu-west-1")),
    request("kms:GenerateDataKey", replicaKey, viaS3("eu-west-1")),
  ];
  const refused = [
    request("s3:PutReplicationConfiguration", "arn:aws:s3:::acme-state"),
    request("s3:ListBucket", "arn:aws:s3:::acme-state-replica"),
    request("s3:GetObject", object("acme-state")),
    request("s3:GetObjectVersionForReplication", object("acme-state-replica")),
    request("s3:ReplicateObject", object("acme-state")),
    request("s3:PutObject", object("acme-state-replica")),
    request("s3:DeleteObject", object("acme-state-replica")),
    request("kms:Decrypt", key),
    request("kms:Decrypt", key, viaS3("eu-west-1")),
    request("kms:Encrypt", key, viaS3("eu-central-1")),
    request("kms:Encrypt", replicaKey),
    request("kms:Encrypt", replicaKey, viaS3("eu-central-1")),
    request("kms:Decrypt", replicaKey, viaS3("eu-west-1")),
    ...[key, replicaKey].flatMap((arn) => {
      const action = arn === key ? "kms:Decrypt" : "kms:Encrypt";
      const context = viaS3(arn === key ? "eu-central-1" : "eu-west-1");
      const others = [/[^/]*$/, /[a-z]+-[a-z]+-\d/, /\d{12}/].map((part, index) =>
        arn.replace(part, ["other", "us-east-1", "999999999999"][index] ?? ""),
      );
      return others.map((other) => request(action, other, context));
    }),
  ];
  return [
    ...allowed.map((request) => ({ request, expected: "allow" as const })),
    ...refused.map((request) => ({ request, expected: "nothing" as const })),
  ];
}

test("without a replica there is one stack, and nothing is copied", () => {
  const stacks = synthJson(fleetOf(without("replica")));
  expect([...stacks.keys()]).not.toContain("state_replica");
  const state = stackOf(stacks, "state");
  expect(Object.keys(state.resource).filter((type) => /replication|iam/.test(type))).toEqual([]);
  expect(Object.keys(state.data ?? {})).toEqual(["aws_partition"]); // The fingerprint's: it asks nobody.
});

test("a bucket that is there already has no stack", () => {
  expect([...synthJson(fleetOf(without("account"))).keys()].filter((name) => /^state/.test(name))).toEqual(
    [],
  );
});

test("keys of the fleet file carry no order", () => {
  const turned = { ...file, accounts: Object.fromEntries(Object.entries(file.accounts).reverse()) };
  const [one, other] = [synthTexts(fleetOf(file)), synthTexts(fleetOf(turned))];
  for (const name of ["state", "state_replica"]) expect(other.get(name)).toBe(one.get(name));
});

test("a fleet's account that comes later changes policies only", () => {
  const more = { ...file, accounts: { ...file.accounts, newco: { id: "666666666666" } } };
  const changed = (before: StackJson, after: StackJson) =>
    Object.keys(after.resource).filter(
      (type) => JSON.stringify(before.resource[type]) !== JSON.stringify(after.resource[type]),
    );
  const [one, other] = [synthJson(fleetOf(file)), synthJson(fleetOf(more))];
  for (const name of ["state", "state_replica"]) {
    expect(changed(stackOf(one, name), stackOf(other, name))).toEqual([
      "aws_kms_key",
      "aws_s3_bucket_policy",
    ]);
  }
});
