import { preflightReport } from "../../../cli/output/preflight-report";
import type { Line } from "../../../operations/preflight/model";

const line = (more: Partial<Line> = {}): Line => ({
  account: { name: "globex", id: "333333333333" },
  region: "us-east-1",
  subject: "IAM roles",
  asks: ["iam:GetAccountSummary"],
  status: "fine",
  needed: "2 roles",
  found: "4 of at most 1,000",
  raise: "ask for more",
  ...more,
});
const accounts = (number: number) =>
  Array.from({ length: number }, (_, index) => line({ account: { name: `tenant-${index}`, id: "" } }));

test("what is the same in several places is there once", () => {
  const text = preflightReport(
    [line(), line({ region: "eu-west-1", raise: "ask there" }), line({ needed: "3 roles" })],
    undefined,
  );
  expect(text).toBe(`fine IAM roles: globex (us-east-1, eu-west-1)
  needed 2 roles
  there  4 of at most 1,000
  asked  iam:GetAccountSummary

fine IAM roles: globex (us-east-1)
  needed 3 roles
  there  4 of at most 1,000
  asked  iam:GetAccountSummary

1 account asked: 3 things are fine.
`);
});

test("of many places only some are named", () => {
  const text = preflightReport(accounts(412), undefined);
  expect(text.replaceAll(/\s+/g, " ")).toContain("tenant-5 (us-east-1) and 406 more needed");
});

test("what would fail comes first, with what to do about it", () => {
  const statuses = ["fine", "note", "unknown", "fails"] as const;
  const text = preflightReport(
    statuses.map((status) => line({ status })),
    "http://127.0.0.1:4566",
  );
  expect(text.match(/^(fails|not known|look at|fine) IAM/gm)).toEqual([
    ...["fails IAM", "not known IAM", "look at IAM", "fine IAM"],
  ]);
  expect(text.match(/^ {2}fix {4}ask for more$/gm)).toHaveLength(3);
  expect(text.replaceAll("\n", " ")).toContain(
    "1 account asked (at http://127.0.0.1:4566, not AWS): 1 thing would make a deploy fail, 1 thing could not be found out, 1 thing to look at, 1 thing is fine.",
  );
});

test("what belongs to no account belongs to the fleet", () => {
  const text = preflightReport([line({ account: undefined, subject: "state bucket" })], undefined);
  expect(text).toContain("fine state bucket: the fleet (us-east-1)\n");
});
