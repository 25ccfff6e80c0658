import { artifactBucketName } from "../../fleet/pipeline";
import { cellLines, codes, connection, type Parts, sections, textOf } from "./pipeline-text";

test("a fleet may have a pipeline, other CI systems, or both", () => {
  expect(codes()).toEqual([]);
  expect(codes({ sections: { ci: undefined } })).toEqual([]);
  expect(codes({ pipeline: false })).toEqual([]);
});

describe("the roles", () => {
  test("are made by the bootstrap, which each section needs", () => {
    expect(codes({ sections: { bootstrap: undefined } })).toEqual([
      "pipeline-without-bootstrap ci",
      "pipeline-without-bootstrap pipeline",
    ]);
    expect(codes({ pipeline: false, sections: { bootstrap: undefined } })).toEqual([
      "pipeline-without-bootstrap ci",
    ]);
    expect(codes({ sections: { bootstrap: "5" } })).toEqual(["wrong-type bootstrap"]);
  });

  test("are made in accounts of its units whose deploy role is its own", () => {
    expect(codes({ sections: { bootstrap: "{ units: [workloads] }" } })).toEqual([
      "pipeline-without-bootstrap pipeline.account",
    ]);
    const deployRole = '{ id: "222222222222", unit: platform, deployRole: deployer }';
    expect(codes({ accounts: { delivery: deployRole } })).toEqual([
      "pipeline-without-bootstrap pipeline.account",
    ]);
  });

  test("one mistake with a unit is found once", () => {
    const delivery = (unit: string) => ({ accounts: { delivery: `{ id: "222222222222"${unit} }` } });
    expect(codes(delivery(""))).toEqual(["account-without-unit accounts.delivery"]);
    const units = (written: string) => codes({ sections: { bootstrap: `{ units: [${written}] }` } });
    expect(units("platfrom, workloads")).toEqual(["unknown-unit bootstrap.units[0]"]);
    expect(units("platform, wrokloads")).toEqual(["unknown-unit bootstrap.units[1]"]);
  });

  test("are not made in the management account, whether it is named or meant", () => {
    const management = { account: "management", source: connection("111111111111") };
    expect(codes({ pipeline: management })).toEqual(["pipeline-in-management pipeline.account"]);
    expect(
      codes({ sections: { ci: "{ account: management, github: { repository: acme/fleet } }" } }),
    ).toEqual(["pipeline-in-management ci.account"]);
    expect(codes({ pipeline: false, sections: { bootstrap: "{ delivery: management }" } })).toEqual([
      "pipeline-in-management ci",
    ]);
  });

  test("that plan are missed where the bootstrap makes none", () => {
    const globex = '{ id: "444444444444", unit: workloads, deployRole: deployer }';
    expect(codes({ accounts: { globex } })).toEqual(["account-without-plan-role accounts.globex.deployRole"]);
    expect(codes({ accounts: { globex }, pipeline: false })).toEqual([
      "account-without-plan-role accounts.globex.deployRole",
    ]);
    expect(codes({ sections: { bootstrap: "{ delivery: delivery, units: [platform] }" } })).toEqual([
      "account-without-plan-role accounts.globex.unit",
      "account-without-plan-role accounts.test.unit",
    ]);
    expect(codes({ accounts: { globex }, pipeline: false, sections: { ci: undefined } })).toEqual([]);
  });

  test("that plan are called alike in all accounts, the management account included", () => {
    const management = (deployRole: string) => `{ id: "111111111111", deployRole: ${deployRole} }`;
    const found = (deployRole: string, more: Parts = {}) =>
      codes({ accounts: { management: management(deployRole) }, ...more });
    const finding = ["management-plan-role accounts.management.deployRole"];
    expect(found("root-deploy")).toEqual(finding);
    expect(found("root-deploy", { pipeline: false })).toEqual(finding);
    expect(found("root-deploy", { pipeline: false, sections: { ci: undefined } })).toEqual([]);
    // Beside it is `meridian-plan`, too.
    expect(found("meridian")).toEqual([]);
  });

  test("nobody can sign in to no account", () => {
    const parts = { pipeline: false, sections: { bootstrap: "{}" } } as const;
    expect(codes(parts)).toEqual(["ci-without-account ci"]);
  });
});

