import { rmSync } from "node:fs";
import { join } from "node:path";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import type { Fleet } from "../../fleet/model";
import { projectRoot } from "../../fleet/project";
import { type FleetStack, fleetStacks } from "../../fleet/stacks";
import { awsSession, stsRegions } from "../../operations/aws/role-credentials";
import { findMade, type Import } from "../../operations/recovery/find-made";
import { whileImporting } from "../../operations/recovery/import-file";
import { plannedOf, type ShownPlan } from "../../operations/recovery/planned";
import { quietCaller } from "../support/caller";
import { knowErrorsOfNode } from "../support/local-aws";
import { deployFleet, fleetAt, planCode, terraform } from "./support";

const file = join(__dirname, "fixtures", "own-front", "fleet.yaml");

describe("a cell whose states were lost after it had been deployed", () => {
  let fleet: Fleet;
  let session: SandboxSession;
  const before = { ...process.env };

  beforeAll(async () => {
    fleet = await fleetAt(file);
    session = await openSandbox(file, fleet, undefined, () => {});
    await deployFleet(session, fleet, file);
    // The SDK reads where to call from the environment of this process.
    Object.assign(process.env, session.env);
    knowErrorsOfNode();
  });

  afterAll(async () => {
    process.env = before;
    await session?.close();
  });

  const stackOf = (kind: string) => fleetStacks(fleet).find((stack) => stack.kind === kind) as FleetStack;
  const folderOf = ({ name }: FleetStack) => join(projectRoot, session.output, "stacks", name);

  function loseState({ name }: FleetStack) {
    rmSync(join(projectRoot, session.output, "..", "terraform-state", `${name}.tfstate`));
  }

  async function plan({ name }: FleetStack): Promise<ShownPlan> {
    const { code, text } = await terraform(session, name, "plan", "-input=false", "-out=plan", "-no-color");
    if (code !== 0) throw new Error(text);
    const shown = await terraform(session, name, "show", "-json", "plan");
    return JSON.parse(shown.text) as ShownPlan;
  }

  /** Plans until nothing more is found, as a deploy does. */
  async function takeOver(stack: FleetStack) {
    const imports: Import[] = [];
    for (;;) {
      const shown = await whileImporting(folderOf(stack), imports, () => plan(stack));
      const [region = ""] = stack.regions;
      const made = await findMade(
        { fleet: fleet.name, stack, planned: plannedOf(shown, region) },
        awsSession(stsRegions(fleet), quietCaller),
      );
      expect(made.conflicts).toEqual([]);
      if (made.take.length === 0) return { imports, changes: shown.resource_changes ?? [] };
      imports.push(...made.take);
    }
  }

  const typesOf = (imports: readonly Import[]) => imports.map(({ address }) => address.split(".")[0]).sort();

  test.each([
    [
      "target",
      // Two services.
      [
        ...["aws_cloudwatch_log_group", "aws_iam_role", "aws_lambda_alias", "aws_lambda_function"],
        ...["aws_lambda_function_url", "aws_lambda_permission", "aws_lambda_permission"],
      ].flatMap((type) => [type, type]),
      ["aws_iam_role_policy", "aws_iam_role_policy"],
    ],
    [
      "front-logs",
      ["aws_s3_bucket"],
      [
        ...["aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_ownership_controls"],
        ...["aws_s3_bucket_policy", "aws_s3_bucket_public_access_block"],
        "aws_s3_bucket_server_side_encryption_configuration",
      ],
    ],
    [
      "front",
      [
        ...["aws_acm_certificate", "aws_cloudfront_cache_policy", "aws_cloudfront_distribution"],
        ...["aws_cloudfront_function", "aws_cloudfront_key_value_store"],
        ...["aws_cloudfront_origin_access_control", "aws_iam_role", "aws_lambda_function"],
        ...["aws_route53_record", "aws_route53_record", "aws_wafv2_web_acl"],
      ],
      // The record that proves the domain overwrites the one that is there.
      ["aws_acm_certificate_validation", "aws_route53_record"],
    ],
  ])(
    "what the %s has is taken over or put again, none is replaced, and the plan after it is empty",
    async (kind, taken, put) => {
      const stack = stackOf(kind);
      loseState(stack);
      const { changes, imports } = await takeOver(stack);
      expect(typesOf(imports)).toEqual(taken);
      const made = changes.filter(({ change }) => change.actions.includes("create"));
      expect(made.map(({ type }) => type).sort()).toEqual(put);
      expect(changes.filter(({ change }) => change.actions.includes("delete"))).toEqual([]);

      const { code, text } = await terraform(
        session,
        stack.name,
        "apply",
        "-input=false",
        "-no-color",
        "plan",
      );
      if (code !== 0) console.error(text);
      expect(code).toBe(0);
      expect(await planCode(session, stack.name)).toBe(0);
    },
  );
});
