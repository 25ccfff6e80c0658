import { Pruned } from "../../../fleet/text/prune";
import { valueAt } from "../../../fleet/text/walk";
import { fc } from "../../support/properties";

test("what is left out takes what then is empty with it", () => {
  const pruned = new Pruned({ a: { b: { c: 1 } }, d: [[1], [2]], e: {} });
  pruned.drop([
    ["a", "b", "c"],
    ["d", 0, 0],
  ]);
  expect(pruned.data).toEqual({ d: [[2]], e: {} });
  expect(pruned.original(["d", 0, 0])).toEqual(["d", 1, 0]);
});

test("the original stays as it was", () => {
  const data = { a: [1, 2], b: 1 };
  const pruned = new Pruned(data);
  pruned.rename([], "b", "c");
  pruned.drop([["a", 0]]);
  expect(data).toEqual({ a: [1, 2], b: 1 });
  expect(pruned.data).toEqual({ a: [2], c: 1 });
});

test("a renamed key leads back to what is written, and only in its own map", () => {
  const pruned = new Pruned({ x: [{ old: 1 }, { new: 2 }] });
  pruned.rename(["x", 0], "old", "new");
  expect(pruned.data).toEqual({ x: [{ new: 1 }, { new: 2 }] });
  expect(pruned.original(["x", 0, "new"])).toEqual(["x", 0, "old"]);
  expect(pruned.original(["x", 1, "new"])).toEqual(["x", 1, "new"]);
});

test("every item that stays leads back to itself, however often something is left out", () => {
  const items = fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(items, fc.array(fc.nat(11), { maxLength: 8 }), (items, drops) => {
      const data = { list: items, other: 1 };
      const pruned = new Pruned(data);
      for (const drop of drops) {
        const now = valueAt(pruned.data, ["list"]) as readonly number[] | undefined;
        if (now && drop < now.length) pruned.drop([["list", drop]]);
      }
      const left = (valueAt(pruned.data, ["list"]) ?? []) as readonly number[];
      for (const [index, item] of left.entries()) {
        expect(valueAt(data, pruned.original(["list", index]))).toBe(item);
      }
    }),
  );
});
