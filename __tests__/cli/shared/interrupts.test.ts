import { setTimeout as sleep } from "node:timers/promises";
import { expectClosedPipes } from "../../../cli/output/closed-pipe";
import { aborted, listenForInterrupts } from "../../../cli/shared/interrupts";

const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let now: number;

beforeEach(() => {
  now = 1_000;
  jest.spyOn(Date, "now").mockImplementation(() => now);
});

afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.npm_command;
  for (const name of names) process.removeAllListeners(name);
});

/** Gives this process another parent, as the system does once the one that started it has ended. */
function loseParent(): void {
  jest.replaceProperty(process, "ppid", 1);
}

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

test.each(["exec", "run-script"])(
  "what npm has started (%s) stops once its shell is gone",
  async (command) => {
    process.env.npm_command = command;
    const { hurry, stop } = listenForInterrupts();
    await sleep(600);
    expect(stop.aborted).toBe(false);
    loseParent();
    await aborted(stop);
    expect(hurry.aborted).toBe(false);
  },
);

test("what a person has started goes on without the shell that it was started from", async () => {
  delete process.env.npm_command;
  const { stop } = listenForInterrupts();
  loseParent();
  await sleep(700);
  expect(stop.aborted).toBe(false);
});

test("nobody who reads what is printed is a reason to stop", async () => {
  const before = process.stdout.listeners("error");
  expectClosedPipes();
  const { stop } = listenForInterrupts();
  process.stderr.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  expect(stop.aborted).toBe(false);
  process.stdout.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  expect(stop.aborted).toBe(true);
  for (const stream of [process.stdout, process.stderr])
    for (const listener of stream.listeners("error"))
      if (!before.includes(listener)) stream.removeListener("error", listener as () => void);
});
