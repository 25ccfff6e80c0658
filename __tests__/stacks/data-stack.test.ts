import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf } from "../support/fleet";
import { onlyResource, type StackJson, stackOf, synthJson, synthTexts } from "../support/synth";
import { tablesFile } from "../support/tables";

describe("tables", () => {
  let texts: ReadonlyMap<string, string>;
  let stacks: ReadonlyMap<string, StackJson>;

  beforeAll(() => {
    texts = synthTexts(fleetOf(tablesFile));
    stacks = new Map([...texts].map(([name, text]) => [name, JSON.parse(text)]));
  });

  const table = (stack: string) => onlyResource(stackOf(stacks, stack), "aws_dynamodb_table");
  const targets = ["eu-central-1", "eu-north-1", "eu-west-1"].map((region) => `globex_globex_${region}`);

  test("that a cell's regions share are one in its home region, as Terraform reads it", () => {
    expect(texts.get("globex_data")).toMatchSnapshot();
  });

  test("that no region shares are one for each target, without replicas, in a stack of its own", () => {
    for (const region of ["eu-central-1", "eu-north-1", "eu-west-1"]) {
      const name = `globex_data_globex_${region}`;
      expect(stackOf(stacks, name).provider.aws.map((provider) => provider.region)).toEqual([region]);
      expect(table(name)).toMatchObject({
        name: "acme_globex_visits",
        hash_key: "path",
        attribute: [{ name: "path", type: "B" }],
        stream_view_type: "KEYS_ONLY",
        deletion_protection_enabled: true,
      });
      expect(table(name)).not.toHaveProperty("replica");
    }
  });

  test("say what is off: what is not said would stay as it was", () => {
    expect(table("globex_data_globex_eu-west-1")).toMatchObject({
      point_in_time_recovery: { enabled: false },
      server_side_encryption: { enabled: false },
      ttl: { enabled: false },
    });
  });

  test("give up soon on a region of a replica that is down, which no other stack asks", () => {
    const retries = [...stacks].flatMap(([name, { provider }]) =>
      provider.aws.flatMap(({ max_retries }) => (max_retries === undefined ? [] : [[name, max_retries]])),
    );
    expect(retries).toEqual([["globex_data", 8]]);
  });

  test("are called in plans what the fleet file calls them", () => {
    expect(Object.keys(stackOf(stacks, "globex_data").resource.aws_dynamodb_table ?? {})).toEqual(["orders"]);
  });

  test("are no business of a target's stack but by name: it reads no state and no output of theirs", () => {
    for (const name of targets) {
      const text = texts.get(name) ?? "";
      expect(text).toContain("acme_globex_orders");
      expect(text).not.toContain("globex_data");
      expect(stackOf(stacks, name).data ?? {}).not.toHaveProperty("terraform_remote_state");
    }
    expect(texts.get("globex_front")).not.toContain("globex_data");
  });

  test("give away no output but what every stack says of itself", () => {
    expect(Object.keys(stackOf(stacks, "globex_data").output).sort()).toEqual([
      "meridian_begun",
      "meridian_fingerprint",
    ]);
  });

  test("move no target: neither by their home, nor by the order of regions, nor by one more", () => {
    const [cell] = Object.values(tablesFile.cells);
    if (!cell) throw new Error("there is a cell");
    const changed = (file: FleetFile) => {
      const after = synthTexts(fleetOf(file));
      return [...texts.keys()].filter((name) => after.get(name) !== texts.get(name));
    };
    expect(changed({ ...tablesFile, cells: { globex: { ...cell, home: "eu-central-1" } } })).toEqual([
      "globex_data",
    ]);
    const turned = { globex: cell.targets.globex?.toReversed() ?? [] };
    expect(changed({ ...tablesFile, cells: { globex: { ...cell, targets: turned } } })).toEqual([
      "globex_front",
    ]);
    const more = { globex: [...(cell.targets.globex ?? []), "eu-south-1"] };
    expect(changed({ ...tablesFile, cells: { globex: { ...cell, targets: more } } })).toEqual([
      "globex_data",
      "globex_front",
    ]);
  });
});

test("a cell of one region has its shared table there, without replicas, and with the stream that these would need", () => {
  const cells = { globex: { stage: "production", targets: { globex: ["eu-central-1"] } } };
  const stack = stackOf(synthJson(fleetOf({ ...tablesFile, cells })), "globex_data");
  const table = onlyResource(stack, "aws_dynamodb_table");
  expect(table).toMatchObject({
    stream_enabled: true,
    stream_view_type: "NEW_AND_OLD_IMAGES",
    server_side_encryption: { kms_key_arn: "arn:aws:kms:eu-central-1:333333333333:key/mrk-0123" },
  });
  expect(table).not.toHaveProperty("replica");
});
