import { createCostExplorer, madeUpHeader } from "../../../sandbox/cost-explorer/cost-explorer";
import { createDeployedStacks } from "../../../sandbox/cost-explorer/stacks";
import type { AwsCall } from "../../../sandbox/http";
import { codeOf, errorOf, jsonClient, managementId } from "../clients";

function call(body: string, more: Partial<AwsCall> = {}): AwsCall {
  return {
    method: "POST",
    host: "127.0.0.1",
    path: "/",
    headers: {},
    body: Buffer.from(body),
    service: "lambda",
    region: "eu-west-1",
    account: "222222222222",
    ...more,
  };
}

const tagged = (stack: string) => JSON.stringify({ Tags: { "meridian:stack": stack } });
const october = { Start: "2026-10-01", End: "2026-11-01" };
const octoberQuestion = {
  TimePeriod: october,
  Granularity: "MONTHLY",
  Metrics: ["UnblendedCost"],
  GroupBy: [
    { Type: "DIMENSION", Key: "LINKED_ACCOUNT" },
    { Type: "TAG", Key: "meridian:stack" },
  ],
};

function bill(...seen: readonly AwsCall[]) {
  const stacks = createDeployedStacks();
  for (const one of seen) stacks.observe(one);
  const { handle } = createCostExplorer(stacks);
  const client = jsonClient(handle, "ce");
  return { handle, ask: (input: object = {}) => client("GetCostAndUsage", { ...octoberQuestion, ...input }) };
}

const keysOf = (answer: { ResultsByTime: { Groups: { Keys: string[] }[] }[] }) =>
  answer.ResultsByTime.flatMap(({ Groups }) => Groups.map(({ Keys }) => Keys));

describe("the stack that a call tags its resource with", () => {
  it.each([
    ["a map in JSON", tagged("a_eu")],
    ["a list in JSON", '{"Tags":[{"Key":"x","Value":"y"},{"Key":"meridian:stack","Value":"a_eu"}]}'],
    ["XML", "<Tag><Key>meridian:stack</Key><Value>a_eu</Value></Tag>"],
    ["a form", "Action=CreateRole&Tags.member.1.Key=meridian%3Astack&Tags.member.1.Value=a_eu"],
  ])("is read from %s", (_, body) => {
    const stacks = createDeployedStacks();
    stacks.observe(call(body));
    expect(stacks.list()).toEqual([["222222222222", ["a_eu"]]]);
  });

  it("is not read from what is stored in S3, and who only assumes a role has nothing", () => {
    const stacks = createDeployedStacks();
    stacks.observe(call(tagged("a"), { service: "s3", path: "/state/a.tfstate", method: "PUT" }));
    stacks.observe(call("Action=AssumeRole", { service: "sts", account: "999999999999" }));
    expect(stacks.list()).toEqual([["222222222222", []]]);
  });
});

test("a bill has a line for each stack of each account, and one for what has no tag", async () => {
  const { ask } = bill(
    call(tagged("b")),
    call(tagged("a")),
    call("{}"),
    call(tagged("a"), { account: managementId }),
  );
  expect(keysOf(await ask())).toEqual([
    [managementId, "meridian:stack$a"],
    [managementId, "meridian:stack$"],
    ["222222222222", "meridian:stack$a"],
    ["222222222222", "meridian:stack$b"],
    ["222222222222", "meridian:stack$"],
  ]);
});

test("the same question gets the same figures, and another month others", async () => {
  const { ask } = bill(call(tagged("a")));
  const first = await ask();
  expect(await ask()).toEqual(first);
  const both = await ask({ TimePeriod: { Start: "2026-09-01", End: "2026-11-01" } });
  expect(both.ResultsByTime).toHaveLength(2);
  expect(both.ResultsByTime[1]).toEqual(first.ResultsByTime[0]);
  expect(both.ResultsByTime[0].Groups).not.toEqual(both.ResultsByTime[1].Groups);
});

test("sums agree, however they are grouped", async () => {
  const { ask } = bill(call(tagged("a")), call(tagged("b"), { account: managementId }));
  const amounts = (answer: {
    ResultsByTime: { Groups: { Metrics: { UnblendedCost: { Amount: string } } }[] }[];
  }) =>
    answer.ResultsByTime.flatMap(({ Groups }) =>
      Groups.map(({ Metrics }) => Number(Metrics.UnblendedCost.Amount)),
    );
  const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);
  const total = Number((await ask({ GroupBy: undefined })).ResultsByTime[0].Total.UnblendedCost.Amount);
  expect(total).toBeGreaterThan(4);
  expect(sum(amounts(await ask()))).toBeCloseTo(total, 6);
  const perAccount = amounts(await ask({ GroupBy: [octoberQuestion.GroupBy[0]] }));
  expect(perAccount).toHaveLength(2);
  expect(sum(perAccount)).toBeCloseTo(total, 6);
});

test("a long bill comes in pages of twenty lines", async () => {
  const { ask } = bill(...Array.from({ length: 44 }, (_, index) => call(tagged(`s${index}`))));
  const pages = [await ask()];
  for (let token = pages[0].NextPageToken; token; token = pages.at(-1).NextPageToken) {
    pages.push(await ask({ NextPageToken: token }));
  }
  expect(pages.map((page) => keysOf(page).length)).toEqual([20, 20, 5]);
  expect(new Set(pages.flatMap(keysOf).map(String)).size).toBe(45);
});

test("every answer says that it is made up", async () => {
  const { handle, ask } = bill(call("{}"));
  const question = call(JSON.stringify(octoberQuestion), {
    service: "ce",
    headers: { "x-amz-target": "AWSInsightsIndexService.GetCostAndUsage" },
  });
  expect((await handle(question)).headers).toMatchObject({ [madeUpHeader]: "true" });
  expect((await ask()).DimensionValueAttributes).toEqual([
    { Value: "222222222222", Attributes: { description: "figures made up by the sandbox" } },
  ]);
});

test.each([
  ["days", { Granularity: "DAILY" }, "MONTHLY only"],
  [
    "a period that ends before it begins",
    { TimePeriod: { Start: "2026-11-01", End: "2026-10-01" } },
    "before",
  ],
  ["another group", { GroupBy: [{ Type: "DIMENSION", Key: "SERVICE" }] }, "DIMENSION SERVICE"],
  ["no metric", { Metrics: [] }, "Metrics"],
  ["a filter", { Filter: {} }, "no Filter"],
])("a question for %s is refused", async (_, input, why) => {
  const error = await errorOf(bill().ask(input));
  expect(error).toContain("ValidationException");
  expect(error).toContain(why);
});

test("a page that was never offered is refused", async () => {
  expect(await codeOf(bill().ask({ NextPageToken: "x" }))).toBe("InvalidNextTokenException");
});
