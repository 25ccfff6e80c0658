import { accountCredentials } from "../../../cli/shared/sandbox-request";
import type { TimeLimits } from "../../../operations/aws/bounded-handler";
import { readCosts } from "../../../operations/bill/cost-explorer";
import { parseMoney } from "../../../operations/bill/money";
import { billingMonth } from "../../../operations/bill/month";
import { quietCaller } from "../../support/caller";
import {
  costsPage,
  type FakeCostExplorer,
  refusal,
  startFakeCostExplorer,
} from "../../support/fake-cost-explorer";

const globex = "333333333333";
const role = "arn:aws:iam::111111111111:role/deployer";
const month = billingMonth("2026-10", new Date("2026-12-01T00:00:00Z"));
const read = (limits?: TimeLimits) =>
  readCosts(month, {
    ...quietCaller,
    ...{ role, credentials: async () => accountCredentials("111111111111"), limits },
  });
const hurried = { connection: 1_000, request: 300 };
const before = { ...process.env };

let explorer: FakeCostExplorer;
beforeEach(async () => {
  explorer = await startFakeCostExplorer();
  Object.assign(process.env, explorer.env);
});
afterEach(async () => {
  process.env = { ...before };
  await explorer.close();
});

test("one month is asked for, by account and stack", async () => {
  explorer.answers = [
    costsPage([
      [globex, "globex_front", "12.5"],
      [globex, "", "0.0000000001"],
    ]),
  ];
  expect(await read()).toEqual({
    costs: [
      { accountId: globex, stack: "globex_front", amount: parseMoney("12.5") },
      { accountId: globex, stack: undefined, amount: parseMoney("0.0000000001") },
    ],
    ...{ currency: "USD", isEstimated: true, isMadeUp: false, queries: 1 },
  });
  expect(explorer.queries).toEqual([
    {
      TimePeriod: { Start: "2026-10-01", End: "2026-11-01" },
      ...{ Granularity: "MONTHLY", Metrics: ["UnblendedCost"] },
      GroupBy: [
        { Type: "DIMENSION", Key: "LINKED_ACCOUNT" },
        { Type: "TAG", Key: "meridian:stack" },
      ],
    },
  ]);
});

test("all pages are read", async () => {
  explorer.answers = [
    costsPage([[globex, "a", "1"]], { NextPageToken: "2" }),
    costsPage([[globex, "b", "2"]], { NextPageToken: "3" }),
    costsPage([[globex, "c", "3"]]),
  ];
  const { costs, queries } = await read();
  expect(costs.map(({ stack }) => stack)).toEqual(["a", "b", "c"]);
  expect(queries).toBe(3);
  expect(explorer.queries.map(({ NextPageToken }) => NextPageToken)).toEqual([undefined, "2", "3"]);
});

test("pages without an end are given up", async () => {
  explorer.answers = [costsPage([[globex, "a", "1"]], { NextPageToken: "2" })];
  await expect(read()).rejects.toThrow("does not end: gave up after 2 pages");
});

test("what a sandbox made up is known for it, on whichever page it says so", async () => {
  explorer.answers = [
    costsPage([[globex, "a", "1"]], { NextPageToken: "2", headers: { "x-meridian-made-up": "true" } }),
    costsPage([[globex, "b", "1"]]),
  ];
  expect((await read()).isMadeUp).toBe(true);
});

test.each([
  refusal("ThrottlingException", "Rate exceeded"),
  refusal("LimitExceededException", "too many calls"),
])("who is asked to be patient, is", async (busy) => {
  explorer.answers = [busy, busy, costsPage([[globex, "a", "1"]])];
  expect((await read()).costs).toHaveLength(1);
});

test("patience has an end", async () => {
  explorer.answers = [refusal("LimitExceededException", "too many calls")];
  await expect(read()).rejects.toThrow(
    /did not say what 2026-10 cost: LimitExceededException.*\n.*\n.*throttling/,
  );
}, 15_000);

test("a connection that is cut is tried again, and then said to be cut", async () => {
  explorer.answers = [(response) => response.destroy(), costsPage([[globex, "a", "1"]])];
  expect((await read()).costs).toHaveLength(1);
  explorer.answers = [(response) => response.destroy()];
  await expect(read()).rejects.toThrow(/ECONNRESET|socket hang up/);
});

test("an answer that stalls is tried once more, and then given up", async () => {
  explorer.answers = [(response) => response.writeHead(200).write("{")];
  await expect(read(hurried)).rejects.toThrow(/no complete answer from 127.0.0.1 within 0.3 s/);
  expect(explorer.queries).toHaveLength(2);
});

test.each([
  [
    "AccessDeniedException",
    "User is not authorized",
    /deployer may not query Cost Explorer.*\n.*\n.*ce:GetCostAndUsage/,
  ],
  ["DataUnavailableException", "no data", /has no costs for 2026-10/],
  [
    "ValidationException",
    "You haven't enabled historical data beyond 14 months",
    /keeps 14 months, and up to 38/,
  ],
  ["BillExpirationException", "expired", /did not say what 2026-10 cost: BillExpirationException: expired/],
])("%s is explained", async (name, message, text) => {
  explorer.answers = [refusal(name, message)];
  await expect(read()).rejects.toThrow(text);
  expect(explorer.queries).toHaveLength(1);
});

test("amounts of several currencies are not added up; those of nothing have none", async () => {
  const nothing = [globex, "b", "0", "N/A"] as const;
  explorer.answers = [costsPage([[globex, "a", "1", "EUR"], nothing])];
  expect((await read()).currency).toBe("EUR");
  explorer.answers = [
    costsPage([
      [globex, "a", "1", "EUR"],
      [globex, "b", "1", "USD"],
    ]),
  ];
  await expect(read()).rejects.toThrow("in several currencies: EUR, USD");
});

test("a month without a single cost is no bill", async () => {
  explorer.answers = [costsPage([])];
  await expect(read()).rejects.toThrow("Cost Explorer has no costs for 2026-10: its answer is empty");
});

test("an answer of another form is no bill", async () => {
  explorer.answers = [costsPage([[globex, "a", "much"]])];
  await expect(read()).rejects.toThrow('"much" is not an amount of money');
});
