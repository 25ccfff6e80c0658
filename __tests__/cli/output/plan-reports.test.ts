import { stripVTControlCharacters } from "node:util";
import { planMarkdown } from "../../../cli/output/plan-markdown";
import { planReport } from "../../../cli/output/plan-report";
import { type GrowingPicture, startPicture } from "../../../operations/plan/picture";
import type { Change, Group, Picture, Risk } from "../../../operations/plan/picture-schema";
import { fleetOfCells, helloFunction, planOf, resource, targetStacks } from "../../support/plans";
import { fc } from "../../support/properties";

const origin = { fleet: "acme", selection: {} };

const nothing: Picture = {
  version: 1,
  changed: [],
  unchanged: [],
  risks: [],
  groups: [],
  orphans: [],
  failed: [],
};
const report = (picture: Picture) => stripVTControlCharacters(planReport(picture));
const fleet = fleetOfCells(412);
const stacks = targetStacks(fleet);

function pictureOf(fill: (picture: GrowingPicture) => void, allAtOnce = false): Picture {
  const picture = startPicture(fleet, { allAtOnce: () => allAtOnce });
  fill(picture);
  return picture.finish({ unchanged: ["a_b_eu-west-3"], orphans: [], failed: [] });
}

const memoryEverywhere = pictureOf((picture) => {
  for (const stack of stacks) {
    picture.add(stack, planOf([helloFunction(fleet, stack, { memory_size: 256 }, { memory_size: 512 })]));
  }
}, true);

test("a change of the whole fleet is a few lines, the risk first", () => {
  expect(report(memoryEverywhere)).toBe(`medium risk traffic-at-once
    the new version of function hello takes all traffic in all cells and regions
    of its stage at once
    why: the new version takes all traffic everywhere at once, and a mistake in
         it reaches every viewer
    fix: give the stage waves with a canary first, or regions: one-at-a-time
    in: c0000_c0000-account_eu-central-1, c0001_c0001-account_eu-west-1,
        c0002_c0002-account_eu-central-1 and 409 more

memory of hello 256 to 512, the same in 412 stacks
  ~ function hello
      memory: 256 to 512
  in: c0000_c0000-account_eu-central-1, c0001_c0001-account_eu-west-1,
      c0002_c0002-account_eu-central-1 and 409 more
  risks: traffic-at-once

412 stacks change, 1 stays as it is
`);
});

test("a fleet that is as deployed is one line", () => {
  expect(report({ ...nothing, unchanged: ["a", "b"] })).toBe("Nothing to do: 2 stacks as deployed.\n");
});

test("what could not be planned, orphans and waiting cells are said", () => {
  const picture = {
    ...nothing,
    unchanged: ["a"],
    failed: [{ stack: "b", why: "eu-west-1 does not answer" }],
    orphans: [{ stack: "c", account: "111111111111", resources: [], why: "its cell is gone" }],
    waiting: ["d"],
  };
  expect(report(picture)).toBe(`Orphans: no longer in the fleet file, and still there
  c in 111111111111: 0 resources
      its cell is gone

Could not be planned
  x b
      eu-west-1 does not answer

Waiting for their accounts: d

0 stacks change, 1 stays as it is, 1 could not be planned; 1 orphan
`);
});

test("the comment says the same, folded", () => {
  expect(planMarkdown(memoryEverywhere, origin)).toContain(`## Plan of the fleet

- Fleet: \` acme \`
- Selected: \` all stacks \`

412 stacks change, 1 stays as it is.

### Risks

- **medium** \` traffic-at-once \`:`);
  expect(
    planMarkdown(memoryEverywhere, origin),
  ).toContain(`<details><summary><code>memory of hello 256 to 512, the same in 412 stacks</code></summary>

\`\`\`diff
~ function hello
    memory: 256 to 512
in: c0000_c0000-account_eu-central-1,`);
});

