import { distanceTo } from "../../fleet/geography/distance";
import { regionCodes } from "../../fleet/geography/regions";
import { router, type TestCell } from "./cell";
import { type Answered, type Asked, askInNjs, askInV8 } from "./engines";
import { hasNjs } from "./njs";

const from = (country: string) => ({ "cloudfront-viewer-country": { value: country } });
const drained = (...regions: readonly string[]) =>
  JSON.stringify(Object.fromEntries(regions.map((region) => [region, { since: "2026-11-21T10:00:00Z" }])));

const one: TestCell = { targets: { acme: ["eu-central-1", "us-east-1", "ap-southeast-2"] } };
const two: TestCell = {
  targets: { acme: ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "sa-east-1"] },
  zones: { eu: [["eu-central-1", "eu-west-1"], ["EU"]], us: [["us-east-1", "us-west-2"], ["US"]] },
};
const manyRegions = regionCodes.toSorted((a, b) => distanceTo("DE", a) - distanceTo("DE", b)).slice(0, 12);
const many: TestCell = { targets: { acme: manyRegions } };
const twice: TestCell = { targets: { a: ["eu-central-1"], b: ["eu-central-1", "eu-west-1"] } };
const [frankfurt, ireland, virginia, oregon, sydney, paulo] = [
  "acme_eu_central_1_hello",
  "acme_eu_west_1_hello",
  "acme_us_east_1_hello",
  "acme_us_west_2_hello",
  "acme_ap_southeast_2_hello",
  "acme_sa_east_1_hello",
];

/** A header that a viewer sends twice: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html */
const sentTwice = (value: string) => ({ value, multiValue: [{ value }, { value: `${value} again` }] });

type Row = readonly [name: string, cell: TestCell, asked: Asked, expected: Partial<Answered>];

