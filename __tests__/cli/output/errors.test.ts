import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { failWith, printDiagnostics, summarize } from "../../../cli/output/errors";
import type { Diagnostic, Severity } from "../../../fleet/diagnostics";
import { UserError } from "../../../fleet/errors";

const found = (severity: Severity): Diagnostic => ({
  code: "unknown-region",
  severity,
  message: 'there is no region "eu-centrl-1"',
  why: "nothing could be deployed there",
  fix: "write eu-central-1",
  path: "cells.globex.targets.globex[0]",
  file: "fleet.yaml",
  line: 12,
  column: 7,
});

/** What a function writes to standard error, and the exit code that it asks for. */
function failing(error: unknown): { readonly text: string; readonly code: unknown } {
  const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const before = process.exitCode;
  try {
    failWith(error);
    const text = write.mock.calls.map(([chunk]) => stripVTControlCharacters(String(chunk))).join("");
    return { text, code: process.exitCode };
  } finally {
    process.exitCode = before;
    write.mockRestore();
  }
}

describe("a failure", () => {
  const traces = process.env.MERIDIAN_TRACES;
  beforeEach(() => {
    delete process.env.MERIDIAN_TRACES;
  });
  afterAll(() => {
    if (traces !== undefined) process.env.MERIDIAN_TRACES = traces;
  });

  test("meant for the user says what, why and how to fix it, and no more", () => {
    expect(failing(new UserError("no port is free", "the sandbox needs one", "name another"))).toEqual({
      text: "error no port is free\n  why: the sandbox needs one\n  fix: name another\n",
      code: 1,
    });
  });

  test("that nobody expected shows no stack trace, and says how to get one", () => {
    expect(failing(new TypeError("x is not a function"))).toEqual({
      text: "error x is not a function\n  (set MERIDIAN_TRACES=1 to see a stack trace)\n",
      code: 1,
    });
  });

  test("shows a stack trace with MERIDIAN_TRACES=1", () => {
    process.env.MERIDIAN_TRACES = "1";
    expect(failing(new TypeError("x is not a function")).text).toMatch(
      /^error TypeError: x is not a function\n +at .*errors\.test\.ts:\d+/,
    );
    process.env.MERIDIAN_TRACES = "0";
    expect(failing(new TypeError("x is not a function")).text).not.toMatch(/^ +at /m);
  });

  test("that is no error at all is still shown", () => {
    expect(failing("out of luck")).toEqual({ text: "error out of luck\n", code: 1 });
  });
});

test("a finding is printed the way compilers do", () => {
  const out = new PassThrough();
  printDiagnostics([found("error"), found("warning")], out);
  expect(stripVTControlCharacters(String(out.read()))).toBe(`fleet.yaml:12:7 error unknown-region
    there is no region "eu-centrl-1"
    why: nothing could be deployed there
    fix: write eu-central-1
fleet.yaml:12:7 warning unknown-region
    there is no region "eu-centrl-1"
    why: nothing could be deployed there
    fix: write eu-central-1
`);
});

test.each<[string, readonly Severity[]]>([
  ["no problems", []],
  ["1 error", ["error"]],
  ["2 errors, 1 warning, 3 hints", ["info", "error", "warning", "info", "error", "info"]],
])("%s", (summary, severities) => {
  expect(summarize(severities.map(found))).toBe(summary);
});
