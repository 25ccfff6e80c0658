import type { Fleet } from "../../fleet/model";
import { bootstrapFleet } from "../support/bootstrap-fleet";
import { fleetOf, smallFile } from "../support/fleet";
import { onlyResource, stackOf, synthJson } from "../support/synth";

const roleIn = (fleet: Fleet) =>
  onlyResource(stackOf(synthJson(fleet), "globex_globex_eu-west-1"), "aws_iam_role");

test("a function's role has the boundary that its account's deploy role must give it", () => {
  expect(roleIn(bootstrapFleet()).permissions_boundary).toBe(
    "arn:aws:iam::333333333333:policy/deployer-boundary",
  );
});

test("where the deploy role is the user's own, it has none", () => {
  expect(roleIn(fleetOf(smallFile))).not.toHaveProperty("permissions_boundary");
});
