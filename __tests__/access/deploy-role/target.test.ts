import { targetPolicy } from "../../../access/deploy-role/target";
import { asked, inOtherAccount, someScope } from "../../support/bootstrap-fleet";
import { expectTight } from "../../support/loosened";

const { document } = targetPolicy(someScope);
const lambda = "arn:aws:lambda:eu-central-1:333333333333:function:acme_globex_hello";
const role = "arn:aws:iam::333333333333:role/acme_globex_hello_eu-central-1";
const group = "arn:aws:logs:eu-central-1:333333333333:log-group:/aws/lambda/acme_globex_hello";
const bound = { "iam:PermissionsBoundary": "arn:aws:iam::333333333333:policy/deployer-boundary" };
const toCloudFront = { "lambda:Principal": "cloudfront.amazonaws.com" };
const signed = { "lambda:FunctionUrlAuthType": "AWS_IAM" };
const byUrl = { "lambda:InvokedViaFunctionUrl": "true" };
const toLambda = { "iam:PassedToService": "lambda.amazonaws.com" };

test("is for functions, roles and log groups of the fleet alone, and roles only within the boundary", () => {
  expectTight(document, [
    asked("allow", "lambda:CreateFunction", lambda),
    asked("allow", "lambda:DeleteFunction", `${lambda}:3`),
    asked("nothing", "lambda:DeleteFunction", `${lambda.replace("acme_", "other_")}:3`),
    asked("allow", "lambda:AddPermission", `${lambda}:live`, toCloudFront),
    asked("nothing", "lambda:AddPermission", `${lambda}:live`, { "lambda:Principal": "*" }),
    asked("nothing", "lambda:AddPermission", `${lambda}:live`, { "lambda:Principal": "999999999999" }),
    asked("nothing", "lambda:AddPermission", lambda.replace("acme_", "other_"), toCloudFront),
    asked("nothing", "lambda:AddPermission", inOtherAccount(lambda), toCloudFront),
    asked("allow", "lambda:CreateFunctionUrlConfig", `${lambda}:live`, signed),
    asked("allow", "lambda:UpdateFunctionUrlConfig", `${lambda}:live`),
    asked("nothing", "lambda:CreateFunctionUrlConfig", `${lambda}:live`, {
      "lambda:FunctionUrlAuthType": "NONE",
    }),
    asked("nothing", "lambda:CreateFunctionUrlConfig", lambda.replace("acme_", "other_"), signed),
    asked("nothing", "lambda:CreateFunctionUrlConfig", inOtherAccount(lambda), signed),
    asked("allow", "lambda:InvokeFunctionUrl", `${lambda}:live`, signed),
    asked("nothing", "lambda:InvokeFunctionUrl", `${lambda}:live`, { "lambda:FunctionUrlAuthType": "NONE" }),
    asked("nothing", "lambda:InvokeFunctionUrl", lambda.replace("acme_", "other_"), signed),
    asked("nothing", "lambda:InvokeFunctionUrl", inOtherAccount(lambda), signed),
    asked("allow", "lambda:InvokeFunction", `${lambda}:live`, byUrl),
    asked("nothing", "lambda:InvokeFunction", `${lambda}:live`),
    asked("nothing", "lambda:InvokeFunction", lambda.replace("acme_", "other_"), byUrl),
    asked("nothing", "lambda:InvokeFunction", inOtherAccount(lambda), byUrl),
    asked("nothing", "lambda:PutFunctionEventInvokeConfig", lambda, { ...signed, ...byUrl }),
    asked("nothing", "lambda:UpdateFunctionCode", lambda.replace("acme_", "other_")),
    asked("nothing", "lambda:UpdateFunctionCode", inOtherAccount(lambda)),
    asked("allow", "lambda:GetLayerVersion", "arn:aws:lambda:eu-central-1:123456789012:layer:tools:3"),

    asked("allow", "iam:CreateRole", role, bound),
    asked("nothing", "iam:CreateRole", role),
    asked("nothing", "iam:CreateRole", role, {
      "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess",
    }),
    asked("nothing", "iam:PutRolePolicy", role),
    asked("nothing", "iam:PutRolePermissionsBoundary", role),
    asked("nothing", "iam:CreateRole", role.replace("acme_", "other_"), bound),
    asked("nothing", "iam:CreateRole", inOtherAccount(role), bound),
    asked("allow", "iam:DeleteRole", role),
    asked("nothing", "iam:DeleteRole", role.replace("acme_", "other_")),
    asked("nothing", "iam:DeleteRole", inOtherAccount(role)),
    asked("nothing", "iam:AttachRolePolicy", role, { ...bound, ...toLambda }),

    asked("allow", "iam:PassRole", role, toLambda),
    asked("nothing", "iam:PassRole", role, { "iam:PassedToService": "ec2.amazonaws.com" }),
    asked("nothing", "iam:PassRole", role.replace("acme_", "other_"), toLambda),
    asked("nothing", "iam:PassRole", inOtherAccount(role), toLambda),

    asked("allow", "logs:CreateLogGroup", group),
    asked("nothing", "logs:PutSubscriptionFilter", group),
    asked("nothing", "logs:DeleteLogGroup", group.replace("acme_", "other_")),
    asked("nothing", "logs:DeleteLogGroup", inOtherAccount(group)),
    asked("allow", "logs:DescribeLogGroups", "*"),
  ]);
});
