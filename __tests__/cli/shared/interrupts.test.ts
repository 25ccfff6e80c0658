import { aborted, listenForInterrupts } from "../../../cli/shared/interrupts";

const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let now: number;

beforeEach(() => {
  now = 1_000;
  jest.spyOn(Date, "now").mockImplementation(() => now);
});

afterEach(() => {
  jest.restoreAllMocks();
  for (const name of names) process.removeAllListeners(name);
});

/** Presses Ctrl-C, some milliseconds after the last time. */
function press(after: number): void {
  now += after;
  process.emit("SIGINT");
}

test("the first Ctrl-C stops, the second one hurries, the third ends the process", () => {
  const exit = jest.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const { hurry, stop } = listenForInterrupts();
  press(0);
  expect([stop.aborted, hurry.aborted]).toEqual([true, false]);
  press(1_000);
  expect([stop.aborted, hurry.aborted]).toEqual([true, true]);
  expect(exit).not.toHaveBeenCalled();
  press(1_000);
  expect(exit).toHaveBeenCalledWith(130);
});

test("a Ctrl-C that the terminal sends and npm passes on is one", () => {
  const { hurry, stop } = listenForInterrupts();
  press(0);
  press(20);
  expect([stop.aborted, hurry.aborted]).toEqual([true, false]);
});

test.each(names)("%s stops, too", async (name) => {
  const { stop } = listenForInterrupts();
  process.emit(name);
  await aborted(stop);
  expect(stop.aborted).toBe(true);
});
