import { runInNewContext } from "node:vm";
import { type RouterConfig, routerCode } from "../../edge/router-code";

const config: RouterConfig = {
  routes: [
    ["/orders/*", ["eu_orders", "us_orders"]],
    ["/v?/status.json", ["eu_status"]],
  ],
  failoverOn: [502, 503, 504],
};

interface Outcome {
  readonly answer: { readonly statusCode?: number; readonly uri?: string };
  readonly pair?: {
    readonly originIds: readonly { readonly originId: string }[];
    readonly failoverCriteria: unknown;
  };
}

/** Runs the very code that is deployed, with CloudFront's module replaced by one that remembers. */
function route(method: string, uri: string): Outcome {
  const groups: Outcome["pair"][] = [];
  const code = routerCode(config).replace(/^import cf from ?"cloudfront";/, "");
  const cf = { createRequestOriginGroup: (group: Outcome["pair"]) => groups.push(group) };
  const handler = runInNewContext(`${code};handler`, { cf });
  return { answer: handler({ request: { method, uri, headers: {} } }), pair: groups[0] };
}

test.each(["GET", "HEAD", "OPTIONS"])("%s gets the first two origins of its route as a pair", (method) => {
  const { answer, pair } = route(method, "/orders/7");
  expect(pair?.originIds.map(({ originId }) => originId)).toEqual(["eu_orders", "us_orders"]);
  expect(pair?.failoverCriteria).toEqual({ statusCodes: [502, 503, 504] });
  expect(answer.uri).toBe("/orders/7");
});

test.each(["POST", "PUT", "PATCH", "DELETE"])("%s goes to the behaviour's own origin", (method) => {
  expect(route(method, "/orders/7").pair).toBeUndefined();
});

test("a service with one target has nothing to fail over to", () => {
  expect(route("GET", "/v2/status.json").pair).toBeUndefined();
});

test.each(["/", "/order", "/v10/status.json", "/v2/statusxjson"])(
  "%s has no route and is answered 404",
  (uri) => {
    expect(route("GET", uri).answer.statusCode).toBe(404);
  },
);

test("the code fits into CloudFront's 10 KB and starts with its import", () => {
  const code = routerCode(config);
  expect(Buffer.byteLength(code)).toBeLessThan(10 * 1024);
  expect(code).toMatch(/^import cf from ?"cloudfront";/);
});
