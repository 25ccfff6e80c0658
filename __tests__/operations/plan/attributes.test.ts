import { changedAttributes } from "../../../operations/plan/attributes";

test("an element of a list that goes away is one line, and hidden where it holds what may be secret", () => {
  const origin = (id: string, more: object = {}) => ({ origin_id: id, domain: `${id}.example.com`, ...more });
  const change = (gone: object, before_sensitive: object = {}) =>
    changedAttributes({
      actions: ["update"],
      before: { origin: [origin("a"), gone] },
      after: { origin: [origin("a")] },
      before_sensitive,
    });
  expect(change(origin("b"))).toEqual([
    { path: "origin[b]", before: '{"origin_id":"b","domain":"b.example.com"}' },
  ]);
  expect(change(origin("b", { environment: { TOKEN: "t0p" } }))).toEqual([
    { path: "origin[b]", hidden: true },
  ]);
  const [marked] = change(origin("b"), { origin: [{}, { domain: true }] });
  expect(JSON.stringify(marked)).not.toContain("b.example.com");
});
