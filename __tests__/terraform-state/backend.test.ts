import type { FleetFile } from "../../fleet/schema/fleet-file";
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

describe("state in a bucket that Meridian makes", () => {
  const own: FleetFile = {
    ...smallFile,
    accounts: {
      globex: { id: "333333333333", externalId: "acme-deploys" },
      edge: { id: "555555555555", deployRole: "edge-deploy" },
      tools: { id: "111111111111" },
    },
    cells: { globex: { ...smallFile.cells.globex, front: { account: "edge" } } } as FleetFile["cells"],
    state: { backend: "s3", account: "tools", bucket: "acme-fleet-state", region: "eu-central-1" },
  };
  const bucket = { bucket: "acme-fleet-state", region: "eu-central-1" };

  test("is below the id of the stack's account, whose deploy role reads and writes it in the bucket's own encryption", () => {
    const stacks = synthJson(fleetOf(own));
    expect(stackOf(stacks, "globex_globex_eu-west-1").terraform.backend).toEqual({
      s3: {
        ...bucket,
        key: "acme/333333333333/globex_globex_eu-west-1.tfstate",
        use_lockfile: true,
        assume_role: {
          role_arn: "arn:aws:iam::333333333333:role/meridian-deploy",
          external_id: "acme-deploys",
        },
      },
    });
    expect(stackOf(stacks, "state").terraform.backend).toMatchObject({
      s3: {
        key: "acme/111111111111/state.tfstate",
        assume_role: { role_arn: "arn:aws:iam::111111111111:role/meridian-deploy" },
      },
    });
  });

  test("is read by other stacks with the role of the account that it is of", () => {
    const front = stackOf(synthJson(fleetOf(own)), "globex_front");
    expect(front.terraform.backend).toMatchObject({
      s3: { assume_role: { role_arn: "arn:aws:iam::555555555555:role/edge-deploy" } },
    });
    expect(front.data?.terraform_remote_state?.["globex_globex_eu-west-1"]?.config).toMatchObject({
      key: "acme/333333333333/globex_globex_eu-west-1.tfstate",
      assume_role: { role_arn: "arn:aws:iam::333333333333:role/meridian-deploy" },
    });
  });
});
