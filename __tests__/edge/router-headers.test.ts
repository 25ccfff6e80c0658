import { from, one, type Row, testRows } from "./rows";

/** A header that a viewer sends twice: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html */
const sentTwice = (value: string) => ({ value, multiValue: [{ value }, { value: `${value} again` }] });

const rows: readonly Row[] = [
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
];

testRows(rows);
