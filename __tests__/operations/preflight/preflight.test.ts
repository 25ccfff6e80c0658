import { UserError } from "../../../fleet/errors";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { fleetStacks } from "../../../fleet/stacks";
import { StsUnanswered } from "../../../operations/aws/role-credentials";
import { preflight } from "../../../operations/preflight/preflight";
import { quietCaller } from "../../support/caller";
import { fleetOf, smallFile } from "../../support/fleet";

const unanswered = new StsUnanswered("STS does not answer", "it has to be asked", "check the connection");
const refused = new UserError("the role cannot be assumed", "it has to be", "use other credentials");

/** Status, what is there and what to do, of each line of a fleet whose roles are not assumed, and why. */
async function linesWhere(error: UserError, state?: FleetFile["state"]) {
  const fleet = fleetOf({ ...smallFile, state });
  const assumeRole = () => Promise.reject(error);
  const session = { ...quietCaller, assumeRole };
  const stacks = fleetStacks(fleet);
  const lines = await preflight({ fleet, stacks, codeSizes: new Map(), session, now: new Date(0) });
  return lines.map(({ found, raise, status }) => ({ found, raise, status }));
}

test("an STS that does not answer says nothing of the role", async () => {
  const unknown = { status: "unknown", found: "STS does not answer", raise: "check the connection" };
  expect(new Set(await linesWhere(unanswered))).toEqual(new Set([unknown]));
});

test("a role that is refused makes a deploy fail", async () => {
  const failing = {
    status: "fails",
    found: "the role cannot be assumed",
    raise: expect.stringMatching(/^use other credentials; .*bootstrap/),
  };
  const [first, ...others] = await linesWhere(refused);
  for (const line of [first, ...others]) expect(line).toEqual(failing);
});

test("so it is with the role of a state that lies elsewhere", async () => {
  const role = "arn:aws:iam::999999999999:role/state";
  const state = { backend: "s3", bucket: "states", region: "eu-west-1", role } as const;
  const shared = async (error: UserError) => (await linesWhere(error, state))[0];
  expect(await shared(unanswered)).toMatchObject({ status: "unknown", raise: "check the connection" });
  expect(await shared(refused)).toMatchObject({ status: "fails", raise: "use other credentials" });
});
