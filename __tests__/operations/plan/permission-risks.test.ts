import { resource } from "../../support/plans";
import { alias, risks } from "./target-risks";

const policy = (...statements: readonly object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (Action: string, more: object = {}) => ({ Effect: "Allow", Action, Resource: "*", ...more });

describe("permissions", () => {
  const rolePolicy = (before: string | undefined, after: string, more = {}) =>
    resource(`aws_iam_role_policy.${alias}_hello_execution_policy`, {
      before: before === undefined ? null : { role: "r", policy: before },
      after: { role: "r", policy: after },
      ...more,
    });

  test("who may newly do what", () => {
    const after = policy(allow("s3:GetObject"), allow("s3:PutObject", { Resource: "arn:aws:s3:::data/*" }));
    expect(risks([rolePolicy(policy(allow("s3:GetObject")), after)])).toEqual([
      "permission-wider: policy hello_execution may newly do s3:PutObject on arn:aws:s3:::data/*",
    ]);
  });

  test("a narrower or a reordered one is none", () => {
    const [get, put] = [allow("s3:GetObject"), allow("s3:PutObject")];
    expect(risks([rolePolicy(policy(get, put), policy(put))])).toEqual([]);
    expect(risks([rolePolicy(policy(get, put), policy(put, get))])).toEqual([]);
  });

  test("a function that may newly write to a table, or work with another one", () => {
    const table = (name: string) => `arn:aws:dynamodb:eu-central-1:333333333333:table/acme_globex_${name}`;
    const read = { Effect: "Allow", Action: ["dynamodb:GetItem"], Resource: [table("orders")] };
    const write = { ...read, Action: ["dynamodb:GetItem", "dynamodb:PutItem"] };
    const wider = (...after: readonly object[]) => risks([rolePolicy(policy(read), policy(...after))]);
    expect(wider(write)).toEqual([
      `permission-wider: policy hello_execution may newly do dynamodb:PutItem on ${table("orders")}`,
    ]);
    expect(wider(read, { ...read, Resource: [table("customers")] })).toEqual([
      `permission-wider: policy hello_execution may newly do dynamodb:GetItem on ${table("customers")}`,
    ]);
    expect(risks([rolePolicy(policy(write), policy(read))])).toEqual([]);
  });

  test("what is new together with its role is none; on a role that is there it is", () => {
    const created = rolePolicy(undefined, policy(allow("s3:GetObject")));
    const role = resource("aws_iam_role.x", { after: { name: "r", assume_role_policy: policy() } });
    expect(risks([role, created])).toEqual([]);
    expect(risks([created])).toHaveLength(1);
  });

  test("a trust policy names the new principal", () => {
    const trust = (...AWS: readonly string[]) =>
      policy({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS } });
    const role = resource("aws_iam_role.x", {
      before: { assume_role_policy: trust("arn:aws:iam::333333333333:role/a") },
      after: {
        assume_role_policy: trust("arn:aws:iam::333333333333:role/a", "arn:aws:iam::999999999999:root"),
      },
    });
    expect(risks([role])).toEqual([
      "permission-wider: arn:aws:iam::999999999999:root may newly do sts:AssumeRole",
    ]);
  });

  test("a service control policy that denies less, or goes", () => {
    const denies = (...actions: readonly string[]) =>
      policy({ Effect: "Deny", Action: actions, Resource: "*" });
    const before = { content: denies("s3:*", "ec2:*") };
    const less = resource("aws_organizations_policy.x", { before, after: { content: denies("s3:*") } });
    expect(risks([less])).toEqual([expect.stringContaining("may newly do ec2:*")]);
    expect(risks([resource("aws_organizations_policy.x", { before })])).toEqual([
      expect.stringContaining("may newly do s3:*, ec2:*"),
    ]);
    expect(
      risks([
        resource("aws_organizations_policy_attachment.x", { before: { policy_id: "p", target_id: "t" } }),
      ]),
    ).toEqual([expect.stringContaining("t may newly do")]);
  });

  test("what a role itself holds, names, or is bounded by", () => {
    const values = (Action: string, arns: readonly string[], permissions_boundary: string | null) => ({
      inline_policy: [{ name: "own", policy: policy(allow(Action)) }],
      ...{ managed_policy_arns: arns, permissions_boundary },
    });
    const [less, more] = [
      values("s3:GetObject", [], "b"),
      values("s3:*", ["arn:aws:iam::aws:policy/X"], null),
    ];
    expect(risks([resource("aws_iam_role.x", { before: less, after: more })])).toEqual([
      "permission-wider: role x may newly do s3:*",
      "permission-wider: role x may newly do what arn:aws:iam::aws:policy/X allows",
      "permission-wider: role x may newly do what its boundary b kept it from",
    ]);
    const back = resource("aws_iam_role.x", { before: { ...more, permissions_boundary: "b" }, after: less });
    expect(risks([back])).toEqual([]);
  });

  test("a sensitive or unknown policy is said to be unreadable, and not shown", () => {
    const hidden = rolePolicy(policy(allow("s3:Secret1")), policy(allow("s3:Secret2")), {
      hiddenAfter: { policy: true },
    });
    expect(risks([hidden])).toEqual([expect.stringContaining("permission-unreadable")]);
    const unknown = resource("aws_s3_bucket_policy.x", {
      ...{ before: { bucket: "b", policy: policy() }, after: { bucket: "b" }, unknown: { policy: true } },
    });
    expect(risks([unknown])).toEqual([expect.stringContaining("known only after the apply")]);
  });

  test("canonical users and unique ids are compared by their names, beside what can be evaluated", () => {
    const canonical = allow("s3:GetObject", { Principal: { CanonicalUser: "79a59df900b949e5" } });
    const gone = allow("s3:GetObject", { Principal: { AWS: "AROAKSCDLFT9R5DQP782U" } });
    const known = allow("s3:PutObject", { Principal: { AWS: "222222222222" } });
    const bucket = (before: string, after: string) =>
      risks([
        resource("aws_s3_bucket_policy.x", {
          before: { bucket: "b", policy: before },
          after: { bucket: "b", policy: after },
        }),
      ]);
    expect(bucket(policy(canonical, gone), policy(gone, canonical))).toEqual([]);
    expect(bucket(policy(canonical, gone), policy(canonical, gone, known))).toEqual([
      expect.stringContaining("222222222222 may newly do s3:PutObject"),
    ]);
    expect(bucket(policy(known), policy(known, gone))).toEqual([
      expect.stringContaining("AROAKSCDLFT9R5DQP782U may newly do s3:GetObject"),
    ]);
    expect(bucket(policy(known), policy(known, canonical))).toEqual([
      expect.stringContaining("79a59df900b949e5 may newly do s3:GetObject"),
    ]);
    const denied = { ...canonical, Effect: "Deny" as const };
    expect(bucket(policy(known, denied), policy(known))).toEqual([expect.stringContaining("unreadable")]);
  });

  test("everybody: a bucket policy, a permission of a function, a URL without a signature", () => {
    const open = policy(allow("s3:GetObject", { Principal: "*" }));
    expect(
      risks([resource("aws_s3_bucket_policy.x", { after: { bucket: "b", policy: open } })]),
    ).toContainEqual(expect.stringContaining("public-principal"));
    const limited = policy(
      allow("s3:GetObject", { Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }),
    );
    const inOrganization = resource("aws_s3_bucket_policy.x", { after: { bucket: "b", policy: limited } });
    expect(risks([inOrganization]).join()).not.toContain("public-principal");
    const permission = { action: "lambda:InvokeFunction", principal: "*", function_name: "f" };
    expect(risks([resource("aws_lambda_permission.x", { after: permission })])).toContainEqual(
      expect.stringContaining("public-principal"),
    );
    const url = { before: { authorization_type: "AWS_IAM" }, after: { authorization_type: "NONE" } };
    expect(risks([resource("aws_lambda_function_url.x", url)])).toEqual([
      expect.stringContaining("public-principal"),
    ]);
  });
});
