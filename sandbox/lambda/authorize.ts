import { roleOf } from "../gateway/identities";
import type { Caller } from "../http";
import type { FunctionId } from "./names";
import type { Statement, UrlConfig } from "./store";

/** Since October 2025 a function URL wants both. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
const urlActions = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"] as const;

const frontService = "cloudfront.amazonaws.com";

function glob(pattern: string, text: string): boolean {
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(text);
}

/** IAM's ArnLike: each of the six parts is matched by itself, `*` and `?` in it do not reach over a colon. */
export function arnLike(pattern: string, arn: string): boolean {
  const parts = (text: string) => {
    const [partition, service, region, account, ...resource] = text.split(":").slice(1);
    return [partition, service, region, account, resource.join(":")].map((part) => part ?? "");
  };
  const actual = parts(arn);
  return parts(pattern).every((part, index) => glob(part, actual[index] ?? ""));
}

function namesCaller({ Principal }: Statement, caller: Caller): boolean {
  if (Principal === "*") return true;
  if ("Service" in Principal) return caller.kind === "distribution" && Principal.Service === frontService;
  if (caller.kind !== "principal") return false;
  return ["*", caller.arn, `arn:aws:iam::${caller.account}:root`, roleOf(caller.arn)].includes(Principal.AWS);
}

/** What the conditions of a statement are tested against. A condition on anything else fails. */
function contextOf(caller: Caller, authType: string): ReadonlyMap<string, string> {
  const context = new Map([
    ["lambda:functionurlauthtype", authType],
    ["lambda:invokedviafunctionurl", "true"],
  ]);
  if (caller.kind === "distribution") {
    context.set("aws:sourcearn", caller.arn);
    context.set("aws:sourceaccount", caller.arn.split(":")[4] ?? "");
  }
  return context;
}

const operators: Readonly<Record<string, (wanted: string, actual: string) => boolean>> = {
  ArnLike: arnLike,
  StringEquals: (wanted, actual) => wanted === actual,
  Bool: (wanted, actual) => wanted === actual,
};

function conditionsHold({ Condition = {} }: Statement, context: ReadonlyMap<string, string>): boolean {
  return Object.entries(Condition).every(([operator, tests]) =>
    Object.entries(tests).every(([key, wanted]) => {
      const actual = context.get(key.toLowerCase());
      return actual !== undefined && (operators[operator]?.(wanted, actual) ?? false);
    }),
  );
}

/**
 * Whether a caller may call a function URL: `policy` is the resource policy of the alias (or of the function) that the
 * URL belongs to.
 *
 * A distribution, a principal of another account and, with auth type NONE, anybody else need both
 * `lambda:InvokeFunctionUrl` and `lambda:InvokeFunction` in it. A principal of the function's own account is let in: on
 * AWS its own IAM policies would have to allow both, and the sandbox does not evaluate IAM policies. For the same reason
 * a principal of another account is let in as soon as the resource policy names it.
 */
export function mayCallUrl(
  id: FunctionId,
  config: UrlConfig,
  policy: readonly Statement[],
  caller: Caller,
): boolean {
  if (config.authType === "AWS_IAM" && caller.kind === "anonymous") return false;
  if (caller.kind === "principal" && caller.account === id.account) return true;
  const context = contextOf(caller, config.authType);
  return urlActions.every((action) =>
    policy.some(
      (statement) =>
        glob(statement.Action, action) &&
        namesCaller(statement, caller) &&
        conditionsHold(statement, context),
    ),
  );
}
