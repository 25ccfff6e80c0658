import { cellResidency } from "../../evidence/residency";
import { residencyMarkdown } from "../../evidence/residency-markdown";
import type { ExtensionFacts, Fleet, ResourceFacts } from "../../fleet/model";
import type { CellEntry, FleetFile } from "../../fleet/schema/fleet-file";
import { closedZone, onlyCell, onlyOf, type Spoiled, synthesizedOf, twoZones } from "./support";

type Spoil = (stacks: Readonly<Record<string, Spoiled>>) => void;

const tables: FleetFile["tables"] = {
  orders: { key: { id: "string" }, recovery: "7d" },
  visits: { key: { path: "string" }, replicate: "none", recovery: "off" },
};

/** A cell in one zone whose regions share a table, and each of which has another for itself. */
const closed: FleetFile = {
  ...closedZone,
  tables,
  cells: { globex: { ...(closedZone.cells.globex as CellEntry), home: "eu-west-1" } },
};

/** The evidence of a fleet's only cell. */
function residencyOf(file: FleetFile, spoil?: Spoil, extensions?: Fleet["extensions"]) {
  const { cell, fleet } = onlyCell(file);
  const found = cellResidency(synthesizedOf(fleet, spoil), cell, extensions);
  if (!found) throw new Error("the cell has no zone");
  return { ...found, page: residencyMarkdown(fleet, [found]) };
}

const whats = ({ errors }: ReturnType<typeof residencyOf>) => errors.map(({ what }) => what);

