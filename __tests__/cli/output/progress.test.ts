import { performance } from "node:perf_hooks";
import { progress } from "../../../cli/output/progress";

/** A terminal, or a file, that remembers. */
function output(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) };
  return { written, stream: stream as unknown as NodeJS.WriteStream };
}

afterEach(() => {
  jest.restoreAllMocks();
});

/** Runs a command's progress at given milliseconds. */
function at(times: readonly number[], isTTY: boolean): readonly string[] {
  const clock = jest.spyOn(performance, "now").mockReturnValue(0);
  const { stream, written } = output(isTTY);
  const shown = progress(stream);
  for (const time of times) {
    clock.mockReturnValue(time);
    shown.show(`at ${time}`);
  }
  shown.end();
  return written.map((text) => text.replace("\r\u001b[K", ""));
}

test("a command that is through in a second says nothing", () => {
  expect(at([100, 900], true)).toEqual([]);
});

test("a longer one says how far it is, four times a second at most, and wipes it", () => {
  expect(at([900, 1100, 1200, 1500], true)).toEqual(["at 1100", "at 1500", ""]);
});

test("what is no terminal gets nothing", () => {
  expect(at([5000], false)).toEqual([]);
});
