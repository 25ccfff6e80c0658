import { join } from "node:path";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import type { StackPlace } from "../../../operations/store/model";
import { AwsError, type HttpRequest } from "../../../sandbox/http";
import { smallFile } from "../../support/fleet";
import type { LocalAws } from "../../support/local-aws";
import { bucketStore, localStore, type TestStore } from "./stores";

let on: TestStore;
afterEach(() => on.close());

const summary = (places: readonly StackPlace[]) =>
  places.map(({ account, stack }) => `${account.name} ${stack}`);
const awsOf = ({ aws }: TestStore): LocalAws => {
  if (!aws) throw new Error("no AWS");
  return aws;
};
const accountOf = ({ headers }: HttpRequest) => /Credential=(\d{12})/.exec(headers.authorization ?? "")?.[1];
const resource = (arn: string) => ({
  resources: [{ mode: "managed", type: "a", name: "b", instances: [{ attributes: { arn } }] }],
});
const front = (store: TestStore): StackPlace => {
  const found = store.fleet.cells[0]?.front;
  if (!found) throw new Error("no front");
  return found;
};

describe("in a bucket with a part for each account", () => {
  test("states are found, of accounts that the fleet file does not have any more as well", async () => {
    on = await bucketStore();
    const { objects } = awsOf(on);
    for (const key of [
      ...["333333333333/globex_front", "333333333333/globex_globex_us-east-1", "111111111111/state"],
      ...["444444444444/newco_front", "444444444444/newco_a", "444444444444/newco_b", "444444444444/newco_c"],
    ]) {
      objects.set(`acme-state/acme/${key}.tfstate`, "{}");
    }
    objects.set("acme-state/acme/333333333333/globex_front.tfstate.tflock", "{}");
    objects.set("acme-state/acme/333333333333/releases/globex_front/a.tfstate", "{}");
    objects.set("acme-state/acme/other/globex_front.tfstate", "{}");
    const { places, unreadable } = await on.store.states();
    expect(summary(places)).toEqual([
      "tools state",
      "globex globex_front",
      "globex globex_globex_us-east-1",
      ...["a", "b", "c", "front"].map((name) => `444444444444 newco_${name}`),
    ]);
    expect(unreadable).toEqual([]);
    expect(places.at(-1)?.account).toEqual({
      ...{ name: "444444444444", id: "444444444444", deployRole: "deployer", externalId: "ours" },
    });
    // The account that owns the bucket lists it, and reads nothing of the others.
    expect(new Set(on.assumed.map(({ arn }) => arn))).toEqual(
      new Set(["arn:aws:iam::111111111111:role/meridian-deploy"]),
    );
  });

  test("states are found by each account where the owner cannot list them, and what fails hides nothing", async () => {
    on = await bucketStore();
    const aws = awsOf(on);
    aws.objects.set("acme-state/acme/333333333333/globex_front.tfstate", "{}");
    aws.before = (request) => {
      if (accountOf(request) === "111111111111") throw new AwsError(403, "AccessDenied", "denied");
    };
    const { places, unreadable } = await on.store.states();
    expect(summary(places)).toEqual(["globex globex_front"]);
    expect(unreadable).toEqual([
      { where: "s3://acme-state/acme/", why: "AccessDenied: denied" },
      { where: "s3://acme-state/acme/111111111111", why: "AccessDenied: denied" },
    ]);
  });

  test("each account reads and writes its own part, and the owner of the bucket the runs", async () => {
    on = await bucketStore();
    await on.store.state(front(on));
    await on.store.lock(front(on));
    await on.store.runs();
    expect(on.assumed).toEqual([
      {
        ...{ arn: "arn:aws:iam::333333333333:role/deployer", sessionName: "meridian-acme" },
        externalId: "ours",
      },
      { arn: "arn:aws:iam::111111111111:role/meridian-deploy", sessionName: "meridian-acme" },
    ]);
    expect(on.store.place).toBe("s3://acme-state/acme");
    expect(awsOf(on).calls.filter((call) => call.includes("runs"))).toEqual([
      "eu-west-3 GET /acme-state/?list-type=2&prefix=acme/111111111111/runs/&delimiter=/",
    ]);
  });
});

