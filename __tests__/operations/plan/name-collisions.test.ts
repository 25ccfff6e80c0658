import { findCollisions, thingOf } from "../../../operations/plan/name-collisions";
import { startPicture } from "../../../operations/plan/picture";
import { planOf, resource } from "../../support/plans";
import { fleet, none, stack } from "./target-risks";

describe("name collisions", () => {
  const account = (id: string) => ({ name: "a", id, deployRole: "meridian-deploy" });
  const make = (type: string, values: object, region = "eu-central-1", id = "333333333333") =>
    thingOf({ address: `${type}.x`, type }, values, account(id), region);
  const collide = (one: ReturnType<typeof make>, other: ReturnType<typeof make>) =>
    findCollisions([{ stack: "new", created: [one] }], [{ stack: "old", resources: [other] }]);

  test("a function is one of its region, a role of its account, a bucket of all", () => {
    const lambda = (region: string) => make("aws_lambda_function", { function_name: "f" }, region);
    expect(collide(lambda("eu-central-1"), lambda("eu-central-1"))).toEqual([
      { type: "aws_lambda_function", name: "f", stack: "new", orphan: "old" },
    ]);
    expect(collide(lambda("eu-central-1"), lambda("eu-west-1"))).toEqual([]);
    const role = (region: string, id?: string) => make("aws_iam_role", { name: "r" }, region, id);
    expect(collide(role("eu-central-1"), role("eu-west-1"))).toHaveLength(1);
    expect(collide(role("eu-central-1"), role("eu-central-1", "444444444444"))).toEqual([]);
    const bucket = (id: string) => make("aws_s3_bucket", { bucket: "b" }, "eu-west-1", id);
    expect(collide(bucket("333333333333"), bucket("444444444444"))).toHaveLength(1);
  });

  test("the region of what exists is read off its ARN", () => {
    const owned = { function_name: "f", arn: "arn:aws:lambda:eu-west-1:333333333333:function:f" };
    const old = thingOf({ address: "x", type: "aws_lambda_function" }, owned, account("333333333333"));
    expect(collide(make("aws_lambda_function", { function_name: "f" }, "eu-west-1"), old)).toHaveLength(1);
  });

  test("a name that is not known yet collides with nothing", () => {
    expect(make("aws_lambda_function", {}).key).toBeUndefined();
  });

  test("the picture says so once for two stacks, with both names", () => {
    const picture = startPicture(fleet);
    picture.add(
      stack,
      planOf([
        resource("aws_iam_role.x", { after: { name: "r" } }),
        resource("aws_lambda_function.x", { after: { function_name: "f" } }),
      ]),
    );
    const resources = [
      make("aws_iam_role", { name: "r" }),
      make("aws_lambda_function", { function_name: "f" }),
    ];
    const orphan = { stack: "old", account: account("333333333333"), regions: [], resources, why: "renamed" };
    expect(picture.finish({ ...none, orphans: [orphan] }).risks).toMatchObject([
      {
        code: "name-collision",
        stacks: [stack.name, "old"],
        message: `"${stack.name}" would make aws_iam_role "r" and 1 more, which the orphan "old" owns`,
      },
    ]);
  });

  test("one of data comes first, and is not to be taken away for the new one", () => {
    const things = {
      aws_iam_role: { name: "r" },
      aws_cloudwatch_log_group: { name: "/aws/lambda/f" },
      aws_dynamodb_table: { name: "t" },
    };
    const risksWith = (...types: readonly (keyof typeof things)[]) => {
      const picture = startPicture(fleet);
      picture.add(stack, planOf(types.map((type) => resource(`${type}.x`, { after: things[type] }))));
      const resources = types.map((type) => make(type, things[type]));
      const orphan = { stack: "old", account: account("333333333333"), regions: [], resources, why: "moved" };
      return picture.finish({ ...none, orphans: [orphan] }).risks;
    };
    expect(risksWith("aws_iam_role", "aws_cloudwatch_log_group")).toMatchObject([{ code: "name-collision" }]);
    expect(risksWith("aws_iam_role", "aws_dynamodb_table")).toMatchObject([
      {
        code: "data-name-collision",
        message: `"${stack.name}" would make aws_dynamodb_table "t" and 1 more, which the orphan "old" owns`,
        fix: "give the new one another name, copy what the old one holds, and only then take the old one away",
      },
    ]);
  });
});
