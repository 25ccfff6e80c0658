import { distributionDomain, entityId } from "../../sandbox/cloudfront/ids";
import { freshId, uuid } from "../../sandbox/ids";

test("ids look like CloudFront's and follow from their parts", () => {
  const id = entityId("111111111111", "front");
  expect(id).toMatch(/^E[A-Z0-9]{13}$/);
  expect(entityId("111111111111", "front")).toBe(id);
  expect(entityId("222222222222", "front")).not.toBe(id);
  expect(distributionDomain(id)).toMatch(/^d[a-z0-9]{13}\.cloudfront\.net$/);
  expect(uuid("a")).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test("an id that is taken is not given again", () => {
  const make = (attempt: string) => uuid("policy", attempt);
  expect(freshId(new Set([uuid("policy", "0")]), make)).toBe(uuid("policy", "1"));
});
