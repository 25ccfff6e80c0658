import { withRoleLimit } from "../../../sandbox/iam/role-limit";
import { createLimits } from "../../../sandbox/limits";
import { queryClient } from "../clients";

const summary =
  "<SummaryMap><entry><key>Roles</key><value>4</value></entry><entry><key>RolesQuota</key>\n<value>1000</value></entry></SummaryMap>";
const limits = createLimits();
const moto = async () => ({ status: 200, headers: {}, body: Buffer.from(summary) });
const iam = queryClient(withRoleLimit(moto, limits), "iam");

test("the summary of an account tells how many roles it may have here, and all else is moto's", async () => {
  expect(await iam("GetAccountSummary")).toBe(summary);
  limits.set({ name: "iam-roles", value: 5 });
  expect(await iam("GetAccountSummary")).toBe(summary.replace("1000", "5"));
  expect(await iam("ListRoles")).toBe(summary);
});
