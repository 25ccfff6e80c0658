import { codesOf, findingsOf } from "../support/findings";

/** A fleet of two stages with nothing to find in it but what the lines bring. */
const fleet = (...lines: readonly string[]) =>
  [
    "fleet: acme",
    'accounts: { a: { id: "111111111111" }, b: { id: "222222222222" }, c: { id: "333333333333" } }',
    "services: { hello: { source: a.ts, routes: [/api/*, /*] } }",
    "cells:",
    ...Object.entries({ a: "staging", b: "production", c: "production" }).map(
      ([name, stage]) =>
        `  ${name}: { stage: ${stage}, tenant: ${name}, targets: { ${name}: [eu-central-1, eu-west-1] } }`,
    ),
    ...lines,
  ].join("\n");

const inOrder = "stages: [staging, production]";
const production = (settings: string) => fleet(inOrder, `rollout: { production: { ${settings} } }`);
const fixesOf = (text: string) => findingsOf(text).map(({ fix }) => fix);

test.each([
  "waves: [[b], [c]]",
  "waves: [[b], 100%]",
  "waves: [[c], 10%, 100%]",
  "waves: [100%, [b]]",
  "waves: [1, 1]",
  "waves: [50%, 50%]",
  "verify: { path: /api/health }",
  "verify: { path: / }, rollback: automatic",
  "rollback: manual",
  "concurrency: 20%, failureTolerance: 0%, regions: parallel, bake: 2h",
])("{ %s } is a rollout with nothing to find in it", (settings) => {
  expect(codesOf(production(settings))).toEqual([]);
});

test("a share that happens to have no cell is no mistake, for another day it may have some", () => {
  expect(codesOf(production("waves: [[b, c], 10%, 100%]"))).toEqual([]);
});

test("a cell that waits for its account may be named, and must be in a wave", () => {
  const waiting = (waves: string) =>
    production(`waves: ${waves}`).replace('c: { id: "333333333333" }', "c: { email: aws+c@example.com }");
  const ofRollout = (text: string) => codesOf(text).filter((code) => code.includes("wave"));
  expect(ofRollout(waiting("[[c], [b]]"))).toEqual([]);
  expect(ofRollout(waiting("[[b]]"))).toEqual(["cells-without-wave rollout.production.waves"]);
});

describe("the order of the stages", () => {
  test("must be said from the second stage on, and a guess is proposed", () => {
    expect(codesOf(fleet())).toEqual(["no-stage-order cells"]);
    expect(fixesOf(fleet())[0]).toContain("stages: [staging, production]");
    expect(codesOf(fleet().replaceAll("staging", "production"))).toEqual([]);
  });

  test("is corrected where a stage is misspelt", () => {
    const text = fleet("stages: [stagign, production]");
    expect(codesOf(text)).toEqual(["stage-not-in-order cells.a.stage", "stage-without-cell stages[0]"]);
    expect(fixesOf(text)).toContainEqual(expect.stringContaining('write "staging"'));
  });

  test("is not said to lack a stage because another is of a wrong form", () => {
    for (const stages of ["[Staging, production]", "[5, production]", "staging", "[5]"])
      expect(codesOf(fleet(`stages: ${stages}`))).toHaveLength(1);
  });

  test("is said to lack a stage once, however many cells have it", () => {
    expect(codesOf(fleet("stages: [staging]"))).toEqual(["stage-not-in-order cells.b.stage"]);
  });
});

describe("one mistake is found once", () => {
  test("a wave of a wrong form leaves out no cell", () => {
    for (const waves of ["[[b], 110%]", "[[b], [5]]", "[[b, 5]]", "[0]", "5"])
      expect(codesOf(production(`waves: ${waves}`))).toHaveLength(1);
  });

  test("a misspelt cell is no cell that is left out", () => {
    expect(codesOf(production("waves: [[b], [cc]]"))).toEqual([
      "unknown-cell rollout.production.waves[1][0]",
    ]);
  });

  test("a verification of a wrong form is there", () => {
    expect(codesOf(production("verify: { path: health }, rollback: automatic"))).toEqual([
      "wrong-format rollout.production.verify.path",
    ]);
  });

  test("a cell of which nobody knows the stage may be of any", () => {
    const text = fleet("rollout: { dev: { bake: 10m }, staging: { waves: [[a]] } }");
    for (const more of ["", "stages: [dev, staging, production]"])
      expect(codesOf(`${text.replace("{ stage: staging,", "{")}\n${more}`)).toEqual([
        "missing-key cells.a.stage",
      ]);
  });

  test("services that cannot be read have routes that nobody knows", () => {
    const text = production("verify: { path: / }").replace(/services: .*/, "services: 5");
    expect(codesOf(text)).toEqual(["wrong-type services"]);
  });

  test("a stage that nobody has says nothing of what is in it", () => {
    expect(codesOf(fleet(inOrder, "rollout: { dev: { waves: [[a]], rollback: automatic } }"))).toEqual([
      "unknown-stage rollout.dev",
    ]);
  });
});

test("a name that every object has is a cell like any other", () => {
  expect(codesOf(production("waves: [[constructor], 100%]"))).toEqual([
    "unknown-cell rollout.production.waves[0][0]",
  ]);
});

test("of many cells a message names a few", () => {
  const names = "abcdefg".split("").map((name) => `x${name}`);
  const text = [
    "fleet: acme",
    `accounts: { ${names.map((name, index) => `${name}: { id: "11111111111${index}" }`).join(", ")} }`,
    "services: { hello: { source: a.ts } }",
    "cells:",
    ...names.map(
      (name) => `  ${name}: { stage: dev, tenant: ${name}, targets: { ${name}: [eu-west-1, eu-west-3] } }`,
    ),
    "rollout: { dev: { waves: [1] } }",
  ].join("\n");
  expect(findingsOf(text)[0]?.message).toBe(
    'the waves of "dev" leave out 6 cells: "xb", "xc", "xd", "xe", "xf" and 1 more',
  );
});
