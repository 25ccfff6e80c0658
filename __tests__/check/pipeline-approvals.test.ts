import { cellLines, codes, textOf } from "./pipeline-text";

describe("approvals", () => {
  const approvals = (text: string | undefined) => ({ pipeline: { approvals: text } });

  test("are of stages that cells have, and of the foundation", () => {
    const parts = approvals("{ foundation: [a@example.com], prodution: [a@example.com] }");
    expect(codes(parts)).toEqual(["unknown-stage pipeline.approvals.prodution"]);
    expect(textOf(parts, "fix")).toEqual(['write "production"']);
    expect(codes(approvals("{ foundatoin: [a@example.com], production: [a@example.com] }"))).toEqual([
      "unknown-stage pipeline.approvals.foundatoin",
    ]);
  });

  test("of a stage that nobody can read are not called unknown", () => {
    const test = cellLines.test.replace("stage: staging, ", "");
    const pipeline = { approvals: "{ staging: [a@example.com] }" };
    expect(codes({ cells: { test }, pipeline })).toEqual(["missing-key cells.test.stage"]);
  });

  test("tell each once, and somebody", () => {
    const people = (production: string) =>
      approvals(`{ foundation: [a@example.com], production: ${production} }`);
    expect(codes(people("[a@example.com, b@example.com]"))).toEqual([]);
    expect(codes(people("[b@example.com, B@example.com]"))).toEqual([
      "duplicate-approver pipeline.approvals.production[1]",
    ]);
    expect(codes(people("[]"))).toEqual(["approval-without-people pipeline.approvals.production"]);
    expect(codes(people("[platform]"))).toEqual(["wrong-format pipeline.approvals.production[0]"]);
  });

  test("are missed where production or an organization changes without one", () => {
    expect(codes(approvals(undefined))).toContain("no-approval pipeline");
    expect(textOf(approvals("{ foundation: [a@example.com] }"), "message")).toEqual([
      'the pipeline changes "production" without an approval',
    ]);
  });

  test("say who is told of failures, so without any nobody is", () => {
    const finding = "failures-without-people pipeline";
    for (const text of [undefined, "{}"]) expect(codes(approvals(text))).toContain(finding);
    expect(codes(approvals("{ production: [a@example.com] }"))).not.toContain(finding);
  });

  test("are of little use without that of the foundation", () => {
    const found = (text: string) => codes(approvals(text));
    const open = "foundation-without-approval pipeline.approvals";
    expect(found("{ production: [a@example.com] }")).toEqual([open]);
    expect(found("{ staging: [a@example.com] }")).toEqual([open, "no-approval pipeline.approvals"]);
    expect(textOf(approvals("{ staging: [a@example.com] }"), "message")).toEqual([
      'the pipeline changes the foundation without an approval, but "staging" waits for one',
      'the pipeline changes "production" without an approval',
    ]);
    expect(found("{}")).toEqual(["failures-without-people pipeline", "no-approval pipeline.approvals"]);
  });

  test("are got around where another stage has an account of theirs, unless production is one of the two", () => {
    const demo = "{ stage: demo, tenant: demo, targets: { demo: [eu-central-1, eu-west-1] } }";
    const cells = { demo, trial: demo.replace("stage: demo", "stage: staging") };
    const found = (waiting: string, stages = "[staging, demo, production]") =>
      codes({
        ...{ accounts: { demo: '{ id: "555555555555", unit: workloads }' }, cells },
        pipeline: { approvals: `{ foundation: [a@example.com], production: [a@example.com]${waiting} }` },
        sections: {
          stages,
          rollout: "{ staging: { verify: { path: / } }, demo: { verify: { path: / } } }",
        },
      });
    expect(found("")).toEqual([]);
    expect(found(", demo: [a@example.com]")).toEqual(["approval-account-shared cells.trial.targets.demo"]);
    expect(found(", staging: [a@example.com]")).toEqual(["approval-account-shared cells.demo.targets.demo"]);
    const trial = demo.replace("stage: demo", "stage: production");
    expect(
      codes({
        accounts: { demo: '{ id: "555555555555", unit: workloads }' },
        cells: { test: undefined, demo: demo.replace("stage: demo", "stage: staging"), trial },
        pipeline: {
          approvals: "{ foundation: [a@example.com], staging: [a@example.com], production: [a@example.com] }",
        },
      }),
    ).toEqual(["production-account-shared cells.demo.targets.demo"]);
  });

  test("no stage may be called as what all cells stand on", () => {
    const cells = { test: cellLines.test.replace("staging", "foundation") };
    const stages = { stages: "[foundation, production]", rollout: "{ foundation: { verify: { path: / } } }" };
    expect(codes({ cells, sections: stages })).toEqual(["foundation-stage cells.test.stage"]);
    expect(codes({ cells, sections: stages, pipeline: false })).toEqual([]);
  });
});
