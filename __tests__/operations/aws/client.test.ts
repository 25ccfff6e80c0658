import { setTimeout as sleep } from "node:timers/promises";
import { callAws } from "../../../operations/aws/client";

const waited: string[] = [];
const caller = { onSlow: (what: string) => waited.push(what) };
beforeEach(() => {
  waited.length = 0;
});

test("a caller learns what takes long, while it does", async () => {
  const slow = callAws(caller, "asking STS", () => sleep(2_500, "answer"));
  await sleep(2_250);
  expect(waited).toEqual(["asking STS"]);
  expect(await slow).toBe("answer");
});

test("a caller hears nothing of what is quick", async () => {
  expect(await callAws(caller, "asking STS", async () => "answer")).toBe("answer");
  await sleep(2_250);
  expect(waited).toEqual([]);
});