describe("the account of the pipeline", () => {
  test("is one that is declared, and not to be closed", () => {
    expect(codes({ pipeline: { account: "delviery" } })).toEqual(["unknown-account pipeline.account"]);
    expect(codes({ sections: { ci: "{ account: delviery, github: { repository: acme/fleet } }" } })).toEqual([
      "unknown-account ci.account",
    ]);
    const old = '{ id: "555555555555", unit: platform, closed: true }';
    expect(
      codes({ accounts: { old }, pipeline: { account: "old", source: connection("555555555555") } }),
    ).toEqual(["closed-account-in-use accounts.old.closed"]);
  });

  test("may still have to be created, and what waits for that is said", () => {
    const newco = "{ email: aws+newco@example.com, unit: platform }";
    const parts = { accounts: { newco }, pipeline: { account: "newco" } };
    expect(codes(parts)).toEqual(["account-without-id accounts.newco"]);
    expect(textOf(parts, "message")[0]).toContain("there is no pipeline, and no other CI system can sign in");
  });

  test("holds neither targets nor a front", () => {
    const inTest = { account: "test", source: connection("333333333333") };
    expect(codes({ pipeline: inTest })).toEqual(["pipeline-in-cell-account cells.test.targets.test"]);
    const test = cellLines.test.replace(" }", " }, front: { account: delivery }");
    expect(codes({ cells: { test: test.replace("tenant: test, ", "") } })).toContain(
      "pipeline-in-cell-account cells.test.front.account",
    );
  });

  test("and that of the state, which every build could change otherwise, is held apart from cells", () => {
    const state = sections.state.replace("account: delivery", "account: test");
    const finding = "state-in-cell-account cells.test.targets.test";
    expect(codes({ sections: { state } })).toEqual([finding]);
    expect(codes({ sections: { state }, pipeline: false })).toEqual([]);
    const both = { account: "test", source: connection("333333333333") };
    expect(codes({ sections: { state }, pipeline: both })).toEqual([
      "pipeline-in-cell-account cells.test.targets.test",
    ]);
  });

  test("has its region, which it may have to opt in to", () => {
    expect(codes({ pipeline: { region: "eu-central-9" } })).toEqual(["unknown-region pipeline.region"]);
    expect(codes({ pipeline: { region: "eu-south-1" } })).toEqual(["opt-in-region pipeline.region"]);
  });

  test("may be of a zone, which plans stay in", () => {
    const delivery = '{ id: "222222222222", unit: platform, zone: eu }';
    expect(codes({ accounts: { delivery } })).toEqual([]);
    expect(codes({ accounts: { delivery }, pipeline: { region: "us-east-1" } })).toEqual([
      "outside-zone pipeline.region",
    ]);
    expect(codes({ accounts: { delivery }, pipeline: { region: "us-esat-1" } })).toEqual([
      "unknown-region pipeline.region",
    ]);
  });
});

test.each([
  [undefined, "pipeline-state pipeline"],
  ["{ backend: local }", "pipeline-state state.backend"],
  [
    "{ backend: local, bucket: acme-state, region: eu-central-1, account: delivery }",
    "pipeline-state state.backend",
  ],
  ["{ backend: s3, bucket: acme-state, region: eu-central-1 }", "pipeline-state state"],
  [
    sections.state.replace(" }", ', role: "arn:aws:iam::222222222222:role/state" }'),
    "pipeline-state state.role",
  ],
  ["5", "wrong-type state"],
])("state %s is nothing that builds can work with", (state, finding) => {
  expect(codes({ sections: { state } })).toEqual([finding]);
});

