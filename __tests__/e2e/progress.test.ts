const Progress = require("./progress");

const minute = 60_000;
const file = (name: string) => ({ path: `/somewhere/__tests__/e2e/${name}.e2e.ts` });

describe("the progress of the end-to-end tests", () => {
  let printed: string[];
  let clock: number;
  let progress: InstanceType<typeof Progress>;

  beforeEach(() => {
    jest.useFakeTimers();
    [printed, clock] = [[], 1_000_000];
    progress = new Progress({}, { print: (text: string) => printed.push(text), now: () => clock });
    progress.onRunStart({ numTotalTestSuites: 3 });
  });

  afterEach(() => {
    progress.onRunComplete();
    jest.useRealTimers();
  });

  const pass = (milliseconds: number) => {
    clock += milliseconds;
    jest.advanceTimersByTime(milliseconds);
    return printed.splice(0).join("");
  };

  test("says when a file begins, and how long it took", () => {
    progress.onTestFileStart(file("example"));
    clock += 65_400;
    progress.onTestFileResult(file("example"));
    expect(printed).toEqual([
      "example begins\n",
      "example took 1 min 5 s; 1 of 3 files done after 1 min 5 s\n",
    ]);
  });

  test("says each minute what the files that run are doing", () => {
    progress.onTestFileStart(file("example"));
    progress.onTestFileStart(file("front"));
    progress.onTestCaseStart(file("example"), { title: "a second plan is empty" });
    printed.length = 0;
    expect(pass(minute - 1)).toBe("");
    expect(pass(1)).toBe(
      "0 of 3 files done after 1 min 0 s\n" +
        "  example    1 min 0 s  a second plan is empty\n" +
        "  front      1 min 0 s  preparing\n",
    );
    progress.onTestFileResult(file("example"));
    printed.length = 0;
    expect(pass(minute)).toBe("1 of 3 files done after 2 min 0 s\n  front    2 min 0 s  preparing\n");
  });

  test("says nothing once all is done", () => {
    progress.onRunComplete();
    expect(pass(2 * minute)).toBe("");
  });
});
