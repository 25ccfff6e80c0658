import type { TestCell } from "./cell";
import { frankfurt, from, one, type Row, testRows, virginia } from "./rows";

/** A cell whose only route takes some methods. */
const reading: TestCell = { ...one, routes: [["/*", "hello", ["GET", "HEAD"]]] };

/** A cell with two services. */
const routed: TestCell = {
  ...one,
  routes: [
    ["/v?/status.json", "status"],
    ["/orders/*", "orders"],
  ],
};

const rows: readonly Row[] = [
  [
    "a method that a route takes goes on",
    reading,
    { method: "HEAD", headers: from("FR") },
    { origins: [[frankfurt, virginia]] },
  ],
  ...["POST", "OPTIONS", "DELETE"].map(
    (method): Row => [
      `${method} is answered 405 where the route takes only others`,
      reading,
      { method, headers: from("FR") },
      {
        origins: [],
        status: 405,
        allow: "GET, HEAD",
        body: JSON.stringify({ message: `This path takes no ${method}` }),
        type: "application/json",
        cacheControl: "no-store",
      },
    ],
  ),
  [
    "a path picks its service",
    routed,
    { method: "POST", uri: "/v2/status.json", headers: from("FR") },
    { origins: [["acme_eu_central_1_status"]] },
  ],
  ...(
    [
      ["/orders/../v2/./status.json", "status"],
      ["/orders/%2e%2e/v2/status.json", "status"],
      ["/%76%32/status%2Ejson", "status"],
      ["/v2/%73tatus.json", "status"],
      ["/a/../../orders/7", "orders"],
      ["/orders/.", "orders"],
      ["/orders/%2F..%2Fv2", "orders"],
      ["/v2/status.json/../../orders//", "orders"],
      ["//v2//status.json", "status"],
      ["/orders/...", "orders"],
    ] as const
  ).map(
    ([uri, service]): Row => [
      `${uri} is read as CloudFront reads it: ${service}`,
      routed,
      { method: "POST", uri, headers: from("FR") },
      { origins: [[`acme_eu_central_1_${service}`]] },
    ],
  ),
  ...["/", "/order", "/orders/..", "/%6Frders%2F7", "/v10/status.json", "/v2/statusxjson"].map(
    (uri): Row => [
      `${uri} has no route and is answered 404`,
      routed,
      { method: "GET", uri, headers: from("FR") },
      { origins: [], status: 404, reads: 0 },
    ],
  ),
];

testRows(rows);
