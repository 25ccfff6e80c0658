import { AwsError, notServed, type OwnService } from "../http";
import type { Limits } from "../limits";
import { jsonAnswer, readObject, requiredText } from "../protocols/json";
import { findOperation, type RestOperation } from "../protocols/rest";

/** The operations of Account Management: https://docs.aws.amazon.com/accounts/latest/reference/API_Operations.html */
export const accountManagementOperations: readonly RestOperation[] = [
  { name: "GetRegionOptStatus", method: "POST", path: "/getRegionOptStatus" },
];

/** Account Management: whether an account has opted in to a region. */
export function createAccountManagement(limits: Limits): OwnService {
  const notAnObject = () => new AwsError(400, "ValidationException", "the body is no JSON object");
  return {
    operations: accountManagementOperations.map(({ name }) => name),
    handle: async (call) => {
      if (!findOperation(accountManagementOperations, call))
        throw notServed(`account ${call.method} ${call.path.split("?")[0]}`);
      const input = readObject(call.body, notAnObject);
      if (input.AccountId !== undefined)
        throw new AwsError(
          403,
          "AccessDeniedException",
          "the sandbox answers for the caller's own account only",
        );
      const region = requiredText(input, "RegionName");
      const isOn = limits.get("region-opt-in", { account: call.account, region }) > 0;
      return jsonAnswer(200, { RegionName: region, RegionOptStatus: isOn ? "ENABLED" : "DISABLED" });
    },
  };
}
