import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkFleet } from "../../check/load";
import { readLock } from "../../check/provider-lock";
import { rules } from "../../check/rules";

const fixtures = join(__dirname, "fixtures");
const codes = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Rules that no small file can break; their tests are in load.test.ts, bundles.test.ts, state.test.ts and role-size.test.ts. */
const withoutFixture = ["no-fleet-file", "bundle-too-large", "too-many-state-accounts", "role-too-large"];

/** Rules about extensions, which are no part of the file; their tests are in extensions.test.ts. */
const ofExtensions = ["extension-refused", "extension-beyond-fleet", "extension-policy-too-large"];

test("every rule has a fixture that breaks it", () => {
  expect([...codes, ...withoutFixture, ...ofExtensions].sort()).toEqual(Object.keys(rules).sort());
});

/** The day of a check, where it is another than for the rest. */
const days: Readonly<Record<string, string>> = { "runtime-ended": "2027-02-01" };

describe.each(codes)("%s", (code) => {
  const file = join(fixtures, code, "fleet.yaml");
  const lock = readLock(join(fixtures, code));
  const loaded = checkFleet(file, { today: days[code] ?? "2026-12-01", providerLock: lock });

  test("is found where it is, and nothing else", async () => {
    const expected = JSON.parse(readFileSync(join(fixtures, code, "expected.json"), "utf8"));
    const { diagnostics } = await loaded;
    const found = diagnostics.map(({ code, severity, path, line, column, other }) => ({
      code,
      severity,
      path,
      line,
      column,
      other,
    }));
    expect(found).toEqual(expected);
    expect(found.map((diagnostic) => diagnostic.code)).toContain(code);
  });

  test("says what is wrong, why, and what to write", async () => {
    const { diagnostics } = await loaded;
    for (const { message, why, fix } of diagnostics) {
      for (const text of [message, why, fix]) expect(text).toMatch(/\S.*[^.]$/);
    }
  });

  test("stops the fleet only if it is an error", async () => {
    const { checked, diagnostics } = await loaded;
    expect(checked !== undefined).toBe(diagnostics.every(({ severity }) => severity !== "error"));
  });
});