describe("tables", () => {
  test("are listed with each replica in its own region, and with the stream and the backups of each", () => {
    const { errors, regional } = residencyOf(closed);
    expect(errors).toEqual([]);
    const rows = regional.filter(({ type }) => type === "aws_dynamodb_table");
    expect(rows.map(({ address, days, place, stack }) => [stack, place?.region, address, days])).toEqual([
      ["globex_data", "eu-central-1", 'aws_dynamodb_table.orders.replica["eu-central-1"]', undefined],
      // AWS's default: hashicorp/aws 5.100.0 cannot say another.
      ["globex_data", "eu-central-1", 'aws_dynamodb_table.orders.replica["eu-central-1"].backups', 35],
      ["globex_data", "eu-central-1", 'aws_dynamodb_table.orders.replica["eu-central-1"].stream', undefined],
      ["globex_data_main_eu-central-1", "eu-central-1", "aws_dynamodb_table.visits", undefined],
      ["globex_data", "eu-west-1", "aws_dynamodb_table.orders", undefined],
      ["globex_data", "eu-west-1", "aws_dynamodb_table.orders.backups", 7],
      ["globex_data", "eu-west-1", "aws_dynamodb_table.orders.stream", undefined],
      ["globex_data_main_eu-west-1", "eu-west-1", "aws_dynamodb_table.visits", undefined],
    ]);
    expect(rows.every(({ knowledge, zones }) => knowledge.holdsData && zones.join() === "eu")).toBe(true);
  });

  test("stand on the page under the region of each copy, with what each kind of data is", () => {
    const { page } = residencyOf(closed);
    const [, frankfurt = ""] = page.split("### eu-central-1, account 333333333333: zone eu");
    const [section = ""] = frankfurt.split("###");
    expect(section).toContain('| `aws_dynamodb_table.orders.replica["eu-central-1"]` | globex_data | yes |');
    expect(section).toContain(
      '| `aws_dynamodb_table.orders.replica["eu-central-1"].backups` | globex_data | yes, of the last 35 days |',
    );
    for (const what of ["items, in the table and in its indexes", "each change of an item", "the items as"])
      expect(page).toContain(`| \`aws_dynamodb_table\` | its region | yes | ${what}`);
  });

  const replica = (region: unknown): Spoil => {
    return ({ globex_data }) => {
      onlyOf(globex_data, "aws_dynamodb_table").replica[0].region_name = region;
    };
  };

  test.each<[string, Spoil, string]>([
    ["outside the zone", replica("us-east-1"), "is in us-east-1, outside zone eu"],
    ["where the cell has no target", replica("eu-west-3"), "is in eu-west-3, where the cell has no target"],
    ["nobody knows where", replica(["eu-west-3"]), "does not say where it is"],
  ])("with a replica %s are one error, at the replica", (_, spoil, what) => {
    const found = residencyOf(closed, spoil);
    expect(whats(found)).toEqual([what]);
    expect(found.errors[0]?.address).toMatch(/^aws_dynamodb_table\.orders\.replica\["/);
  });

  test("that move with their provider are an error, shared or not", () => {
    const move = (stack: string, region: string) =>
      residencyOf(closed, (stacks) => {
        stacks[stack].provider.aws[0].region = region;
      });
    expect(whats(move("globex_data", "us-east-1"))).toEqual(["is in us-east-1, outside zone eu"]);
    expect(whats(move("globex_data_main_eu-west-1", "us-east-1"))).toEqual([
      "is in us-east-1, outside zone eu",
    ]);
  });
});

describe("in a cell of several zones", () => {
  const world = twoZones.cells.world as CellEntry;
  const shared: FleetFile = { ...twoZones, tables, cells: { world: { ...world, home: "eu-west-1" } } };

  test("what regions share is the data of every zone's viewers, and has to be in each", () => {
    expect(whats(residencyOf(shared))).toEqual([
      "is in eu-west-1, outside zone us",
      "is in eu-central-1, outside zone us",
      "is in us-east-1, outside zone eu",
    ]);
  });

  test("a table of one target belongs to its region, as the target does", () => {
    const own: FleetFile = { ...shared, tables: { visits: { key: { path: "string" }, replicate: "none" } } };
    expect(whats(residencyOf(own))).toEqual([]);
    const moved = residencyOf(own, (stacks) => {
      stacks["world_data_main_eu-west-1"].provider.aws[0].region = "us-east-1";
    });
    expect(whats(moved)).toEqual(["is in us-east-1, where its stack has no target"]);
  });

  test("the page says of shared data where it lies", () => {
    const one: FleetFile = {
      ...shared,
      cells: { world: { ...world, zones: ["eu"], targets: { main: ["eu-central-1"] }, home: undefined } },
    };
    const { errors, page } = residencyOf(one);
    expect(errors).toEqual([]);
    expect(page).toContain("or, where regions share it, in all zones of the cell.");
  });
});

describe("a type that only an extension knows", () => {
  const queue: Spoil = (stacks) => {
    stacks["globex_main_eu-west-1"].resource.aws_sqs_queue = {
      mail: { provider: "aws.main_eu_west_1" },
    };
  };
  const says = (name: string, facts: ResourceFacts): ExtensionFacts => ({
    name,
    adds: ["target"],
    deploy: [],
    resourceTypes: { aws_sqs_queue: facts },
  });
  const mail = says("mail", { holdsData: true, what: "messages until they are handled" });

  test("is an error until the extension says what it can hold", () => {
    const { errors } = residencyOf(closedZone, queue);
    expect(errors).toEqual([
      {
        stack: "globex_main_eu-west-1",
        address: "aws_sqs_queue.mail",
        what: "is of a type that Meridian does not know, aws_sqs_queue",
        why: "nobody has said whether it can hold viewers' data, and where AWS keeps that",
        fix: 'say so in resourceTypes of the extension that adds it: aws_sqs_queue: { holdsData: true, what: "…" }, or false',
      },
    ]);
    expect(residencyOf(closedZone, queue, [mail]).errors).toEqual([]);
  });

  test("has to be in the zone where it can hold data, and may be elsewhere where it cannot", () => {
    const away: Spoil = (stacks) => {
      const stack = stacks["globex_main_eu-west-1"];
      stack.provider.aws.push({ ...stack.provider.aws[0], alias: "away", region: "us-east-1" });
      stack.resource.aws_sqs_queue = { mail: { provider: "aws.away" } };
    };
    expect(residencyOf(closedZone, away, [mail]).errors).toMatchObject([
      { what: "is in us-east-1, outside zone eu", why: "it can hold messages until they are handled" },
    ]);
    const empty = says("mail", { holdsData: false, what: "nothing" });
    expect(residencyOf(closedZone, away, [empty]).errors).toEqual([]);
    // Two that do not agree: what holds data for one holds data.
    const other = says("a", { holdsData: false, what: "nothing" });
    expect(residencyOf(closedZone, away, [other, mail]).errors).toMatchObject([
      { what: "is in us-east-1, outside zone eu" },
    ]);
  });

  test("is told with who says so, and cannot be told otherwise where Meridian knows", () => {
    expect(residencyOf(closedZone, queue, [mail]).page).toContain(
      "| `aws_sqs_queue` | its region | yes | messages until they are handled | said by mail |",
    );
    const logs = {
      ...mail,
      resourceTypes: { aws_cloudwatch_log_group: { holdsData: false, what: "nothing" } },
    };
    const { regional } = residencyOf(closedZone, undefined, [logs]);
    const row = regional.find(({ type }) => type === "aws_cloudwatch_log_group");
    expect(row?.knowledge).toMatchObject({ holdsData: true });
  });
});
