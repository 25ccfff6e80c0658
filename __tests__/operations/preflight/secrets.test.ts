import { secretChecks } from "../../../operations/preflight/secrets";
import { fleetOf, smallFile } from "../../support/fleet";
import { refusal } from "../recovery/fake-aws";
import { answerTo, scopeOf } from "./support";

const secrets = {
  STRIPE_KEY: { parameter: "/acme/{cell}/stripe" },
  SALT: { parameter: "salt-{region}" },
  DATABASE: { secret: "acme/{cell}/database" },
  MAIL: { secret: "mail" },
};
const fleet = fleetOf({
  ...smallFile,
  services: { hello: { source: "functions/hello/index.ts", secrets } },
});
const scope = scopeOf(fleet, "globex");
const checks = secretChecks(scope);
const frankfurt = checks.filter(({ region }) => region === "eu-central-1");
const parameters = "parameters of Systems Manager";
const manager = "secrets of Secrets Manager";
const current = { VersionIdsToStages: { v1: ["AWSPREVIOUS"], v2: ["AWSCURRENT"] } };

test("each region that reads secrets is asked for its own", () => {
  expect(checks.map(({ asks, region, subject }) => [region, subject, ...asks].join(", "))).toEqual([
    `eu-central-1, ${parameters}, ssm:DescribeParameters`,
    `eu-central-1, ${manager}, secretsmanager:DescribeSecret`,
    `eu-west-1, ${parameters}, ssm:DescribeParameters`,
    `eu-west-1, ${manager}, secretsmanager:DescribeSecret`,
  ]);
  const stacks = scope.stacks.filter(({ kind }) => kind === "front");
  expect(secretChecks({ ...scope, stacks })).toEqual([]);
});

test("a parameter that is missing is named, with who reads it", async () => {
  const pages = {
    DescribeParameters: ({ NextToken, ParameterFilters }: Readonly<Record<string, unknown>>) => {
      expect(ParameterFilters).toEqual([
        { Key: "Name", Option: "Equals", Values: ["/acme/globex/stripe", "salt-eu-central-1"] },
      ]);
      return NextToken === undefined
        ? { Parameters: [], NextToken: "more" }
        : { Parameters: [{ Name: "salt-eu-central-1" }] };
    },
  };
  expect(await answerTo(frankfurt, parameters, pages)).toEqual({
    status: "fails",
    needed: "/acme/globex/stripe, salt-eu-central-1",
    found: "/acme/globex/stripe (STRIPE_KEY of hello) is not there",
    raise:
      "aws ssm put-parameter --region eu-central-1 --type SecureString --name /acme/globex/stripe --value file:///dev/stdin",
  });
});

test("parameters that are there are fine", async () => {
  const all = {
    DescribeParameters: () => ({
      Parameters: [{ Name: "/acme/globex/stripe" }, { Name: "salt-eu-central-1" }],
    }),
  };
  expect(await answerTo(frankfurt, parameters, all)).toMatchObject({ status: "fine", found: "all of them" });
});

test("a secret has to be there, to stay there, and to have a value", async () => {
  const found = (mail: () => object) =>
    answerTo(frankfurt, manager, {
      DescribeSecret: ({ SecretId }) => (SecretId === "mail" ? mail() : current),
    });
  const missing = () => {
    throw refusal("ResourceNotFoundException");
  };
  expect(await found(() => current)).toMatchObject({
    status: "fine",
    needed: "acme/globex/database, mail",
  });
  expect(await found(missing)).toMatchObject({
    status: "fails",
    found: "mail (MAIL of hello) is not there",
    raise: expect.stringContaining("create-secret --region eu-central-1 --name mail "),
  });
  expect(await found(() => ({ ...current, DeletedDate: new Date(0) }))).toMatchObject({
    found: "mail (MAIL of hello) is to be deleted",
    raise: "aws secretsmanager restore-secret --region eu-central-1 --secret-id mail",
  });
  expect(await found(() => ({}))).toMatchObject({
    found: "mail (MAIL of hello) has no value",
    raise:
      "aws secretsmanager put-secret-value --region eu-central-1 --secret-id mail --secret-string file:///dev/stdin",
  });
});

test("each that cannot be read has a command line of its own", async () => {
  const DescribeSecret = ({ SecretId }: Readonly<Record<string, unknown>>) => {
    if (SecretId === "mail") throw refusal("ResourceNotFoundException");
    return { ...current, DeletedDate: new Date(0) };
  };
  const { raise } = await answerTo(frankfurt, manager, { DescribeSecret });
  expect(raise.split("; ")).toEqual([
    "aws secretsmanager restore-secret --region eu-central-1 --secret-id acme/globex/database",
    "aws secretsmanager create-secret --region eu-central-1 --name mail --secret-string file:///dev/stdin",
  ]);
});

test("more names than a filter takes are asked for in parts", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 51 }, (_, index) => [`KEY_${index}`, { parameter: `/acme/${index}` }]),
  );
  const hello = { source: "functions/hello/index.ts", secrets: many };
  const [check] = secretChecks(scopeOf(fleetOf({ ...smallFile, services: { hello } }), "globex"));
  const sizes: number[] = [];
  const DescribeParameters = ({ ParameterFilters }: Readonly<Record<string, unknown>>) => {
    const [filter] = ParameterFilters as readonly { readonly Values: readonly string[] }[];
    sizes.push(filter?.Values.length ?? 0);
    return { Parameters: filter?.Values.map((Name) => ({ Name })) };
  };
  expect(await answerTo(check ? [check] : [], parameters, { DescribeParameters })).toMatchObject({
    status: "fine",
  });
  expect(sizes).toEqual([50, 1]);
});
