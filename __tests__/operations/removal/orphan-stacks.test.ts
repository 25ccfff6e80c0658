import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lockFile } from "../../../fleet/provider-lock";
import { fleetStacks } from "../../../fleet/stacks";
import { findOrphans } from "../../../operations/plan/orphans";
import { dataTypesOf } from "../../../operations/plan/resource-types";
import { readStackText } from "../../../operations/plan/stack-json";
import { frontsBeside, readFronts } from "../../../operations/removal/deployed-fronts";
import {
  inLeavingAccounts,
  type OrphanStack,
  orphanStack,
  readOrphans,
  stacksOfOrphans,
} from "../../../operations/removal/orphan-stacks";
import type { StackState } from "../../../operations/store/model";
import { fleetOf, smallFile } from "../../support/fleet";
import { tableState } from "../../support/states";
import { localStore, type TestStore } from "../store/stores";

const name = "globex_globex_eu-west-3";
const host = "abc.lambda-url.eu-west-3.on.aws";

function json(fingerprint: string, id = "333333333333"): string {
  return JSON.stringify({
    provider: {
      aws: [
        {
          ...{ alias: "globex_eu_west_3", region: "eu-west-3", allowed_account_ids: [id] },
          default_tags: [{ tags: { "meridian:cell": "globex", "meridian:stage": "production" } }],
        },
      ],
    },
    output: { meridian_fingerprint: { value: fingerprint } },
  });
}

function stateText(fingerprint: string, resources: readonly object[] = [url]): string {
  const outputs = { meridian_fingerprint: { value: fingerprint } };
  return JSON.stringify({ version: 4, serial: 1, lineage: "l", outputs, resources });
}

const url = {
  ...{ mode: "managed", type: "aws_lambda_function_url", name: "hello", provider: "p" },
  instances: [
    {
      attributes: {
        arn: "arn:aws:lambda:eu-west-3:333333333333:function:x",
        function_url: `https://${host}/`,
      },
    },
  ],
};

describe("orphans", () => {
  let lying: TestStore;
  let outdir: string;
  let folder: string;

  beforeEach(async () => {
    lying = await localStore();
    outdir = join(lying.folder, "cdktf.out");
    folder = join(lying.folder, "orphans");
  });
  afterEach(() => lying.close());

  function putJson(text: string, where = outdir) {
    mkdirSync(join(where, "stacks", name), { recursive: true });
    writeFileSync(join(where, "stacks", name, "cdk.tf.json"), text);
  }

  async function release(fingerprint: string, at: string, keepsProviderLock = false) {
    putJson(json(fingerprint));
    const account = { name: "globex", id: "333333333333", deployRole: "meridian-deploy" };
    await lying.store.saveRelease(
      { stack: name, account },
      { fingerprint, at, by: "me", folder: outdir, keepsProviderLock },
    );
  }

  async function read(known: readonly string[] = []) {
    const { orphans } = await findOrphans(lying.fleet, lying.store);
    return readOrphans(orphans, new Set(known), lying.store, { outdir, folder });
  }

  test("have the JSON of the release that their state shows, and what its tags say", async () => {
    await release("old", "2026-11-26T10:00:00Z");
    await release("new", "2026-11-26T11:00:00Z");
    lying.put(`${name}.tfstate`, stateText("old"));
    const { usable } = await read();
    expect(usable).toMatchObject([
      {
        stack: { name, kind: "target", regions: ["eu-west-3"], cell: "globex", stage: "production" },
        ...{ hosts: [host], data: [], kept: [] },
      },
    ]);
    expect(await readStackText(folder, name)).toBe(json("old"));
  });

  test("go by the provider lock file of that release, where it was deployed with one", async () => {
    lying.put(`${name}.tfstate`, stateText("x"));
    await release("x", "2026-11-26T10:00:00Z");
    expect((await read()).usable).toMatchObject([{ keepsProviderLock: false }]);
    writeFileSync(join(outdir, "stacks", name, lockFile), "locked");
    await release("x", "2026-11-26T11:00:00Z", true);
    expect((await read()).usable).toMatchObject([{ keepsProviderLock: true }]);
  });

  test("have that of the newest release where the state shows none of them", async () => {
    await release("old", "2026-11-26T10:00:00Z");
    await release("new", "2026-11-26T11:00:00Z");
    lying.put(`${name}.tfstate`, stateText("of a deploy by cdktf"));
    await read();
    expect(await readStackText(folder, name)).toBe(json("new"));
  });

  test("have that of the output folder where no release was kept, if it is of their account", async () => {
    lying.put(`${name}.tfstate`, stateText("x"));
    expect((await read()).unusable).toMatchObject([{ why: expect.stringContaining("by hand: check out") }]);
    putJson(json("x", "999999999999"));
    expect((await read()).unusable).toHaveLength(1);
    putJson(json("x"));
    expect((await read()).usable).toHaveLength(1);
  });

  test("are left where the fleet has a stack of their name in another account", async () => {
    await release("x", "2026-11-26T10:00:00Z");
    lying.put(`${name}.tfstate`, stateText("x"));
    expect((await read([name])).unusable).toMatchObject([
      { why: expect.stringContaining("in another account") },
    ]);
  });

  test("are none where nothing is left in their state, which is told apart", async () => {
    await release("x", "2026-11-26T10:00:00Z");
    lying.put(`${name}.tfstate`, stateText("x", []));
    expect(await findOrphans(lying.fleet, lying.store)).toMatchObject({
      orphans: [],
      empty: [{ stack: name }],
    });
  });
});

