import { performance } from "node:perf_hooks";
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { progress, progressLine, progressView, trackStacks } from "../../../cli/output/progress";
import {
  type DeployProgress,
  followDeploy,
  type StackProgress,
} from "../../../operations/terraform/deploy-progress";

/** A stream that is, or is not, a terminal, and what was written to it, write by write. */
function fakeStream(isTTY: boolean, rows?: number) {
  const written: string[] = [];
  const stream = new PassThrough();
  stream.on("data", (chunk) => written.push(String(chunk)));
  return { stream: Object.assign(stream, { isTTY, rows }) as unknown as NodeJS.WriteStream, written };
}

describe("how far a command is", () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Runs a command's progress at given milliseconds. */
  function at(times: readonly number[], isTTY: boolean): readonly string[] {
    const clock = jest.spyOn(performance, "now").mockReturnValue(0);
    const { stream, written } = fakeStream(isTTY);
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
});

describe("how far the stacks of a deploy are", () => {
  const plan = [
    { name: "a", after: [] },
    { name: "much-longer", after: [] },
  ];

  function feed(progress: DeployProgress, update: (changed: StackProgress, all: DeployProgress) => void) {
    return (...lines: readonly string[]) => {
      for (const line of lines)
        for (const changed of progress.read(line, Date.now())) update(changed, progress);
    };
  }

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  describe("where there is no terminal", () => {
    test("each change of state is one line, and a count alone is none", () => {
      const { stream, written } = fakeStream(false);
      const view = progressView(stream);
      const read = feed(followDeploy(plan, 2), view.update);
      read("a  Terraform has been successfully initialized!");
      read("much-longer  Terraform has been successfully initialized!");
      jest.setSystemTime(12_000);
      read("a  Plan: 2 to add, 0 to change, 0 to destroy.", "   x.y: Creation complete after 1s");
      jest.setSystemTime(31_400);
      read("   x.z: Creation complete after 1s", "   Apply complete! Resources: 2 added.");
      jest.advanceTimersByTime(60_000);
      view.close();
      expect(written.map(stripVTControlCharacters)).toEqual([
        "  a            planning        0 s\n",
        "  much-longer  planning        0 s\n",
        "  a            applying       12 s  0 of 2\n",
        "  a            done           31 s  2 of 2\n",
      ]);
    });
  });

  describe("in a terminal", () => {
    test("one line per stack is drawn again over the last", () => {
      const { stream, written } = fakeStream(true);
      const view = progressView(stream);
      const read = feed(followDeploy(plan, 1), view.update);
      read("a  Plan: 1 to add, 0 to change, 0 to destroy.");
      jest.advanceTimersByTime(500);
      view.close();
      expect(written).toHaveLength(3);
      expect(written.slice(1).every((text) => text.startsWith("\u001b[2A\u001b[J"))).toBe(true);
      expect(written[0]?.startsWith("\u001b[J")).toBe(true);
      expect(written.map((text) => stripVTControlCharacters(text).split("\n").slice(0, 2))).toEqual([
        ["  a            applying        0 s  0 of 1", "  much-longer  waiting"],
        ["  a            applying        1 s  0 of 1", "  much-longer  waiting"],
        ["  a            applying        1 s  0 of 1", "  much-longer  waiting"],
      ]);
    });

    test("the seconds go on while nothing happens, and nothing goes on after the end", () => {
      const { stream, written } = fakeStream(true);
      const view = progressView(stream);
      const read = feed(followDeploy(plan, 1), view.update);
      read("a  Plan: 1 to add, 0 to change, 0 to destroy.");
      jest.advanceTimersByTime(10_000);
      expect(stripVTControlCharacters(written.at(-1) ?? "")).toContain(" 10 s ");
      view.close();
      const drawn = written.length;
      jest.advanceTimersByTime(10_000);
      expect(written).toHaveLength(drawn);
      expect(jest.getTimerCount()).toBe(0);
    });

    test("no more is drawn than fits, and what happens comes before what waits", () => {
      const { stream, written } = fakeStream(true, 5);
      const view = progressView(stream);
      const many = ["a", "b", "c", "d", "e"].map((name) => ({ name, after: [] }));
      const read = feed(followDeploy(many, 1), view.update);
      read("b  Plan: 1 to add, 0 to change, 0 to destroy.", "c  Error: no", "e  No changes. None.");
      view.close();
      const lines = stripVTControlCharacters(written.at(-1) ?? "").split("\n");
      expect(lines.map((line) => line.trimEnd().replace(/ +/g, " "))).toEqual([
        " c failed 0 s",
        " b applying 0 s 0 of 1",
        " e done 0 s",
        " 1 of 5 stacks done",
        "",
      ]);
      expect(written.at(-1)?.startsWith("\u001b[4A\u001b[J")).toBe(true);
    });

    test("a line longer than the terminal is wide is cut, and wrapping is on again afterwards", () => {
      const { stream, written } = fakeStream(true);
      const view = progressView(stream);
      feed(followDeploy(plan, 1), view.update)("a  No changes. None.");
      view.close();
      for (const text of written) {
        expect(text).toContain("\u001b[J\u001b[?7l");
        expect(text.endsWith("\u001b[?7h\n")).toBe(true);
      }
    });

    test("a line that is to stay comes above the picture, which is drawn anew below it", () => {
      const { stream, written } = fakeStream(true, 10);
      const tracker = trackStacks(["a", "b"], stream);
      tracker.update("a", { state: "applying" });
      written.length = 0;
      tracker.print("Stage production, wave 1 of 2: a");
      tracker.close();
      expect(written[0]).toBe("\u001b[2A\u001b[JStage production, wave 1 of 2: a\n");
      expect(written[1]?.startsWith("\u001b[J")).toBe(true);
      expect(stripVTControlCharacters(written[1] ?? "")).toContain("a  applying");
    });

    test("nothing is drawn when nothing was deployed", () => {
      const { stream, written } = fakeStream(true);
      const view = progressView(stream);
      jest.advanceTimersByTime(2_000);
      view.close();
      expect(written).toEqual([]);
    });
  });

  test("a line says no more than is known", () => {
    const line = (more: Partial<StackProgress>) =>
      stripVTControlCharacters(
        progressLine({ stack: "a", state: "waiting", changed: 0, lines: [], ...more }, 3, 90_000),
      );
    expect(line({})).toBe("  a    waiting");
    expect(line({ state: "planning", started: 60_000 })).toBe("  a    planning       30 s");
    expect(line({ state: "done", started: 60_000, ended: 62_000 })).toBe("  a    done            2 s");
    const counted = { state: "applied", started: 60_000, ended: 62_000 } as const;
    expect(line({ ...counted, changed: 2, toChange: 5 })).toBe("  a    applied         2 s  2 of 5");
    // The number was predicted, and too low.
    expect(line({ ...counted, changed: 5, toChange: 2 })).toBe("  a    applied         2 s  5");
  });
});