test("a new fleet is told what to write for its state, and only one that is deployed what to move", () => {
  const fixOf = (state: string | undefined) => textOf({ sections: { state } }, "fix").join();
  const whole = "state: { backend: s3, bucket: acme-state, region: eu-central-1, account: delivery }";
  expect(fixOf(undefined)).toMatch(`add "${whole}"; where something is deployed already, move`);
  expect(fixOf("{ backend: local }")).toMatch(`write "${whole}"; where`);
  expect(fixOf("{ backend: s3, bucket: acme-state, region: eu-central-1 }")).toMatch(
    'add "account: delivery" to "state"',
  );
});

test("an account that is named by its id is told its name", () => {
  expect(textOf({ pipeline: { account: '"222222222222"' } }, "fix")).toContain('write "delivery"');
});

test("approvals that are a list are told that they are stages with people", () => {
  expect(textOf({ pipeline: { approvals: "[foundation, production]" } }, "fix")).toContain(
    "write stages with who is told of each: { production: [platform@example.com] }",
  );
});

describe("the sources", () => {
  test("come by a connection of any region, of the pipeline's account or shared with it", () => {
    const elsewhere = (service?: string) => ({ pipeline: { source: connection("999999999999", service) } });
    expect(codes(elsewhere())).toEqual(["connection-elsewhere pipeline.source.connection"]);
    expect(textOf(elsewhere(), "fix")).toEqual([expect.stringContaining("share this one")]);
    expect(textOf(elsewhere("codestar-connections"), "why")).toEqual([
      "connections whose ARN says codestar-connections cannot be shared",
    ]);
  });

  test("lie in a bucket that holds nothing else", () => {
    const from = (bucket: string) => codes({ pipeline: { source: `{ bucket: ${bucket}, key: fleet.zip }` } });
    const account = { name: "delivery", id: "222222222222", deployRole: "meridian-deploy" };
    const own = artifactBucketName("acme", { account, region: "eu-central-1" });
    const finding = ["source-in-own-bucket pipeline.source.bucket"];
    for (const bucket of ["acme-state", "acme-state-replica", own]) expect(from(bucket)).toEqual(finding);
    expect(from("acme-sources")).toEqual([]);
  });
});

describe("advice", () => {
  const goesOn = "{ foundation: [a@example.com] }";
  const cells = { globex: cellLines.globex.replace("production", "rest") };
  const stages = "[staging, rest]";

  test("to verify a stage before the pipeline goes on to the next by itself", () => {
    const pipeline = { approvals: goesOn };
    const found = (rollout?: string) => codes({ cells, pipeline, sections: { stages, rollout } });
    expect(found("{ staging: { verify: { path: / } } }")).toEqual([]);
    expect(found()).toEqual(["next-stage-without-verify pipeline"]);
    expect(found("{ staging: { bake: 10m } }")).toEqual(["next-stage-without-verify rollout.staging"]);
    expect(codes({ sections: { rollout: undefined } })).toEqual([]);
  });

  test("to have no more shards than cells in the largest wave", () => {
    const three = { globex: cellLines.globex, other: cellLines.globex.replaceAll("globex", "other") };
    const accounts = { other: '{ id: "555555555555", unit: workloads }' };
    const found = (shards: string, waves?: string) =>
      codes({
        ...{ accounts, cells: three, pipeline: { shards } },
        sections: {
          rollout: `{ staging: { verify: { path: / } }${waves ? `, production: { waves: ${waves} }` : ""} }`,
        },
      });
    expect(found("2")).toEqual([]);
    expect(found("3")).toEqual(["more-shards-than-cells pipeline.shards"]);
    expect(found("2", "[[globex], 100%]")).toEqual(["more-shards-than-cells pipeline.shards"]);
  });

  test("to do without a pipeline for one cell, unless somebody approves what it does", () => {
    const one = { cells: { test: undefined }, sections: { stages: undefined, rollout: undefined } };
    expect(codes(one)).toEqual([]);
    expect(codes({ ...one, pipeline: { approvals: undefined } })).toEqual([
      "failures-without-people pipeline",
      "no-approval pipeline",
      "simpler-without-pipeline pipeline",
    ]);
  });
});
