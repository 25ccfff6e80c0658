import { referenceParts } from "../../evidence/references";

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are Terraform's.
test.each<[string, readonly string[] | undefined]>([
  ["${aws_iam_role.a-b.arn}", ["aws_iam_role", "a-b", "arn"]],
  ['${data.x.y["some key"][0].z}', ["data", "x", "y", "some key", "0", "z"]],
  ["aws_iam_role.a.arn", undefined],
  ["${a.b}.example.com", undefined],
  ["${lower(a.b)}", undefined],
  ["${a.b}${c.d}", undefined],
])("%s", (expression, parts) => {
  expect(referenceParts(expression)).toEqual(parts);
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are Terraform's.

test("nothing is no reference", () => {
  expect(referenceParts(undefined)).toBeUndefined();
});
