import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import type { Picture } from "../../operations/plan/picture-schema";
import schema from "../../plan.schema.json";
import { askFront, cdktf, copyOf, edit, fleetAt, jsonOf, meridian, serials } from "./support";

const [blue, green, front] = ["pair_blue_eu-central-1", "pair_green_us-east-1", "pair_front"] as const;

describe("a fleet that is deployed, and then changed", () => {
  const folder = copyOf(join(__dirname, "fixtures", "two-accounts"));
  const file = join(folder.path, "fleet.yaml");
  const plans = join(folder.path, "plans");
  const original = readFileSync(file, "utf8");
  let session: SandboxSession;

  const run = (...args: readonly string[]) => meridian(session, file, ...args);
  const greeting = (word: string) => edit(file, (text) => text.replace(/GREETING: \w+/, `GREETING: ${word}`));
  const back = () => writeFileSync(file, original);

  beforeAll(async () => {
    session = await openSandbox(file, await fleetAt(file), undefined, () => {});
    const { code, text } = await run("deploy", "--auto-approve");
    if (code !== 0) throw new Error(text);
  });

  afterAll(async () => {
    await session?.close();
    folder.remove();
  });

  /** Runs a command with a Terraform that only says that it was called. */
  async function withoutTerraform(...args: readonly string[]) {
    const bin = join(folder.path, "bin");
    const called = join(folder.path, "called");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, "terraform"), `#!/bin/sh\necho "$@" >> '${called}'\nexit 1\n`);
    chmodSync(join(bin, "terraform"), 0o755);
    const env = { ...session.env, PATH: `${bin}:${session.env.PATH}` };
    const ended = await meridian({ ...session, env }, file, ...args);
    return { ...ended, called: existsSync(called) };
  }

  test("where nothing has changed, there is nothing to do, and no Terraform begins", async () => {
    const { called, code, text } = await withoutTerraform("plan");
    expect(text).toContain("Nothing to do: 3 stacks as deployed.");
    expect({ called, code }).toEqual({ called: false, code: 0 });
  });

  test("a value for all targets is one group, and no value is shown", async () => {
    greeting("hullo");
    const markdown = join(folder.path, "plan.md");
    const planned = await run("plan", "--json", "--markdown", markdown, "--out", plans);
    expect(planned.code).toBe(2);
    const picture = jsonOf<Picture>(planned);
    expect(new Ajv({ allowUnionTypes: true }).validate(schema, picture)).toBe(true);
    expect(picture).toMatchObject({ changed: [blue, green], unchanged: [front], failed: [], orphans: [] });
    const title = "environment GREETING of hello, the same in 2 stacks";
    expect(picture.groups).toMatchObject([{ title, stacks: [blue, green] }]);
    expect(readFileSync(markdown, "utf8")).toContain(title);
    expect(planned.text).not.toContain("hullo");
  });

  test("the plans that it keeps are for their owner, and are what is deployed", async () => {
    expect(statSync(plans).mode & 0o777).toBe(0o700);
    const before = serials(session);
    const deployed = await run("deploy", "--plan", plans);
    if (deployed.code !== 0) console.error(deployed.text);
    expect(deployed.code).toBe(0);
    expect(readdirSync(plans).filter((name) => name.endsWith(".tfplan"))).toEqual([]);
    const after = serials(session);
    expect(Object.keys(after).filter((stack) => after[stack] !== before[stack])).toEqual([blue, green]);
    expect((await askFront(session, "pair")).text).toBe("hullo");
    expect(await withoutTerraform("plan")).toMatchObject({ called: false, code: 0 });
    expect((await run("deploy", "--plan", plans)).text).toContain("a plan is applied once");
  });

  test("CDKTF finds each kind of stack as Meridian left it", async () => {
    for (const stack of [blue, front]) {
      const env = { ...session.env, MERIDIAN_FLEET: file };
      const { text } = await cdktf(env, "diff", stack, "--output", session.output);
      expect(text).toContain("No changes.");
    }
  });

  test("and Meridian finds nothing to do after a deploy by CDKTF", async () => {
    back();
    const env = { ...session.env, MERIDIAN_FLEET: file };
    const { code } = await cdktf(env, "deploy", "*", "--auto-approve", "--output", session.output);
    expect(code).toBe(0);
    expect((await askFront(session, "pair")).text).toBe("hello");
    expect(await withoutTerraform("plan")).toMatchObject({ called: false, code: 0 });
  });

  test("a deploy that fails half-way is neither what was there nor what was to be", async () => {
    // Retention is changed, and the policy is refused: IAM has no such kind of resource.
    const settings =
      'logRetentionDays: 60\n    permissions: [{ actions: ["iam:GetRole"], resources: ["arn:aws:iam::{account}:nothing/at-all"] }]';
    edit(file, (text) => text.replace("environment:", `${settings}\n    environment:`));
    const halfway = await run("deploy", "--auto-approve", "--account", "blue");
    expect(halfway.code).toBe(1);
    expect(halfway.text).toContain("MalformedPolicyDocument");
    const again = jsonOf<Picture>(await run("plan", "--json", "--account", "blue"));
    expect(again.changed).toEqual([blue]);
    back();
    const undone = jsonOf<Picture>(await run("plan", "--json"));
    expect(undone).toMatchObject({ changed: [blue], unchanged: [front, green] });
    expect(undone.groups).toMatchObject([
      { title: "retention of log group hello 60 to 30, only in pair_blue_eu-central-1" },
    ]);
    expect((await run("deploy", "--auto-approve")).code).toBe(0);
    expect(await withoutTerraform("plan")).toMatchObject({ called: false, code: 0 });
  });

  test("an account's new name is refused with the names of both stacks, and nothing is changed", async () => {
    edit(file, (text) => text.replaceAll("blue", "azure"));
    const before = serials(session);
    const planned = await run("plan", "--json");
    const { risks } = jsonOf<Picture>(planned);
    expect(planned.code).toBe(1);
    expect(risks.map(({ code }) => code)).toContain("name-collision");
    const refused = await run("deploy", "--auto-approve");
    expect(refused.code).toBe(1);
    expect(refused.text).toContain("nothing was deployed");
    expect(refused.text).toContain(blue);
    expect(refused.text).toContain("pair_azure_eu-central-1");
    expect(serials(session)).toEqual(before);
    back();
  });
});