test("the comment begins with what it is of", () => {
  const selection = { stage: ["production"], region: ["eu-*"], withStack: ["pipeline"] };
  const of = { fleet: "acme", selection, revision: "c0ffee", execution: "4766939f" };
  expect(planMarkdown(nothing, of)).toBe(`## Plan of the fleet

- Fleet: \` acme \`
- Selected: \` --stage production --region eu-* --with-stack pipeline \`
- Sources: \` c0ffee \`
- Execution: \` 4766939f \`

0 stacks change, 0 stay as they are.
`);
});

test("nothing from a plan is read as Markdown, as HTML or as a mention", () => {
  const evil = "`` @octocat </code><img src=x> [a](http://x.example.com)\n\n# head ```";
  const change: Change = {
    ...{ address: "aws_x.y", subject: evil, type: "aws_x", actions: ["update"] },
    attributes: [{ path: "description", before: "a", after: evil }],
  };
  const group: Group = {
    title: evil,
    stacks: [evil],
    changes: [change],
    risks: [],
    recordsOnly: false,
    predicted: false,
    notes: [evil],
  };
  const failed = [{ stack: evil, why: evil }];
  const ofEvil = { fleet: evil, selection: { cell: [evil] }, revision: evil, execution: evil };
  const text = planMarkdown({ ...nothing, changed: [evil], groups: [group], failed }, ofEvil);
  expect(text).toContain("&lt;/code&gt;&lt;img src=x&gt;");
  expect(withoutCode(text)).not.toMatch(/@octocat|<img|\[a\]|# head/);
});

/** What a renderer would read outside of code. */
function withoutCode(text: string): string {
  return text
    .replace(/^(`{3,})diff\n[\s\S]*?^\1$/gm, "")
    .replace(/<code>[^<]*<\/code>/g, "")
    .replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, "");
}

const words = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.constantFrom(
    "`",
    "```",
    "é".repeat(400),
    "漢".repeat(300),
    "x".repeat(3000),
    "\u001b[31mred",
    "<b>",
    "a b c",
  ),
);
const risk: fc.Arbitrary<Risk> = fc.record({
  ...{ code: words, severity: fc.constantFrom("high" as const, "medium" as const, "low" as const) },
  ...{ subject: words, message: words, why: words, fix: words },
});
const change: fc.Arbitrary<Change> = fc.record({
  ...{ address: words, subject: words, type: words },
  actions: fc.constantFrom<Change["actions"]>(["update"], ["create"], ["delete", "create"], ["no-op"]),
  attributes: fc.array(fc.record({ path: words, before: words, after: words }), { maxLength: 12 }),
});
const group: fc.Arbitrary<Group> = fc.record({
  ...{
    title: words,
    stacks: fc.array(words, { minLength: 1, maxLength: 30 }),
    changes: fc.array(change, { maxLength: 5 }),
  },
  ...{ risks: fc.array(risk, { maxLength: 3 }), recordsOnly: fc.boolean(), predicted: fc.boolean() },
  notes: fc.array(words, { maxLength: 2 }),
});
/** Some of each, many times over. */
const many = <T>(of: fc.Arbitrary<T>) =>
  fc
    .tuple(fc.array(of, { maxLength: 4 }), fc.constantFrom(1, 40, 700))
    .map(([some, times]) => Array.from({ length: times }, () => some).flat());
const picture: fc.Arbitrary<Picture> = fc.record({
  version: fc.constant(1 as const),
  ...{ changed: many(words), unchanged: many(words), risks: many(risk), groups: many(group) },
  orphans: many(fc.record({ stack: words, account: words, why: words, resources: fc.constant([]) })),
  failed: many(fc.record({ stack: words, why: words })),
  waiting: many(words),
});

test("a comment is below 65,536 characters and bytes, whatever the fleet", () => {
  fc.assert(
    fc.property(picture, (each) => {
      const text = planMarkdown(each, origin);
      expect(text.length).toBeLessThan(65_536);
      expect(Buffer.byteLength(text)).toBeLessThan(65_536);
    }),
    { numRuns: 30 },
  );
});

test("a comment that has no room for all says how much is left out", () => {
  const groups = Array.from({ length: 3000 }, (_, index): Group => {
    const title = `change ${index}`;
    return {
      title,
      stacks: [`s${index}`],
      changes: [],
      risks: [],
      recordsOnly: false,
      predicted: false,
      notes: [],
    };
  });
  const text = planMarkdown({ ...nothing, groups }, origin);
  const shown = text.match(/change \d+/g)?.length ?? 0;
  expect(shown).toBeGreaterThan(300);
  expect(text).toContain(`and ${(3000 - shown).toLocaleString("en-US")} more groups, left out`);
});

test("no line of the report is wider than 80 columns, and none has what a terminal obeys", () => {
  fc.assert(
    fc.property(picture, (each) => {
      const text = report(each);
      expect(Math.max(...text.split("\n").map((line) => [...line].length))).toBeLessThanOrEqual(80);
      expect(planReport(each)).not.toContain("\u001b[31mred");
    }),
    { numRuns: 30 },
  );
});

const secret = fc.stringMatching(/^[a-zA-Z]{12}$/).map((text) => `SECRET${text}`);
const place = fc.constantFrom(
  "whole",
  "attribute",
  "nested",
  "list",
  "scalars",
  "environment",
  "output",
  "document",
  "container",
);

test("what Terraform marks as sensitive, and what an environment holds, is in no output", () => {
  fc.assert(
    fc.property(
      secret,
      secret,
      place,
      fc.constantFrom("before", "after", "both"),
      fc.boolean(),
      (one, two, where, side, isNew) => {
        const { output, resource: change } = hiding(where, one, two, side, isNew);
        const finished = pictureOf((picture) => {
          picture.add(
            stacks[0] as (typeof stacks)[number],
            planOf([change], { ...output, resource_drift: [change] }),
          );
        });
        for (const text of [JSON.stringify(finished), planReport(finished), planMarkdown(finished, origin)]) {
          expect(text).not.toMatch(/SECRET/);
        }
        expect(finished.changed).toHaveLength(1);
      },
    ),
  );
});

/** A resource, or an output, with two secrets in it. */
function hiding(where: string, one: string, two: string, side: string, isNew: boolean) {
  const type = where === "environment" || where === "container" ? "aws_x" : "aws_iam_role_policy";
  const document = (of: string) =>
    JSON.stringify({ Statement: [{ Effect: "Allow", Action: `s3:${of}`, Resource: "*" }] });
  const shapes: Readonly<
    Record<string, readonly [value: (of: string) => Readonly<Record<string, unknown>>, marks: unknown]>
  > = {
    whole: [(of) => ({ name: of }), true],
    attribute: [(of) => ({ name: of, policy: of, role: of }), { name: true, policy: true, role: true }],
    nested: [(of) => ({ rule: [{ name: of, other: 1 }] }), { rule: [{ name: true }] }],
    list: [(of) => ({ rule: [{ name: of }, { name: "b" }] }), { rule: [true, {}] }],
    scalars: [(of) => ({ names: ["a", of] }), { names: [false, true] }],
    environment: [(of) => ({ environment: [{ variables: { KEY: of } }] }), {}],
    document: [(of) => ({ policy: document(of) }), { policy: true }],
    container: [
      (of) => ({ definitions: JSON.stringify([{ environment: [{ name: "KEY", value: of }] }]) }),
      {},
    ],
    output: [() => ({ name: "a" }), {}],
  };
  const [shape, marks] = shapes[where] as NonNullable<(typeof shapes)[string]>;
  const changed = resource(`${type}.x`, {
    before: isNew ? null : shape(one),
    after: { ...shape(two), more: 1 },
    hiddenBefore: side === "after" ? {} : marks,
    hiddenAfter: side === "before" && !isNew ? {} : marks,
  });
  const value = {
    actions: ["update"],
    before: one,
    after: two,
    before_sensitive: true,
    after_sensitive: false,
  } as const;
  return { resource: changed, output: where === "output" ? { output_changes: { key: value } } : {} };
}
