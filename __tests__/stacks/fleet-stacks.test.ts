import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkFleet } from "../../check/load";
import { projectRoot } from "../../fleet/project";
import { type FleetStack, fleetStacks } from "../../fleet/stacks";
import { synthHere } from "../../stacks/synth-here";
import type { StackJson } from "../support/synth";

const folders = ["check", "e2e", "stacks"].map((name) => join(projectRoot, "__tests__", name, "fixtures"));
const files = [
  projectRoot,
  ...folders.flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(folder, name)),
  ),
].map((folder) => join(folder, "fleet.yaml"));

interface Made {
  readonly dependencies: readonly string[];
  readonly json: StackJson;
}

/** What the constructs of a stack came out as. */
function readStacks(outdir: string): ReadonlyMap<string, Made> {
  const { stacks } = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8"));
  return new Map(
    Object.entries(stacks as Record<string, { dependencies: string[]; synthesizedStackPath: string }>).map(
      ([name, { dependencies, synthesizedStackPath }]) => [
        name,
        { dependencies, json: JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8")) },
      ],
    ),
  );
}

/** The stacks whose outputs a stack reads. */
function readBy({ data = {} }: StackJson): readonly string[] {
  return Object.entries(data)
    .filter(([type]) => type === "terraform_remote_state")
    .flatMap(([, states]) => Object.keys(states));
}

/** All stacks that must be deployed before a stack. */
function allBefore(stacks: ReadonlyMap<string, FleetStack>, name: string): readonly string[] {
  const after = stacks.get(name)?.after ?? [];
  return after.flatMap((earlier) => [earlier, ...allBefore(stacks, earlier)]);
}

/** Every fixture that a synth takes, with the list of its stacks and what was made. */
async function synthesizeAll() {
  const outdir = mkdtempSync(join(tmpdir(), "meridian-stacks-"));
  try {
    const all: { file: string; listed: ReadonlyMap<string, FleetStack>; made: ReadonlyMap<string, Made> }[] =
      [];
    for (const file of files) {
      const { checked } = await checkFleet(file);
      if (!checked) continue;
      const folder = join(outdir, String(all.length));
      synthHere(checked, folder);
      const listed = new Map(fleetStacks(checked.fleet).map((stack) => [stack.name, stack]));
      all.push({ file, listed, made: readStacks(folder) });
    }
    return all;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

describe("the list of stacks, for every fixture that a synth takes,", () => {
  let fleets: Awaited<ReturnType<typeof synthesizeAll>>;

  beforeAll(async () => {
    fleets = await synthesizeAll();
  });

  test("has the stacks that were made, and each after those that its constructs depend on", () => {
    expect(fleets.length).toBeGreaterThan(20);
    for (const { file, listed, made } of fleets)
      expect({ file, stacks: [...made].map(([name, { dependencies }]) => [name, dependencies]) }).toEqual({
        file,
        stacks: [...listed.values()].map(({ after, name }) => [name, after]).sort(byFirst),
      });
  });

  test("has each stack after all those whose outputs it reads", () => {
    let reads = 0;
    for (const { listed, made } of fleets)
      for (const [name, { json }] of made)
        for (const producer of readBy(json)) {
          expect(allBefore(listed, name)).toContain(producer);
          reads += 1;
        }
    expect(reads).toBeGreaterThan(50);
  });

  test("comes in an order in which the stacks can be deployed", () => {
    for (const { listed } of fleets) {
      const order = [...listed.keys()];
      for (const { after, name } of listed.values())
        for (const earlier of after) expect(order.indexOf(earlier)).toBeLessThan(order.indexOf(name));
    }
  });

  test("has the data of a cell first, and nothing after it", () => {
    const data = fleets.flatMap(({ listed }) =>
      [...listed.values()].flatMap(({ kind, name }) => (kind === "data" ? [{ listed, name }] : [])),
    );
    expect(data.length).toBeGreaterThan(3);
    for (const { listed, name } of data) {
      const after = [...listed.values()].filter((stack) => stack.after.includes(name));
      expect(after).toEqual([]);
      const { cell } = listed.get(name) ?? {};
      const others = [...listed.values()].filter((stack) => stack.cell === cell && stack.kind !== "data");
      const order = [...listed.keys()];
      for (const other of others) expect(order.indexOf(name)).toBeLessThan(order.indexOf(other.name));
    }
  });

  test("names the account and the regions of each stack's providers", () => {
    for (const { listed, made } of fleets)
      for (const [name, { json }] of made) {
        const { account, regions } = listed.get(name) ?? {};
        expect(new Set(json.provider.aws.map(({ region }) => region))).toEqual(new Set(regions));
        for (const provider of json.provider.aws) expect(provider.allowed_account_ids).toEqual([account?.id]);
      }
  });
});

function byFirst([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}
