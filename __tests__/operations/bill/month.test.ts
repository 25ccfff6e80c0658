import { billingMonth } from "../../../operations/bill/month";

const now = new Date("2026-12-31T23:59:59Z");

test.each([
  [undefined, { name: "2026-12", start: "2026-12-01", end: "2027-01-01", isCurrent: true }],
  ["2026-12", { name: "2026-12", start: "2026-12-01", end: "2027-01-01", isCurrent: true }],
  ["2026-10", { name: "2026-10", start: "2026-10-01", end: "2026-11-01", isCurrent: false }],
  ["2023-11", { name: "2023-11", start: "2023-11-01", end: "2023-12-01", isCurrent: false }],
])("%s is a month", (text, month) => {
  expect(billingMonth(text, now)).toEqual(month);
});

test("months are those of UTC, as on AWS's bills", () => {
  expect(billingMonth(undefined, new Date("2027-01-01T00:30:00+01:00")).name).toBe("2026-12");
});

test.each([
  ["2026-13", "is not a month"],
  ["2026-1", "is not a month"],
  ["october", "is not a month"],
  ["2026-10-01", "is not a month"],
  ["2027-01", "is in the future"],
  ["2023-10", "too long ago"],
])("%s is refused", (text, message) => {
  expect(() => billingMonth(text, now)).toThrow(message);
});
