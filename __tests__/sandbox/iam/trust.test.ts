import { mayBeAssumedBy } from "../../../sandbox/iam/trust";

const service = "edgelambda.amazonaws.com";
const statement = (more: object = {}) => ({
  Effect: "Allow",
  Action: "sts:AssumeRole",
  Principal: { Service: service },
  ...more,
});

test.each([
  ["one service", statement()],
  ["a list with it", statement({ Principal: { Service: ["lambda.amazonaws.com", service] } })],
  ["one of several actions", statement({ Action: ["sts:TagSession", "sts:AssumeRole"] })],
])("%s is enough", (_what, one) => {
  expect(mayBeAssumedBy(JSON.stringify({ Statement: [one] }), service)).toBe(true);
  expect(mayBeAssumedBy(JSON.stringify({ Statement: one }), service)).toBe(true);
});

test.each([
  ["another service", [statement({ Principal: { Service: "lambda.amazonaws.com" } })]],
  ["another action", [statement({ Action: "sts:TagSession" })]],
  ["an account", [statement({ Principal: { AWS: "111111111111" } })]],
  ["a denial beside it", [statement(), statement({ Effect: "Deny" })]],
])("%s is not", (_what, statements) => {
  expect(mayBeAssumedBy(JSON.stringify({ Statement: statements }), service)).toBe(false);
});

test("what is no policy lets nobody", () => {
  expect(mayBeAssumedBy("{", service)).toBe(false);
  expect(mayBeAssumedBy("null", service)).toBe(false);
});
