import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPicture } from "../../../operations/plan/picture";
import type { FleetPlan } from "../../../operations/plan/plan-fleet";
import { loadPlans, savePlans } from "../../../operations/plan/saved-plans";
import { fleetOfCells, targetStacks } from "../../support/plans";

const fleet = fleetOfCells(2);
const [kept, gone] = targetStacks(fleet);
if (!kept || !gone) throw new Error("there are two");
const picture = startPicture(fleet).finish({ unchanged: [], orphans: [], failed: [] });
const stacks = [kept, gone];
const now = { fingerprintOf: async () => "f", isDeployed: async () => false };
const orphans = new Set([gone.name]);
const loses = [
  {
    ...{ stack: kept.name, address: "aws_sqs_queue.mail", type: "aws_sqs_queue", name: "mail" },
    ...{ isReplaced: true, isTainted: false },
  },
];
const withdraws = { replicas: ["eu-west-1"] };

describe("plans that destroy an orphan", () => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "meridian-plans-"));
    const planned: FleetPlan["planned"] = new Map(
      stacks.map((stack) => {
        const file = join(folder, `${stack.name}.tfplan`);
        writeFileSync(file, "");
        const destroys = stack === gone ? { destroys: true } : {};
        return [
          stack.name,
          {
            stack,
            file,
            fingerprint: "f",
            actions: new Map(),
            toChange: 1,
            isNew: false,
            loses,
            withdraws,
            ...destroys,
          },
        ];
      }),
    );
    await savePlans(folder, { planned, unchanged: [], failed: new Map() }, picture);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("are what they were, where it is still one", async () => {
    const { plan } = await loadPlans(folder, stacks, orphans, now);
    expect(plan.planned.get(gone.name)?.destroys).toBe(true);
    expect(plan.planned.get(kept.name)?.destroys).toBeUndefined();
    expect(plan.planned.get(kept.name)).toMatchObject({ loses, withdraws, stack: kept, isNew: false });
  });

  test("are refused where the fleet file has the stack again", async () => {
    await expect(loadPlans(folder, stacks, new Set(), now)).rejects.toThrow("from another fleet");
  });

  test("are refused where nobody asks to take orphans away", async () => {
    await expect(loadPlans(folder, [kept], new Set(), now)).rejects.toThrow(
      `destroy the orphan ${gone.name}`,
    );
  });

  test("are left where the fleet has the stack, and it is not to be deployed now", async () => {
    const isLeft = (name: string) => name === gone.name;
    const { plan } = await loadPlans(folder, [kept], new Set(), { ...now, isLeft });
    expect([...plan.planned.keys()]).toEqual([kept.name]);
  });

  test("a plan of a stack that has become an orphan since destroys nothing", async () => {
    const all = new Set(stacks.map(({ name }) => name));
    await expect(loadPlans(folder, stacks, all, now)).rejects.toThrow("from another fleet");
  });
});

test("a plan of a stack that the fleet does not have is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-plans-"));
  try {
    const about = { fingerprint: "f", actions: new Map(), toChange: 1, isNew: false, loses: [] };
    const planned: FleetPlan["planned"] = new Map(stacks.map((stack) => [stack.name, { ...about, stack }]));
    await savePlans(folder, { planned, unchanged: [], failed: new Map() }, picture);
    const loading = (isLeft: (name: string) => boolean) =>
      loadPlans(folder, [kept], new Set(), { ...now, isLeft });
    await expect(loading(() => false)).rejects.toThrow(`the plan of ${gone.name} in`);
    expect([...(await loading(() => true)).plan.planned.keys()]).toEqual([kept.name]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("plans that were made as another role", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "meridian-plans-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Saves a plan of each stack, and loads them where these are deployed by now. */
  async function loaded(role: string | undefined, deployed: readonly string[], isCurrent = false) {
    const planned: FleetPlan["planned"] = new Map(
      stacks.map((stack) => {
        const file = join(folder, `${stack.name}.tfplan`);
        writeFileSync(file, "");
        if (role !== undefined) writeFileSync(`${file}.json`, "");
        const more = {
          fingerprint: "f",
          actions: new Map(),
          toChange: 1,
          isNew: false,
          loses: [],
          isCurrent,
        };
        return [stack.name, { stack, file, ...more }];
      }),
    );
    await savePlans(folder, { planned, unchanged: [], failed: new Map() }, picture, role);
    for (const name of deployed) rmSync(join(folder, `${name}.tfplan`));
    const isDeployed = async ({ name }: { readonly name: string }) => {
      if (deployed.length === 0) throw new Error("no state can be read");
      return deployed.includes(name);
    };
    const { plan } = await loadPlans(folder, stacks, new Set(), { ...now, isDeployed });
    return plan;
  }

  test("say so, for they have to be made again", async () => {
    const { planned } = await loaded("meridian-plan", []);
    expect([...planned.values()].map(({ asRole }) => asRole)).toEqual(["meridian-plan", "meridian-plan"]);
    expect(JSON.parse(readFileSync(join(folder, "plans.json"), "utf8")).role).toBe("meridian-plan");
  });

  test("are of no use without what Terraform said of them", async () => {
    await loaded("meridian-plan", []);
    rmSync(join(folder, `${kept.name}.tfplan.json`));
    await expect(loadPlans(folder, stacks, new Set(), now)).rejects.toThrow("plan again");
  });

  test("are used again: what an earlier attempt has applied is done", async () => {
    const { planned, unchanged } = await loaded("meridian-plan", [kept.name]);
    expect([...planned.keys()]).toEqual([gone.name]);
    expect(unchanged).toEqual([kept]);
  });

  test("a fingerprint says nothing where the state had it before", async () => {
    await expect(loaded("meridian-plan", [kept.name], true)).rejects.toThrow("a plan is applied once");
  });

  test("those of the deploy role are applied once", async () => {
    await expect(loaded(undefined, [kept.name])).rejects.toThrow("a plan is applied once");
  });
});
