import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { accountCredentials } from "../../../cli/shared/sandbox-request";
import type { Cell } from "../../../fleet/model";
import { projectRoot } from "../../../fleet/project";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import type { AssumeRole, Role } from "../../../operations/aws/role-credentials";
import { localStateFile } from "../../../operations/store/local-objects";
import { readOutputs } from "../../../operations/store/store";
import { quietCaller } from "../../support/caller";
import { fleetOf, smallFile } from "../../support/fleet";
import { type LocalAws, startLocalAws } from "../../support/local-aws";
import { stackOf, synthJson } from "../../support/synth";

const stack = "globex_front";
const before = { ...process.env };
const stateText = JSON.stringify({ outputs: { url: { value: "a" }, ids: { value: { b: "1" }, type: [] } } });

test("local state is read from where the stack keeps it, whatever the output folder", () => {
  const { local } = stackOf(synthJson(fleetOf(smallFile)), stack).terraform.backend;
  for (const output of ["cdktf.out", ".meridian/sandbox-4566/cdktf.out", "/elsewhere/out"]) {
    const stackFolder = join(resolve(projectRoot, output), "stacks", stack);
    expect(localStateFile(stack, output)).toBe(resolve(stackFolder, String(local?.path)));
  }
  expect(dirname(localStateFile(stack, ""))).toBe(join(projectRoot, "terraform-state"));
});

describe("outputs", () => {
  let aws: LocalAws;
  let folder: string;
  const assumed: Role[] = [];
  const read = (file: FleetFile) => {
    const fleet = fleetOf(file);
    const { front } = fleet.cells[0] as Cell;
    const assumeRole: AssumeRole = async (role) => {
      assumed.push(role);
      return accountCredentials(front.account.id);
    };
    return readOutputs(fleet, front, { ...quietCaller, assumeRole });
  };

  beforeEach(async () => {
    assumed.length = 0;
    folder = mkdtempSync(join(tmpdir(), "meridian-outputs-"));
    aws = await startLocalAws();
    Object.assign(process.env, aws.env, { CDKTF_OUTPUT: join(folder, "cdktf.out") });
  });
  afterEach(async () => {
    process.env = { ...before };
    await aws.close();
    rmSync(folder, { recursive: true });
  });

  test("are read from a local file", async () => {
    mkdirSync(join(folder, "terraform-state"));
    writeFileSync(join(folder, "terraform-state", `${stack}.tfstate`), stateText);
    expect(await read(smallFile)).toEqual({ url: "a", ids: { b: "1" } });
    expect(aws.calls).toEqual([]);
  });

  test.each<[string, Partial<FleetFile["state"]>, readonly Role[]]>([
    ["a bucket of one's own", { prefix: "a/b" }, []],
    [
      "a bucket of one's own, by its role",
      { role: "arn:aws:iam::222222222222:role/state" },
      [{ arn: "arn:aws:iam::222222222222:role/state", sessionName: "meridian-acme" }],
    ],
    [
      "the account's part of a bucket that Meridian makes, by the deploy role",
      { account: "globex" },
      [
        {
          arn: "arn:aws:iam::333333333333:role/deployer",
          sessionName: "meridian-acme",
          externalId: "ours",
        },
      ],
    ],
  ])("are read from %s", async (_, more, roles) => {
    const file: FleetFile = {
      ...smallFile,
      accounts: { globex: { id: "333333333333", deployRole: "deployer", externalId: "ours" } },
      state: { backend: "s3", bucket: "acme-state", region: "eu-west-3", ...more } as FleetFile["state"],
    };
    const { s3 } = stackOf(synthJson(fleetOf(file)), stack).terraform.backend;
    aws.objects.set(`acme-state/${s3?.key}`, stateText);
    expect(await read(file)).toEqual({ url: "a", ids: { b: "1" } });
    expect(assumed).toEqual(roles);
    expect(aws.calls[0]).toMatch(/^eu-west-3 GET \/acme-state\//);
  });

  test("of a stack without state are undefined, and of one without outputs none", async () => {
    const state = { backend: "s3", bucket: "acme-state", region: "eu-west-3" } as const;
    expect(await read(smallFile)).toBeUndefined();
    expect(await read({ ...smallFile, state })).toBeUndefined();
    aws.objects.set(`acme-state/acme/${stack}.tfstate`, "{}");
    expect(await read({ ...smallFile, state })).toEqual({});
  });
});
