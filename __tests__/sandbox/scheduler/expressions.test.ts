import { isTimeZone, occurs, parseExpression } from "../../../sandbox/scheduler/expressions";

/** Whether an expression runs within the second before a time. */
function runsAt(text: string, time: string, zone = "UTC", start = "2026-01-01T00:00:00Z"): boolean {
  const expression = parseExpression(text);
  if (!expression) throw new Error(`${text} is no expression`);
  const until = Date.parse(time);
  return occurs(expression, Date.parse(start), zone, { after: until - 1000, until });
}

test.each([
  ["rate(5 minutes)", "2026-01-01T00:00:00Z", true],
  ["rate(5 minutes)", "2026-01-01T00:04:59Z", false],
  ["rate(5 minutes)", "2026-01-01T00:05:00Z", true],
  ["rate(1 day)", "2025-12-31T00:00:00Z", false],
  ["cron(0 3 * * ? *)", "2026-02-03T03:00:00Z", true],
  ["cron(0 3 * * ? *)", "2026-02-03T03:00:01Z", false],
  ["cron(0 3 * * ? *)", "2026-02-03T04:00:00Z", false],
  ["cron(*/15 8-10 ? * MON-FRI *)", "2026-02-03T09:45:00Z", true],
  ["cron(*/15 8-10 ? * MON-FRI *)", "2026-02-01T09:45:00Z", false],
  ["cron(5/20 * ? JAN,MAR 1 2026)", "2026-03-01T12:25:00Z", true],
  ["cron(5/20 * ? JAN,MAR 1 2026)", "2027-03-07T12:25:00Z", false],
  ["at(2026-03-01T12:00:00)", "2026-03-01T12:00:00Z", true],
  ["at(2026-03-01T12:00:00)", "2026-03-01T12:00:01Z", false],
])("%s at %s: %s", (text, time, runs) => {
  expect(runsAt(text, time)).toBe(runs);
});

test("a time zone is that of the clocks there, in summer and in winter", () => {
  const noon = "cron(0 12 * * ? *)";
  expect(runsAt(noon, "2026-01-15T11:00:00Z", "Europe/Berlin")).toBe(true);
  expect(runsAt(noon, "2026-07-15T10:00:00Z", "Europe/Berlin")).toBe(true);
  expect(runsAt(noon, "2026-07-15T11:00:00Z", "Europe/Berlin")).toBe(false);
  expect(runsAt("at(2026-07-15T12:00:00)", "2026-07-15T10:00:00Z", "Europe/Berlin")).toBe(true);
  expect([isTimeZone("Europe/Berlin"), isTimeZone("Europe/Atlantis")]).toEqual([true, false]);
});

test.each([
  "rate(0 minutes)",
  "rate(5 seconds)",
  "cron(0 3 * * *)",
  "cron(0 3 * * * *)",
  "cron(0 3 ? * ? *)",
  "cron(60 3 * * ? *)",
  "cron(0 3 L * ? *)",
  "at(tomorrow)",
  "every day",
])("%s is no expression", (text) => {
  expect(parseExpression(text)).toBeUndefined();
});
