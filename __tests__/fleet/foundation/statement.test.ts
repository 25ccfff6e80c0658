import { resolveStatement } from "../../../fleet/foundation/statement";

test("a statement has its keys in one order, whatever order they are written in", () => {
  const written = {
    Condition: { StringLike: { "b:Key": "x", "a:Key": ["y"] }, Bool: { "c:Key": "true" } },
    Action: ["s3:*"],
    Effect: "Deny" as const,
    Sid: "Some",
  };
  expect(JSON.stringify(resolveStatement(written))).toBe(
    '{"Sid":"Some","Effect":"Deny","Action":["s3:*"],"Resource":"*","Condition":{"Bool":{"c:Key":"true"},"StringLike":{"a:Key":["y"],"b:Key":"x"}}}',
  );
});

test("one that names what it is not about is not about all the rest besides", () => {
  const resolved = resolveStatement({ Effect: "Deny", NotAction: "iam:*", NotResource: "arn:aws:s3:::x" });
  expect(JSON.stringify(resolved)).toBe(
    '{"Effect":"Deny","NotAction":"iam:*","NotResource":"arn:aws:s3:::x"}',
  );
});
