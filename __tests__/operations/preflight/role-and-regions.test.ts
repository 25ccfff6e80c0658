import { regionChecks } from "../../../operations/preflight/regions";
import { roleCheck } from "../../../operations/preflight/role";
import { fleetOf, smallFile } from "../../support/fleet";
import { refusal } from "../recovery/fake-aws";
import { answerTo, scopeOf } from "./support";

const fleet = fleetOf({
  ...smallFile,
  cells: { globex: { stage: "production", targets: { globex: ["eu-south-1", "eu-central-1"] } } },
});

describe("a deploy role", () => {
  const { account } = scopeOf(fleet, "globex");
  const check = roleCheck(account, ["eu-central-1", "us-east-1"]);
  const asked = (Arn: string) => answerTo([check], "deploy role", { GetCallerIdentity: () => ({ Arn }) });

  test("has to be the one of the fleet file, in its account", async () => {
    expect(await asked("arn:aws:sts::333333333333:assumed-role/meridian-deploy/meridian-acme")).toMatchObject(
      {
        status: "fine",
        needed: "the role meridian-deploy",
      },
    );
    for (const other of [
      "444444444444:assumed-role/meridian-deploy",
      "333333333333:assumed-role/meridian-deploy-2",
    ])
      expect(await asked(`arn:aws:sts::${other}/meridian-acme`)).toMatchObject({
        status: "fails",
        found: `the session is one of arn:aws:sts::${other}/meridian-acme`,
        raise: expect.stringContaining("npx meridian role globex"),
      });
  });

  test("is asked in another region where STS does not answer", async () => {
    const calls: string[] = [];
    const GetCallerIdentity = () => {
      if (calls.length === 1) throw refusal("TimeoutError");
      return { Arn: "arn:aws:sts::333333333333:assumed-role/meridian-deploy/meridian-acme" };
    };
    const answer = await answerTo([check], "deploy role", { GetCallerIdentity }, calls);
    expect(answer.status).toBe("fine");
    expect(calls).toEqual(["eu-central-1 GetCallerIdentity", "us-east-1 GetCallerIdentity"]);
  });
});

describe("a region", () => {
  const checks = regionChecks(scopeOf(fleet, "globex"));

  test("is asked for where an account has to opt in", () => {
    expect(checks.map(({ region }) => region)).toEqual(["eu-south-1"]);
  });

  test.each([
    ["ENABLED", "fine"],
    ["ENABLED_BY_DEFAULT", "fine"],
    ["ENABLING", "fails"],
    ["DISABLED", "fails"],
  ])("that is %s", async (RegionOptStatus, status) => {
    const calls: string[] = [];
    const answer = await answerTo(
      checks,
      "region",
      { GetRegionOptStatus: () => ({ RegionOptStatus }) },
      calls,
    );
    expect(answer).toMatchObject({ status, found: RegionOptStatus });
    expect(calls).toEqual(["us-east-1 GetRegionOptStatus"]);
  });
});