const table: readonly Row[] = [
  ...["GET", "HEAD", "OPTIONS"].map(
    (method): Row => [
      `${method} gets the two nearest regions as a pair`,
      one,
      { method, headers: from("FR") },
      { origins: [[frankfurt, virginia]], failoverOn: [502, 503, 504], zone: "-" },
    ],
  ),
  ...["POST", "PUT", "PATCH", "DELETE"].map(
    (method): Row => [
      `${method} gets the nearest region`,
      one,
      { method, headers: from("AU") },
      { origins: [[sydney]], zone: "-" },
    ],
  ),
  [
    "a viewer without a country is taken to be near the edge location",
    one,
    { method: "POST", edge: "ap-southeast-2" },
    { origins: [[sydney]] },
  ],
  [
    "a viewer without a country, at an edge location near no region, is in the default country",
    { ...one, defaultCountry: "US" },
    { method: "POST", edge: "mars-north-1" },
    { origins: [[virginia]] },
  ],
  ["and so where there is no edge location", one, { method: "POST" }, { origins: [[frankfurt]] }],
  [
    "a country that ISO 3166-1 does not have counts as none",
    one,
    { method: "POST", headers: from("QQ"), edge: "us-west-2" },
    { origins: [[virginia]] },
  ],
  ...["AUX", "XAU", "au", "A", ""].map(
    (country): Row => [
      `and so does ${JSON.stringify(country)}`,
      one,
      { method: "POST", headers: from(country), edge: "us-west-2" },
      { origins: [[virginia]] },
    ],
  ),
  [
    "a written order comes before distance",
    { ...one, order: { AU: ["us-east-1"] } },
    { method: "GET", headers: from("AU") },
    { origins: [[virginia, sydney]] },
  ],
  [
    "one order for all",
    { ...one, order: ["ap-southeast-2", "us-east-1"] },
    { method: "GET", headers: from("DE") },
    { origins: [[sydney, virginia]] },
  ],
  [
    "a drained region is left out of reads",
    one,
    { method: "GET", headers: from("FR"), drained: drained("eu-central-1") },
    { origins: [[virginia, sydney]] },
  ],
  [
    "and of writes",
    one,
    { method: "POST", headers: from("FR"), drained: drained("eu-central-1") },
    { origins: [[virginia]] },
  ],
  [
    "the last region left has no pair",
    one,
    { method: "GET", headers: from("FR"), drained: drained("eu-central-1", "us-east-1") },
    { origins: [[sydney]] },
  ],
  [
    "with every region drained, the answer is 503",
    one,
    { method: "GET", headers: from("FR"), drained: drained("eu-central-1", "us-east-1", "ap-southeast-2") },
    {
      origins: [],
      status: 503,
      retryAfter: "30",
      body: '{"message":"No region is available for this viewer"}',
      type: "application/json",
      cacheControl: "no-store",
    },
  ],
  ...(["edge location", "origins"] as const).flatMap((broken): readonly Row[] =>
    ["GET", "POST"].map((method) => [
      `where CloudFront's ${broken} fails, ${method} is answered 503, and no origin of a behaviour`,
      two,
      { method, headers: from("DE"), broken },
      { origins: [], status: 503 },
    ]),
  ),
  [
    "where the store fails, nothing is drained",
    two,
    { method: "POST", headers: from("DE"), broken: "store" },
    { origins: [[frankfurt]], zone: "eu" },
  ],
  [
    "each request carries its own id, whatever the viewer sent",
    one,
    { method: "GET", headers: { ...from("FR"), "x-meridian-request": { value: "forged" } } },
    { request: "request-1" },
  ],
  [
    "an Authorization goes on in another header, and the answer to it is nobody else's",
    one,
    { method: "POST", headers: { ...from("FR"), authorization: { value: "Bearer abc" } } },
    {
      authorization: { "x-meridian-authorization": "Bearer abc", "x-meridian-private": "request-1" },
    },
  ],
  [
    "where there is none, none can be smuggled in, and answers may be shared",
    one,
    {
      method: "GET",
      headers: {
        ...from("FR"),
        "x-meridian-authorization": { value: "Bearer forged" },
        "x-meridian-private": { value: "forged" },
      },
    },
    { authorization: { "x-meridian-private": "-" } },
  ],
  [
    "nor beside one",
    one,
    {
      method: "GET",
      headers: {
        ...from("FR"),
        authorization: { value: "Bearer abc" },
        "x-meridian-authorization": { value: "Bearer forged" },
      },
    },
    {
      authorization: { "x-meridian-authorization": "Bearer abc", "x-meridian-private": "request-1" },
    },
  ],
  ...([undefined, "Bearer abc"] as const).map(
    (own): Row => [
      `nor by sending headers twice, ${own ? "beside an Authorization" : "without an Authorization"}`,
      one,
      {
        method: "GET",
        headers: {
          ...from("FR"),
          ...(own && { authorization: sentTwice(own) }),
          "x-meridian-authorization": sentTwice("Bearer forged"),
          "x-meridian-private": sentTwice("forged"),
          "x-meridian-request": sentTwice("forged"),
          "x-meridian-zone": sentTwice("us"),
          accept: sentTwice("a/b"),
        },
      },
      {
        authorization: own
          ? { "x-meridian-authorization": own, "x-meridian-private": "request-1" }
          : { "x-meridian-private": "-" },
        request: "request-1",
        zone: "-",
        repeated: ["accept"],
      },
    ],
  ),
  ...["GET", "HEAD", "OPTIONS"].map(
    (method): Row => [
      `${method} says no hash of a body, which could be wrong`,
      one,
      { method, headers: { ...from("FR"), "x-amz-content-sha256": { value: "forged" } } },
      { bodyHash: "-" },
    ],
  ),
  ...["POST", "PUT", "PATCH", "DELETE"].map(
    (method): Row => [
      `${method} says the hash that the viewer knows`,
      one,
      { method, headers: { ...from("FR"), "x-amz-content-sha256": { value: "a1b2" } } },
      { bodyHash: "a1b2" },
    ],
  ),
  [
    "a method that a route takes goes on",
    { ...one, routes: [["/*", "hello", ["GET", "HEAD"]]] },
    { method: "HEAD", headers: from("FR") },
    { origins: [[frankfurt, virginia]] },
  ],
  ...["POST", "OPTIONS", "DELETE"].map(
    (method): Row => [
      `${method} is answered 405 where the route takes only others`,
      { ...one, routes: [["/*", "hello", ["GET", "HEAD"]]] },
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
    "of twelve regions, the eleventh can answer",
    many,
    { method: "POST", headers: from("DE"), drained: drained(...manyRegions.slice(0, 10)) },
    { origins: [[`acme_${manyRegions[10]?.replaceAll("-", "_")}_hello`]] },
  ],
  [
    "reads of a zone's viewers stay in it",
    two,
    { method: "GET", headers: from("DE") },
    { origins: [[frankfurt, ireland]], zone: "eu" },
  ],
  [
    "whatever is drained",
    two,
    { method: "GET", headers: from("DE"), drained: drained("eu-central-1") },
    { origins: [[ireland]], zone: "eu" },
  ],
  [
    "and are refused rather than sent elsewhere",
    two,
    { method: "POST", headers: from("DE"), drained: drained("eu-central-1", "eu-west-1") },
    { origins: [], status: 503 },
  ],
  [
    "while the viewers of another zone notice nothing",
    two,
    { method: "GET", headers: from("US"), drained: drained("eu-central-1", "eu-west-1") },
    { origins: [[virginia, oregon]], zone: "us" },
  ],
  [
    "viewers of no zone get the nearest region of all",
    two,
    { method: "GET", headers: from("AR") },
    { origins: [[paulo, virginia]], zone: "-" },
  ],
  [
    "what the viewer says about its zone does not count",
    two,
    { method: "GET", headers: { ...from("DE"), "x-meridian-zone": { value: "us" } } },
    { origins: [[frankfurt, ireland]], zone: "eu" },
  ],
  [
    "a pair spans two regions where it can",
    twice,
    { method: "GET", headers: from("DE") },
    { origins: [["a_eu_central_1_hello", "b_eu_west_1_hello"]] },
  ],
  [
    "and else two accounts of the one that is left",
    twice,
    { method: "GET", headers: from("DE"), drained: drained("eu-west-1") },
    { origins: [["a_eu_central_1_hello", "b_eu_central_1_hello"]] },
  ],
  [
    "status codes to fail over on are the cell's",
    { ...one, failoverOn: [500, 503] },
    { method: "GET", headers: from("FR") },
    { failoverOn: [500, 503] },
  ],
  ...["", "nonsense", "null", "[]", '"eu-central-1"', "7", "{", '{"eu-central-1":null}'].map(
    (text): Row => [
      `${JSON.stringify(text)} in the store drains nothing`,
      one,
      { method: "POST", headers: from("FR"), drained: text },
      { origins: [[frankfurt]] },
    ],
  ),
  [
    "the store is read once",
    one,
    { method: "GET", headers: from("FR"), drained: drained("us-east-1") },
    { reads: 1 },
  ],
  [
    "a path picks its service",
    {
      ...one,
      routes: [
        ["/v?/status.json", "status"],
        ["/orders/*", "orders"],
      ],
    },
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
      {
        ...one,
        routes: [
          ["/v?/status.json", "status"],
          ["/orders/*", "orders"],
        ],
      },
      { method: "POST", uri, headers: from("FR") },
      { origins: [[`acme_eu_central_1_${service}`]] },
    ],
  ),
  ...["/", "/order", "/orders/..", "/%6Frders%2F7", "/v10/status.json", "/v2/statusxjson"].map(
    (uri): Row => [
      `${uri} has no route and is answered 404`,
      {
        ...one,
        routes: [
          ["/v?/status.json", "status"],
          ["/orders/*", "orders"],
        ],
      },
      { method: "GET", uri, headers: from("FR") },
      { origins: [], status: 404, reads: 0 },
    ],
  ),
];

describe.each([
  ["V8", askInV8, true],
  ["njs", askInNjs, hasNjs],
] as const)("in %s", (_name, ask, isThere) => {
  const run = isThere ? test : test.skip;
  run.each(table)("%s", async (_row, cell, asked, expected) => {
    const [answered] = await ask(router(cell), [asked]);
    expect(answered).toMatchObject(expected);
  });
});
