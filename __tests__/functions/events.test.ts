import { handler as nightly } from "../../functions/nightly";
import { handler as worker } from "../../functions/worker";

const logged: string[] = [];
beforeEach(() => {
  logged.length = 0;
  for (const method of ["log", "error"] as const) {
    jest.spyOn(console, method).mockImplementation((...line) => void logged.push(String(line)));
  }
});
afterEach(() => jest.restoreAllMocks());

test("the worker works on each message, and names only those that it could not handle", async () => {
  const Records = [
    { messageId: "1", body: '{"order":7}' },
    { messageId: "2", body: "no JSON" },
    { messageId: "3", body: '{"order":8}' },
  ];
  expect(await worker({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([
    { message: "worked", job: { order: 7 } },
    { message: "failed", messageId: "2" },
    { message: "worked", job: { order: 8 } },
  ]);
});

test("the nightly job says what it ran", async () => {
  await nightly({ job: "cleanup" });
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([{ message: "ran", job: "cleanup" }]);
});
