import fs from "node:fs";
import { join } from "node:path";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { projectRoot } from "../../fleet/project";
import type { Extension } from "../../stacks/extensions/extension";
import { type SynthesizedFleet, synthesizeFleet } from "../../stacks/testing";

/** As docs/extend.md shows it. */
const mailQueue: Extension = {
  name: "mail-queue",
  resourceTypes: { aws_sqs_queue: { holdsData: true, what: "messages until they are handled" } },
  target({ name, provider, scope, service }) {
    const queue = new SqsQueue(scope, "queue", { provider, name: name("queue"), sqsManagedSseEnabled: true });
    const hello = service("hello");
    hello.environment.set("MAIL_QUEUE_URL", queue.url);
    hello.allow({ actions: ["sqs:SendMessage"], resources: [queue.arn] });
  },
  cell({ name, provider, scope }) {
    new SqsQueue(scope, "queue", { provider, name: name("queue") });
  },
};

const text = `
fleet: acme
accounts:
  globex: { id: "333333333333" }
services:
  hello: { source: functions/hello/index.ts }
cells:
  globex: { stage: production, targets: { globex: [eu-central-1] } }
`;

/** Temporary folders that this process makes. */
const made = jest.spyOn(fs, "mkdtempSync");

describe("a synthesized fleet", () => {
  let fleet: SynthesizedFleet;

  beforeAll(async () => {
    fleet = await synthesizeFleet({ fleet: text, folder: projectRoot, extensions: [mailQueue] });
  });

  test("shows what an extension adds to a target, as a user would keep it", () => {
    const { resource } = fleet.target("globex", "eu-central-1");
    const { aws_iam_role_policy, aws_lambda_function, aws_sqs_queue } = resource;
    const [lambda] = Object.values(aws_lambda_function ?? {});
    expect({ aws_sqs_queue, aws_iam_role_policy, environment: lambda?.environment }).toMatchSnapshot();
  });

  test("has stacks of fronts, of data, and by name", () => {
    expect(Object.keys(fleet.front("globex").resource)).toContain("aws_cloudfront_distribution");
    expect(Object.values(fleet.data("globex").resource.aws_sqs_queue ?? {})).toMatchObject([
      { name: "acme_globex_mail-queue_queue_cell" },
    ]);
    expect(fleet.stack("globex_globex_eu-central-1")).toBe(fleet.target("globex", "eu-central-1"));
    expect(fleet.fleet.extensions.map(({ name }) => name)).toEqual(["mail-queue"]);
  });

  test("leaves nothing behind", () => {
    const folders = made.mock.results.map(({ value }) => String(value));
    expect(folders).toHaveLength(1);
    expect(folders.filter((folder) => fs.existsSync(folder))).toEqual([]);
  });

  test.each([
    ["a target", () => fleet.target("globex", "eu-west-1"), 'no target "globex eu-west-1"'],
    ["a cell", () => fleet.front("globx"), 'no cell "globx"'],
    ["a stack", () => fleet.stack("globex_frnt"), 'write "globex_front"'],
  ])("says what there is in the place of %s that is not there", (_, find, what) => {
    expect(find).toThrow(what);
  });
});

test("a fleet may be a file, and an account and region may be in several cells", async () => {
  const fleet = await synthesizeFleet({
    fleet: join(projectRoot, "__tests__", "e2e", "fixtures", "two-by-two", "fleet.yaml"),
  });
  const [cell] = fleet.fleet.cells;
  const [target] = cell?.targets ?? [];
  if (!cell || !target) throw new Error("the fixture has no target");
  const { account, region, stack } = target;
  expect(fleet.target(account.name, region, cell.name)).toBe(fleet.stack(stack));
});

test("where two cells share an account and a region, the cell has to be said", async () => {
  const shared = text.replace(
    "cells:",
    "cells:\n  other: { stage: production, targets: { globex: [eu-central-1] } }",
  );
  const fleet = await synthesizeFleet({ fleet: shared, folder: projectRoot });
  expect(() => fleet.target("globex", "eu-central-1")).toThrow("say which cell is meant: globex, other");
  expect(fleet.target("globex", "eu-central-1", "other")).toBe(fleet.stack("other_globex_eu-central-1"));
});

test("a fleet with errors is refused with all of them, each with its line", async () => {
  const wrong = text.replace("eu-central-1", "eu-centrl-1").replace("index.ts", "indx.ts");
  const synthesis = synthesizeFleet({ fleet: wrong, folder: projectRoot });
  await expect(synthesis).rejects.toThrow(/6:\d+ source-missing: [\s\S]*8:\d+ unknown-region: /);
  await expect(synthesis).rejects.toThrow(`sources are looked for in ${projectRoot}`);
});

test("an extension that does what none may is refused as in a deploy", async () => {
  const extension: Extension = { name: "own", target: ({ scope }) => void new SqsQueue(scope, "queue", {}) };
  await expect(
    synthesizeFleet({ fleet: text, folder: projectRoot, extensions: [extension] }),
  ).rejects.toThrow('extension "own" at globex_globex_eu-central-1/');
});