describe("what is put is encrypted as Terraform's backend has it:", () => {
  const own = { backend: "s3", bucket: "acme-state", region: "eu-west-3" } as const;
  test.each<[string, FleetFile["state"], readonly (string | undefined)[]]>([
    [
      "in a bucket that Meridian makes, by the bucket's own rule",
      { ...own, account: "tools" },
      [undefined, undefined],
    ],
    ["in one's own bucket, by S3's key", own, ["AES256", undefined]],
    ["with a key, by that", { ...own, kmsKey: "arn:k" }, ["aws:kms", "arn:k"]],
  ])("%s", async (_, state, expected) => {
    on = await bucketStore({ state });
    const seen: (string | undefined)[] = [];
    awsOf(on).before = ({ headers, method }) => {
      if (method !== "PUT") return;
      const header = "x-amz-server-side-encryption";
      seen.push(headers[header], headers[`${header}-aws-kms-key-id`]);
    };
    await on.store.saveRun({
      ...{ version: 1, id: "a", command: "deploy", arguments: [], fleet: "acme", started: "" },
      ...{ by: "", host: { name: "", pid: 1, started: "" }, stacks: {} },
    });
    expect(seen).toEqual(expected);
  });
});

describe("where all accounts share one place", () => {
  test("a state's account is known from the fleet, from its release, or from what is in it", async () => {
    on = await localStore();
    on.put("globex_front.tfstate", "");
    on.put(
      "globex_globex_us-east-1.tfstate",
      JSON.stringify(resource("arn:aws:lambda:us-east-1:333333333333:f")),
    );
    on.put(
      "newco_front.tfstate",
      JSON.stringify(resource("arn:aws:cloudfront::444444444444:distribution/E1")),
    );
    const account = { name: "initech", id: "555555555555", deployRole: "other" };
    on.put("releases/initech_front/2026-11-26T17-20-00Z-ab12cd34.json", JSON.stringify({ account }));
    on.put("initech_front.tfstate", JSON.stringify(resource("arn:aws:s3:::bucket")));
    on.put("gone.tfstate", JSON.stringify({ resources: [] }));
    on.put("riddle.tfstate", JSON.stringify(resource("arn:aws:s3:::bucket")));
    on.put("damaged.tfstate", "{");
    on.put("globex_front.tfstate.backup", "{}");
    const { places, unreadable } = await on.store.states();
    expect(summary(places)).toEqual([
      ...["globex globex_front", "globex globex_globex_us-east-1"],
      ...["444444444444 newco_front", "initech initech_front"],
    ]);
    expect(places.at(-1)?.account).toEqual(account);
    expect(places.at(-2)?.account.deployRole).toBe("meridian-deploy");
    expect(unreadable.map(({ where, why }) => [where.split("/").at(-1), why])).toEqual([
      ["damaged.tfstate", expect.stringContaining("damaged")],
      ["riddle.tfstate", expect.stringContaining("not in the fleet file")],
    ]);
    expect(on.store.place).toBe(join(on.folder, "terraform-state"));
  });

  test("nothing is there before the first deploy", async () => {
    on = await localStore();
    expect(await on.store.states()).toEqual({ places: [], unreadable: [] });
    expect(await on.store.runs()).toEqual([]);
    expect(await on.store.releases(front(on))).toEqual([]);
  });

  test("a role of the bucket reads and writes all of it", async () => {
    const role = "arn:aws:iam::222222222222:role/state";
    on = await bucketStore({
      ...smallFile,
      state: { backend: "s3", bucket: "acme-state", region: "eu-west-3", role },
    });
    awsOf(on).objects.set("acme-state/acme/globex_front.tfstate", "{}");
    expect(summary((await on.store.states()).places)).toEqual(["globex globex_front"]);
    await on.store.state(front(on));
    await on.store.runs();
    expect(on.assumed).toEqual([{ arn: role, sessionName: "meridian-acme" }]);
  });
});
