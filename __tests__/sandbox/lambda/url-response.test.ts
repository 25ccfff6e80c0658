import { urlResponse } from "../../../sandbox/lambda/url-response";

const answer = (result: unknown) => urlResponse(JSON.stringify(result));

it.each([["hello"], [{ a: 1 }], [null], [[1, 2]]])("answers %j as JSON", (result) => {
  expect(answer(result)).toEqual({
    status: 200,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(result)),
  });
});

it("does what an object with a status code says", () => {
  const result = {
    statusCode: 201,
    headers: { "Content-Type": "text/plain", "X-Count": 3, Connection: "close" },
    cookies: ["a=1", "b=2"],
    body: "aGk=",
    isBase64Encoded: true,
  };
  expect(answer(result)).toEqual({
    status: 201,
    headers: { "content-type": "text/plain", "x-count": "3", "set-cookie": ["a=1", "b=2"] },
    body: Buffer.from("hi"),
  });
});

it.each([[{ statusCode: "no" }], [{ statusCode: 99 }], [{ statusCode: 200, body: { a: 1 } }]])(
  "answers 502 to %j",
  (result) => {
    expect(answer(result)).toMatchObject({ status: 502, body: Buffer.from("Internal Server Error") });
  },
);
