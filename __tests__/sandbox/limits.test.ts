import { createLimits } from "../../sandbox/limits";

const frankfurt = { account: "111111111111", region: "eu-central-1" };
const ireland = { account: "222222222222", region: "eu-west-1" };

test("limits are AWS's own until somebody sets them", () => {
  const limits = createLimits();
  expect(limits.get("lambda-concurrency", frankfurt)).toBe(1_000);
  limits.set({ name: "lambda-concurrency", value: 10 });
  expect(limits.get("lambda-concurrency", frankfurt)).toBe(10);
  expect(limits.get("iam-roles", frankfurt)).toBe(1_000);
  limits.clear();
  expect(limits.get("lambda-concurrency", frankfurt)).toBe(1_000);
});

test("one is set for an account, a region, or both, and the last that fits counts", () => {
  const limits = createLimits();
  limits.set({ name: "lambda-concurrency", value: 20, account: frankfurt.account });
  limits.set({ name: "lambda-concurrency", value: 30, region: ireland.region });
  expect(limits.get("lambda-concurrency", frankfurt)).toBe(20);
  expect(limits.get("lambda-concurrency", ireland)).toBe(30);
  expect(limits.get("lambda-concurrency", { ...ireland, region: "us-east-1" })).toBe(1_000);
  limits.set({ name: "lambda-concurrency", value: 40 });
  expect(limits.get("lambda-concurrency", frankfurt)).toBe(40);
});

test("one that is set again for the same place is there once", () => {
  const limits = createLimits();
  limits.set({ name: "iam-roles", value: 1, account: frankfurt.account });
  limits.set({ name: "iam-roles", value: 2, account: frankfurt.account });
  expect(limits.list()).toEqual([{ name: "iam-roles", value: 2, account: frankfurt.account }]);
});
