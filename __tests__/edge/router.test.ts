import { distanceTo } from "../../fleet/geography/distance";
import { regionCodes } from "../../fleet/geography/regions";
import type { TestCell } from "./cell";
import { frankfurt, from, ireland, one, oregon, paulo, type Row, sydney, testRows, virginia } from "./rows";

const drained = (...regions: readonly string[]) =>
  JSON.stringify(Object.fromEntries(regions.map((region) => [region, { since: "2026-11-21T10:00:00Z" }])));

const two: TestCell = {
  targets: { acme: ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "sa-east-1"] },
  zones: { eu: [["eu-central-1", "eu-west-1"], ["EU"]], us: [["us-east-1", "us-west-2"], ["US"]] },
};
const manyRegions = regionCodes.toSorted((a, b) => distanceTo("DE", a) - distanceTo("DE", b)).slice(0, 12);
const many: TestCell = { targets: { acme: manyRegions } };
const twice: TestCell = { targets: { a: ["eu-central-1"], b: ["eu-central-1", "eu-west-1"] } };

const rows: readonly Row[] = [
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
];

testRows(rows);
