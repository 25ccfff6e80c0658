import { KeyValueStore } from "../../../sandbox/cloudfront/key-value-store";

test("every change makes a new version", () => {
  const store = new KeyValueStore("arn:a");
  const empty = store.etag;
  store.put("b", "2");
  store.put("a", "1");
  expect(store.list()).toEqual([
    ["a", "1"],
    ["b", "2"],
  ]);
  const full = store.etag;
  expect(full).not.toBe(empty);
  store.delete("none");
  expect(store.etag).toBe(full);
  store.delete("a");
  expect([store.etag === full, store.get("a"), store.bytes]).toEqual([false, undefined, 2]);
});

test("keys and values have limits", () => {
  const store = new KeyValueStore("arn:a");
  expect(() => store.put("", "x")).toThrow("1 to 512 bytes");
  expect(() => store.put("k".repeat(513), "x")).toThrow("1 to 512 bytes");
  expect(() => store.put("k", "ä".repeat(513))).toThrow("1024 bytes");
  store.put("k".repeat(512), "x".repeat(1024));
  expect(store.bytes).toBe(1536);
});