test.each([
  ["globex_data", "data"],
  ["globex_data_globex_eu-west-3", "data"],
  ["globex_front", "front"],
  ["globex_globex_eu-west-3", "target"],
  ["initech_data", "target"],
])("by its name and its tags, %s was a stack of kind %s", (stack, kind) => {
  const account = { name: "globex", id: "333333333333", deployRole: "meridian-deploy" };
  const orphan = { stack, account, regions: [], resources: [], why: "" };
  const state = tableState("eu-west-3");
  const found = orphanStack(orphan, json("f"), state, dataTypesOf([]));
  expect(found.stack).toMatchObject({ name: stack, kind, cell: "globex", regions: ["eu-west-3"] });
  expect(found).toMatchObject({ kept: [], data: [{ name: "acme_globex_orders", regions: ["eu-west-3"] }] });
});

test("a front that has a host among its origins uses it; one that cannot be read may", async () => {
  const account = { name: "globex", id: "333333333333", deployRole: "meridian-deploy" };
  const origin = [{ domain_name: host }];
  const front: StackState["resources"][number] = {
    ...{ mode: "managed" as const, type: "aws_cloudfront_distribution", name: "x", provider: "p" },
    instances: [{ attributes: { origin } }],
  };
  const state: StackState = { serial: 1, lineage: "l", outputs: {}, resources: [front] };
  const fronts = await readFronts({ state: async () => state }, [{ stack: "globex_front", account }]);
  expect(fronts.uses([host])).toBe("globex_front, as it is deployed, still sends requests to it");
  expect(fronts.uses(["other.example.com"])).toBeUndefined();
  const broken = await readFronts({ state: () => Promise.reject(new Error("no answer")) }, [
    { stack: "globex_front", account },
  ]);
  expect(broken.uses([host])).toContain("is not known: no answer");
  expect(broken.uses([])).toBeUndefined();
});

describe("orphans beside the stacks of a fleet", () => {
  const fleet = fleetOf(smallFile);
  const stacks = fleetStacks(fleet);
  const { account } = stacks[0] as (typeof stacks)[number];
  const orphan = (stack: string, id = account.id) => ({
    ...{ stack, account: { ...account, id }, regions: ["eu-west-3"], resources: [], why: "" },
  });
  const taken = { name, kind: "target" as const, account, regions: [], after: [] };

  test("are known by little more than their names where they cannot be read", () => {
    const usable = { orphan: orphan(name), stack: taken } as unknown as OrphanStack;
    const unusable = { orphan: orphan("globex_gone"), why: "no release was kept" };
    expect(stacksOfOrphans({ orphans: [usable], unusable: [unusable] })).toEqual([
      taken,
      { name: "globex_gone", kind: "target", account, regions: ["eu-west-3"], after: [] },
    ]);
  });

  test("are in accounts that leave where no stack is deployed there any more", () => {
    const stranger = orphan("initech_front", "999999999999");
    expect(inLeavingAccounts({ fleet, stacks }, [orphan(name), stranger])).toEqual([stranger]);
  });

  test("may be fronts, as far as they are not taken away", () => {
    const fronts = frontsBeside(stacks, [orphan(name), orphan("initech_front")], [taken]);
    expect(fronts.map(({ stack }) => stack)).toEqual(["globex_front", "initech_front"]);
  });
});
