import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../fleet/project";
import { fleetOf, smallFile } from "../support/fleet";
import { type StackJson, stackOf, synthJson } from "../support/synth";

const readme = readFileSync(join(projectRoot, "terraform-state", "README.md"), "utf8");

/** What Terraform would make a second time: all else of the two stacks is a setting that is written again. */
const made = ["aws_iam_role", "aws_kms_alias", "aws_kms_key", "aws_s3_bucket"];

function madeBy(stack: StackJson): readonly string[] {
  return made.flatMap((type) => Object.keys(stack.resource[type] ?? {}).map((id) => `${type}.${id}`));
}

test("the README imports by their addresses all that the state stacks make", () => {
  const state = {
    backend: "local",
    account: "globex",
    bucket: "acme-state",
    region: "eu-central-1",
    replica: "eu-west-1",
  } as const;
  const stacks = synthJson(fleetOf({ ...smallFile, state }));
  for (const name of ["state", "state_replica"]) {
    const pattern = new RegExp(`stacks/${name} import (\\S+)`, "g");
    const imported = [...readme.matchAll(pattern)].map(([, address]) => address);
    expect(imported.sort()).toEqual([...madeBy(stackOf(stacks, name))].sort());
  }
});
