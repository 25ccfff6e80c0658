import type { FleetFile } from "../../fleet/schema";
import { fleetOf, smallFile } from "../support/fleet";
import { stackOf, synthJson } from "../support/synth";

const s3: FleetFile = {
  ...smallFile,
  state: {
    backend: "s3",
    bucket: "acme-fleet-state",
    region: "eu-central-1",
    role: "arn:aws:iam::111111111111:role/fleet-state",
  },
};

test("state is a local file beside the output folder, by a relative path", () => {
  const stack = stackOf(synthJson(fleetOf(smallFile)), "globex_globex_eu-west-1");
  expect(stack.terraform.backend).toEqual({
    local: { path: "../../../terraform-state/globex_globex_eu-west-1.tfstate" },
  });
});

test("state in S3 is encrypted, locked by S3 itself and has a key of its own per stack", () => {
  const stacks = synthJson(fleetOf(s3));
  expect(stackOf(stacks, "globex_globex_eu-west-1").terraform.backend).toEqual({
    s3: {
      bucket: "acme-fleet-state",
      key: "acme/globex_globex_eu-west-1.tfstate",
      region: "eu-central-1",
      encrypt: true,
      use_lockfile: true,
      assume_role: { role_arn: "arn:aws:iam::111111111111:role/fleet-state" },
    },
  });
});

test("the front reads the targets' state from where they keep it", () => {
  const { data } = stackOf(synthJson(fleetOf(s3)), "globex_front");
  expect(data?.terraform_remote_state?.["globex_globex_eu-west-1"]).toMatchObject({
    backend: "s3",
    config: {
      bucket: "acme-fleet-state",
      key: "acme/globex_globex_eu-west-1.tfstate",
      assume_role: { role_arn: "arn:aws:iam::111111111111:role/fleet-state" },
    },
  });
});
