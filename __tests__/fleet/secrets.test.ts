import type { Cell } from "../../fleet/model";
import { fleetSchema } from "../../fleet/schema/fleet-file";
import { secretsOf } from "../../fleet/secrets";
import { fleetOf, smallFile } from "../support/fleet";

const hello = {
  source: "functions/hello/index.ts",
  secrets: {
    STRIPE_KEY: { parameter: "/acme/{cell}/stripe" },
    DATABASE: {
      secret: "{stage}/{account}/db",
      kmsKey: "arn:aws:kms:{region}:{account}:key/mrk-0123",
    },
    PLAIN: { parameter: "plain" },
  },
};

const cellWith = (override?: object): Cell => {
  const globex = { ...smallFile.cells.globex, ...(override && { services: { hello: override } }) };
  const file = { ...smallFile, services: { hello }, cells: { globex } };
  return fleetOf(fleetSchema.parse(file)).cells[0] as Cell;
};

function secretsIn(cell: Cell, region: string) {
  const target = cell.targets.find((one) => one.region === region);
  const [service] = cell.services;
  if (!target || !service) throw new Error("no such target");
  return secretsOf(cell, target, service);
}

test("each secret of a target lies in its own account and region", () => {
  expect(secretsIn(cellWith(), "eu-west-1")).toEqual([
    {
      service: "hello",
      name: "DATABASE",
      store: "secret",
      at: "production/333333333333/db",
      accountId: "333333333333",
      region: "eu-west-1",
      arn: "arn:aws:secretsmanager:eu-west-1:333333333333:secret:production/333333333333/db-??????",
      kmsKey: "arn:aws:kms:eu-west-1:333333333333:key/mrk-0123",
    },
    expect.objectContaining({
      name: "PLAIN",
      at: "plain",
      arn: "arn:aws:ssm:eu-west-1:333333333333:parameter/plain",
      kmsKey: undefined,
    }),
    expect.objectContaining({
      name: "STRIPE_KEY",
      store: "parameter",
      at: "/acme/globex/stripe",
      arn: "arn:aws:ssm:eu-west-1:333333333333:parameter/acme/globex/stripe",
    }),
  ]);
});

test("a cell says where one of them lies there, and how old it may become", () => {
  const cell = cellWith({ secrets: { PLAIN: { secret: "other" } }, secretsRefresh: "2h" });
  expect(secretsIn(cell, "eu-central-1").map(({ name, at }) => [name, at])).toEqual([
    ["DATABASE", "production/333333333333/db"],
    ["PLAIN", "other"],
    ["STRIPE_KEY", "/acme/globex/stripe"],
  ]);
  expect(cell.services[0]?.secretsRefresh).toBe(7200);
  expect(cellWith().services[0]?.secretsRefresh).toBe(300);
});

test.each([
  [{ STRIPE_KEY: { parameter: "acme/stripe" } }, "a hierarchy begins with a slash"],
  [{ STRIPE_KEY: { parameter: "/acme/stripe:3" } }, "a version"],
  [{ STRIPE_KEY: { secret: "arn:aws:secretsmanager:eu-west-1:333333333333:secret:x-abcdef" } }, "an ARN"],
  [{ STRIPE_KEY: { parameter: "/a", secret: "a" } }, "both stores"],
  [{ stripeKey: { parameter: "/a" } }, "small letters"],
  [{ STRIPE_KEY: { secret: "a", kmsKey: "arn:aws:kms:eu-west-1:333333333333:alias/a" } }, "an alias"],
])("%j is refused: %s", (secrets, _) => {
  const file = { ...smallFile, services: { hello: { ...hello, secrets } } };
  expect(fleetSchema.safeParse(file).success).toBe(false);
});
