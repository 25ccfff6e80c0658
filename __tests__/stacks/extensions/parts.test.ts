import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { fleetStacks } from "../../../fleet/stacks";
import type { Extension } from "../../../stacks/extensions/extension";
import { type Job, type PartResult, partsOf, requireSuccess } from "../../../stacks/parts";
import { collectParts, synthHere, synthParts } from "../../../stacks/synth-here";
import { checkedOf, fleetOf, smallFile } from "../../support/fleet";

const queues: Extension = {
  name: "queues",
  target({ name, provider, scope, service }) {
    const queue = new SqsQueue(scope, "queue", { provider, name: name("queue") });
    service("hello").environment.set("QUEUE_URL", queue.url);
    service("hello").allow({ actions: ["sqs:SendMessage"], resources: [queue.arn] });
  },
};

/** More cells than a part has. */
const tenants = Array.from({ length: 10 }, (_, index) => `tenant-${String(index).padStart(2, "0")}`);
const file: FleetFile = {
  ...smallFile,
  accounts: Object.fromEntries(tenants.map((name, index) => [name, { id: String(100_000_000_000 + index) }])),
  cells: Object.fromEntries(
    tenants.map((name) => [
      name,
      { stage: "production", tenant: name, targets: { [name]: ["eu-central-1", "eu-west-1"] } },
    ]),
  ),
};

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "meridian-parts-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function filesIn(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map(({ name, parentPath }) => [
      join(parentPath, name).slice(folder.length),
      readFileSync(join(parentPath, name), "utf8"),
    ]),
  );
}

/** Two that take parts in turn, as threads do. */
function inTurn(extensions: readonly Extension[]): {
  readonly results: readonly PartResult[];
  readonly folder: string;
} {
  const checked = checkedOf(fleetOf(file, extensions));
  const folder = mkdtempSync(join(root, "out-"));
  const folders = ["a", "b"].map((name) => join(folder, ".synth", name));
  for (const each of folders) mkdirSync(each, { recursive: true });
  const next = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const job: Job = { checked, parts: partsOf(fleetStacks(checked.fleet)), next };
  const takers = folders.map((each) => synthParts(job, each, extensions));
  const results: PartResult[] = [];
  for (let busy = true; busy; ) {
    busy = false;
    for (const taker of takers) {
      const { done, value } = taker.next();
      if (done) continue;
      busy = true;
      results.push(value);
    }
  }
  if (!results.some((result) => "error" in result)) collectParts(checked, results, folders, folder);
  rmSync(join(folder, ".synth"), { recursive: true });
  return { results, folder };
}

test("several threads write what one app writes", () => {
  const here = mkdtempSync(join(root, "here-"));
  synthHere(checkedOf(fleetOf(file, [queues])), here, { extensions: [queues] });
  const { folder, results } = inTurn([queues]);
  expect(results).toHaveLength(2);
  expect(filesIn(folder)).toEqual(filesIn(here));
  expect(JSON.stringify(filesIn(here))).toContain("acme_tenant-09_queues_queue");
});

test("a mistake is the same in several threads", () => {
  const mistaken: Extension = {
    name: "mistaken",
    target({ cell, scope }) {
      if (cell.name >= "tenant-08") new SqsQueue(scope, "queue", {});
    },
  };
  const { results } = inTurn([mistaken]);
  const here = () =>
    synthHere(checkedOf(fleetOf(file, [mistaken])), mkdtempSync(join(root, "here-")), {
      extensions: [mistaken],
    });
  const thrown = thrownBy(() => requireSuccess(results));
  expect(thrown.message).toContain('extension "mistaken" at tenant-08_tenant-08_eu-central-1/');
  expect(thrown.message).toBe(thrownBy(here).message);
});

function thrownBy(work: () => void): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
