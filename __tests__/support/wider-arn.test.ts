// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like that
import { widerArns } from "./wider-arn";

test.each([
  ["*", []],
  ["arn:aws:s3:::*", ["*"]],
  ["arn:aws:sqs:*", ["*"]],
  ["arn:aws:iam::*:role/*", ["arn:aws:iam::*:*"]],
  ["arn:aws:iam::*:role/acme_*", ["arn:aws:iam::*:role/*"]],
  ["arn:aws:s3:::state", ["arn:aws:s3:::*"]],
  [
    "arn:aws:lambda:eu-west-1:333333333333:function:acme_*",
    [
      "arn:aws:lambda:*:333333333333:function:acme_*",
      "arn:aws:lambda:eu-west-1:*:function:acme_*",
      "arn:aws:lambda:eu-west-1:333333333333:function:*",
    ],
  ],
  ["arn:aws:iam::333333333333:role/*", ["arn:aws:iam::*:role/*", "arn:aws:iam::333333333333:*"]],
  ["arn:aws:s3:::state/*", ["arn:aws:s3:::*/*"]],
  [
    "arn:aws:s3:::state/acme/${aws:PrincipalAccount}/*",
    ["arn:aws:s3:::state/acme/*/*", "arn:aws:s3:::state/*", "arn:aws:s3:::*/acme/${aws:PrincipalAccount}/*"],
  ],
])("%s becomes %j", (arn, wider) => {
  expect(widerArns(arn)).toEqual(wider);
});
