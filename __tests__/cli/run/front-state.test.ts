import { dirname, join, resolve } from "node:path";
import { localStateFile, s3StateKey } from "../../../cli/run/front-state";
import { projectRoot } from "../../../fleet/project";
import { fleetOf, smallFile } from "../../support/fleet";
import { stackOf, synthJson } from "../../support/synth";

test("local state is read from where the stack keeps it, whatever the output folder", () => {
  const { local } = stackOf(synthJson(fleetOf(smallFile)), "globex_front").terraform.backend;
  for (const output of ["cdktf.out", ".meridian/sandbox-4566/cdktf.out", "/elsewhere/out"]) {
    const stackFolder = join(resolve(projectRoot, output), "stacks", "globex_front");
    expect(localStateFile("globex_front", output)).toBe(resolve(stackFolder, String(local?.path)));
  }
  expect(dirname(localStateFile("globex_front", ""))).toBe(join(projectRoot, "terraform-state"));
});

test("state in S3 is read from the stack's key", () => {
  const state = { backend: "s3", bucket: "acme-fleet-state", region: "eu-central-1", prefix: "a/b" } as const;
  const { s3 } = stackOf(synthJson(fleetOf({ ...smallFile, state })), "globex_front").terraform.backend;
  expect(s3StateKey(state, "globex_front")).toBe(s3?.key);
});
