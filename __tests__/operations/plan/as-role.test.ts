import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyAs, jsonAs, sessionAs, swapRole } from "../../../operations/plan/as-role";
import { fleetOf, smallFile } from "../../support/fleet";
import { synthTexts } from "../../support/synth";

const arn = (role: string) => `arn:aws:iam::333333333333:role/${role}`;
const swap = swapRole("meridian-plan", { backend: "local" });

test("the role of the same account takes the place of any other", () => {
  expect(swap(arn("meridian-deploy"))).toBe(arn("meridian-plan"));
  expect(swap(arn("path/of/another"))).toBe(arn("meridian-plan"));
});

test("but for the role of a state bucket that somebody else keeps", () => {
  const role = arn("terraform-state");
  const state = { backend: "s3", bucket: "b", region: "eu-central-1", prefix: "acme", role } as const;
  const other = swapRole("meridian-plan", { ...state, perAccount: false });
  expect([other(role), other(arn("meridian-deploy"))]).toEqual([role, arn("meridian-plan")]);
});

test("a session asks for it with the same name and external id", async () => {
  const assumeRole = jest.fn();
  const session = sessionAs({ environment: {}, onSlow: () => {}, assumeRole }, swap);
  await session.assumeRole({ arn: arn("meridian-deploy"), sessionName: "meridian-acme", externalId: "x1" });
  expect(assumeRole).toHaveBeenCalledWith({
    ...{ arn: arn("meridian-plan"), sessionName: "meridian-acme", externalId: "x1" },
  });
});

const deploy = { role_arn: arn("meridian-deploy"), external_id: "x1" };
const plan = { role_arn: arn("meridian-plan"), external_id: "x1" };

test("providers, the backend and the states that are read assume it, and nothing that is deployed changes", () => {
  const stack = (assumed: object) => ({
    provider: {
      aws: [{ alias: "a", assume_role: [assumed] }, { alias: "b" }],
      dns: { assume_role: assumed },
    },
    terraform: { backend: { s3: { bucket: "b", assume_role: assumed } }, required_providers: {} },
    data: {
      terraform_remote_state: { globex: { backend: "s3", config: { bucket: "b", assume_role: assumed } } },
      aws_iam_role: { a: { assume_role: deploy } },
    },
    resource: { aws_s3_bucket_policy: { a: { policy: arn("meridian-deploy"), assume_role: deploy } } },
    output: { role: { value: arn("meridian-deploy") } },
  });
  expect(JSON.parse(jsonAs(JSON.stringify(stack(deploy)), swap))).toEqual(stack(plan));
});

test("JSON with none of these stays as it is", () => {
  const text = `${JSON.stringify({ resource: { aws_thing: { a: {} } }, data: { aws_region: {} } }, null, 2)}\n`;
  expect(jsonAs(text, swap)).toBe(text);
});

test("no role but this one is assumed anywhere in what a fleet comes to", () => {
  const state = { backend: "s3", bucket: "acme", region: "eu-central-1", account: "delivery" } as const;
  const accounts = { ...smallFile.accounts, delivery: { id: "555555555555" } };
  const texts = [...synthTexts(fleetOf({ ...smallFile, accounts, state })).values()];
  expect(texts.length).toBeGreaterThan(2);
  for (const text of texts) {
    const assumed = [...jsonAs(text, swap).matchAll(/"role_arn": "([^"]*)"/g)];
    expect(assumed.length).toBeGreaterThan(0);
    for (const [, role] of assumed) expect(role).toMatch(/role\/meridian-plan$/);
  }
});

test("the copy of an output folder finds all that lies in it, but for what Terraform has initialized", async () => {
  const place = mkdtempSync(join(tmpdir(), "meridian-as-"));
  try {
    const from = join(place, "cdktf.out");
    const to = join(place, "copy");
    const stack = join(from, "stacks", "globex");
    mkdirSync(join(stack, ".terraform"), { recursive: true });
    mkdirSync(join(from, "bundles"));
    mkdirSync(to);
    writeFileSync(join(from, "bundles", "hello.zip"), "zip");
    writeFileSync(join(stack, "asset.txt"), "asset");
    writeFileSync(join(stack, ".terraform.lock.hcl"), "lock");
    writeFileSync(
      join(stack, "cdk.tf.json"),
      JSON.stringify({ provider: { aws: [{ assume_role: [deploy] }] } }),
    );
    await copyAs(from, to, [{ name: "globex" }], swap);
    const copy = join(to, "stacks", "globex");
    expect(readdirSync(copy).sort()).toEqual(["asset.txt", "cdk.tf.json"]);
    expect(readFileSync(join(copy, "../../bundles/hello.zip"), "utf8")).toBe("zip");
    expect(readFileSync(join(copy, "asset.txt"), "utf8")).toBe("asset");
    expect(JSON.parse(readFileSync(join(copy, "cdk.tf.json"), "utf8")).provider.aws[0].assume_role).toEqual([
      plan,
    ]);
    expect(lstatSync(join(copy, "cdk.tf.json")).isSymbolicLink()).toBe(false);
    expect(readFileSync(join(stack, "cdk.tf.json"), "utf8")).toContain("meridian-deploy");
    rmSync(to, { recursive: true });
    expect(existsSync(join(from, "bundles", "hello.zip"))).toBe(true);
  } finally {
    rmSync(place, { recursive: true });
  }
});
