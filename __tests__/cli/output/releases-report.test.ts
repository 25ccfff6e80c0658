import { stripVTControlCharacters } from "node:util";
import { releasesReport, type ShownRelease, type StackReleases } from "../../../cli/output/releases-report";

const release = (minute: string, more: Partial<ShownRelease> = {}): ShownRelease => ({
  ...{ id: `2026-11-26T17-${minute}-00Z-ab12cd34`, at: `2026-11-26T17:${minute}:00Z`, by: "ann@build" },
  ...{ fingerprint: "ab12cd34ef", ...more },
});
const stack = (more: Partial<StackReleases>): StackReleases => ({
  ...{ stack: "globex_front", account: "333333333333", ok: true, deployed: true, releases: [], ...more },
});
const lines = (stacks: readonly StackReleases[], endpoint?: string) =>
  stripVTControlCharacters(releasesReport(stacks, endpoint)).split("\n");

test("each stack has a table, with what it has now, in 80 columns", () => {
  const first = release("20", { verification: "passed", revision: "0123456789abcdef" });
  const last = release("21", {
    verification: "failed",
    revision: "0123456789abcdef-dirty",
    by: "a-very-long-name@a-very-long-host",
  });
  const text = lines([
    stack({ current: first.id, releases: [last, first] }),
    stack({ stack: "globex_globex_eu-west-1", deployed: false }),
  ]);
  expect(text).toEqual([
    "globex_front",
    "release                        by                revision       verified  ",
    "2026-11-26T17-21-00Z-ab12cd34  a-very-long-nam…  0123456-dirty  failed    ",
    "2026-11-26T17-20-00Z-ab12cd34  ann@build         0123456        passed    now",
    "",
    "globex_globex_eu-west-1",
    "  never deployed",
    "",
  ]);
  for (const line of text) expect(line.length).toBeLessThanOrEqual(80);
});

test.each<[string, Partial<StackReleases>, RegExp]>([
  ["was deployed without Meridian", {}, /deployed without Meridian: no release is kept/],
  ["has none of its releases", { releases: [release("20")] }, /What it has now is none of these/],
  ["is gone", { releases: [release("20")], deployed: false }, /It is not deployed any more/],
  [
    "cannot be read",
    { ok: false, error: "AccessDenied:\u001b[2J denied" },
    /error: AccessDenied: \[2J denied/,
  ],
])("a stack that %s says so", (_, more, text) => {
  expect(lines([stack(more)]).join("\n")).toMatch(text);
});

test("a sandbox is not taken for AWS", () => {
  expect(lines([stack({})], "http://127.0.0.1:4566")[0]).toBe(
    "globex_front (at http://127.0.0.1:4566, not AWS)",
  );
});
