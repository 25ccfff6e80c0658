import { codesOf } from "../support/findings";

/** A fleet with a zone, a layer and an order, into which a region can be written in the place of another. */
const fleet = (targets: string, { order = "eu-west-1", zone = "eu-central-1, eu-west-1" } = {}) => `
fleet: acme
zones: { eu: { regions: [${zone}], countries: [EU] } }
accounts: { web: { id: "111111111111" } }
services: { hello: { source: a.ts, layers: ["arn:aws:lambda:eu-west-1:111111111111:layer:tools:1"] } }
cells:
  web: { stage: dev, tenant: web, zone: eu, targets: { web: [${targets}] }, front: { order: [${order}], logs: true } }
`;
const findings = (...of: Parameters<typeof fleet>) =>
  codesOf(fleet(...of)).filter((found) => !found.startsWith("single-region "));

test("the fleet is right as it is meant", () => {
  expect(findings("eu-west-1")).toEqual([]);
});

test.each<[string, Parameters<typeof fleet>, string]>([
  ["a target", ["eu-wset-1"], "cells.web.targets.web[0]"],
  ["a zone's region", ["eu-west-1", { zone: "eu-central-1, eu-wset-1" }], "zones.eu.regions[1]"],
  ["the order", ["eu-west-1", { order: "eu-wset-1" }], "cells.web.front.order[0]"],
  ["a target beside the one that looks like it", ["eu-wset-1, eu-west-1"], "cells.web.targets.web[0]"],
  ["a target that is like nothing", ["mars-1, eu-west-1"], "cells.web.targets.web[0]"],
])("a misspelt region is one finding: %s", (_, of, place) => {
  expect(findings(...of)).toEqual([`unknown-region ${place}`]);
});

test("what is wrong with the region that was meant is found as well", () => {
  expect(findings("eu-central-1, us-east-l")).toEqual([
    "layer-region services.hello.layers[0]",
    "order-without-target cells.web.front.order[0]",
    "outside-zone cells.web.targets.web[1]",
    "unknown-region cells.web.targets.web[1]",
  ]);
});
