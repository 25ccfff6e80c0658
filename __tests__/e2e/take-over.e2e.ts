import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import type { Fleet } from "../../fleet/model";
import { projectRoot } from "../../fleet/project";
import { type FleetStack, fleetStacks } from "../../fleet/stacks";
import { awsSession, stsRegions } from "../../operations/aws/role-credentials";
import { findMade, type Import } from "../../operations/recovery/find-made";
import { importFile, importFileName } from "../../operations/recovery/import-file";
import { treatmentOf } from "../../operations/recovery/kinds";
import { plannedOf, type ShownPlan } from "../../operations/recovery/planned";
import { quietCaller } from "../support/caller";
import { knowErrorsOfNode } from "../support/local-aws";
import { deployFleet, fleetAt, planCode, terraform } from "./support";

const file = join(__dirname, "fixtures", "one-target", "fleet.yaml");

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
      const shown = await plan(stack);
      const [region = ""] = stack.regions;
      const made = await findMade(
        { fleet: fleet.name, stack, planned: plannedOf(shown, region) },
        awsSession(stsRegions(fleet), quietCaller),
      );
      expect(made.conflicts).toEqual([]);
      if (made.take.length === 0) return { imports, changes: shown.resource_changes ?? [] };
      imports.push(...made.take);
      writeFileSync(join(folderOf(stack), importFileName), importFile(imports) ?? "");
    }
  }

  const typesOf = (imports: readonly Import[]) => imports.map(({ address }) => address.split(".")[0]).sort();

  test.each([
    [
      "target",
      [
        ...["aws_cloudwatch_log_group", "aws_iam_role", "aws_lambda_alias", "aws_lambda_function"],
        ...["aws_lambda_function_url", "aws_lambda_permission", "aws_lambda_permission"],
      ],
    ],
    [
      "front",
      [
        ...["aws_cloudfront_cache_policy", "aws_cloudfront_distribution", "aws_cloudfront_function"],
        ...["aws_cloudfront_key_value_store", "aws_cloudfront_origin_access_control"],
      ],
    ],
  ])(
    "the %s's things are taken over, none is replaced, and the plan after it is empty",
    async (kind, types) => {
      const stack = stackOf(kind);
      loseState(stack);
      const { changes, imports } = await takeOver(stack);
      expect(typesOf(imports)).toEqual(types);
      const made = changes.filter(({ change }) => change.actions.includes("create"));
      expect(made.map(({ type }) => treatmentOf(type))).toEqual(made.map(() => "put"));
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
