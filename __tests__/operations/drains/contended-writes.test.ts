import { changeCell } from "../../../operations/drains/change-drains";
import { drainRegion } from "../../../operations/drains/decision";
import { Unreachable } from "../../../sandbox/http";
import { disk, drain, drainBench, fleet, since, summary, undrain } from "../../support/drain-bench";

const { bench, drainedIn, storeOf } = drainBench();

describe("another writer", () => {
  /** Writes something else just before the first `times` writes to the store of globex. */
  function interfere(times: number, value: (time: number) => string): void {
    let written = 0;
    bench.aws.before = ({ method, path }) => {
      const isWrite = method === "PUT" && path.includes(encodeURIComponent(bench.stores.globex ?? ""));
      if (isWrite && written < times) storeOf("globex")?.put("drained", value(written++));
    };
  }

  test("is not overwritten", async () => {
    interfere(2, (time) => `{"us-west-2":{"since":"${since}","reason":"${time}"}}`);
    expect((await drain()).map(summary)[0]).toEqual(["globex", true, disk]);
    expect(JSON.parse(drainedIn("globex") ?? "")).toEqual({
      "eu-central-1": { since, reason: "disk full" },
      "us-west-2": { since, reason: "1" },
    });
  });

  test("who drained the other region meanwhile makes this one the last", async () => {
    interfere(1, () => `{"eu-west-1":{"since":"${since}"}}`);
    const [globex, initech] = await drain();
    expect(globex && summary(globex)).toEqual(["globex", "no region would be left in globex for any viewer"]);
    expect(initech).toMatchObject({ changed: true });
  });

  test("who never stops is left the field", async () => {
    interfere(9, (time) => `{"us-west-2":{"since":"${since}","reason":"${time}"}}`);
    const [globex] = await drain();
    expect(globex && summary(globex)[1]).toContain("was changed by others 5 times");
  });
});

describe("a write whose answer is lost", () => {
  /** Does what a write to the store of globex asks for, and cuts the connection. */
  function lose(what: { readonly times: number; readonly isDone: boolean; readonly value?: string }): void {
    let lost = 0;
    bench.aws.before = ({ body, method, path }) => {
      if (method !== "PUT" || !path.includes(encodeURIComponent(bench.stores.globex ?? ""))) return;
      if (lost++ >= what.times) return;
      if (what.isDone) storeOf("globex")?.put("drained", what.value ?? JSON.parse(body.toString()).Value);
      throw new Unreachable("cut");
    };
  }

  test("and that is then refused because of itself, is done", async () => {
    lose({ times: 1, isDone: true });
    expect((await drain()).map(summary)[0]).toEqual(["globex", true, disk]);
    lose({ times: 1, isDone: true });
    expect((await undrain()).map(summary)[0]).toEqual(["globex", true, disk]);
  });

  test("and was not done, is done again", async () => {
    lose({ times: 1, isDone: false });
    expect((await drain()).map(summary)[0]).toEqual(["globex", true, disk]);
    expect(drainedIn("globex")).toContain("disk full");
  });

  test("each time, is looked up, and done if it is there", async () => {
    lose({ times: 9, isDone: true });
    expect((await drain()).map(summary)[0]).toEqual(["globex", true, disk]);
  });

  test("each time, and is not there, is said not to be known", async () => {
    lose({ times: 9, isDone: false });
    const done = await drain();
    expect(done[0] && "error" in done[0] && done[0].error.message).toMatch(
      /^it is not known whether the change was written to the key-value store of globex.*npx meridian drains/s,
    );
    expect(done[1]).toMatchObject({ changed: true });
  });

  test("is not taken for done by another drain of the region", async () => {
    lose({
      times: 9,
      isDone: true,
      value: `{"eu-central-1":{"since":"2020-01-01T00:00:00Z","reason":"disk full"}}`,
    });
    const [globex] = await drain();
    expect(globex && summary(globex)[1]).toContain("it is not known");
  });
});

test("a write that can never be read back is no success", async () => {
  // By hand: the limit of the command is half a minute.
  const reading = { drains: [], version: "1" };
  const written = { read: async () => reading, write: async () => "2", readBack: async () => undefined };
  const [first] = fleet.cells;
  if (!first) throw new Error("no cell");
  const open = { cell: first, store: written, reading, notes: [] };
  await expect(changeCell(open, drainRegion(disk, false))).rejects.toThrow("cannot be read back yet");
});
