import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
const fingerprintOf = async () => "f";
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
    const { plan } = await loadPlans(folder, stacks, orphans, fingerprintOf);
    expect(plan.planned.get(gone.name)?.destroys).toBe(true);
    expect(plan.planned.get(kept.name)?.destroys).toBeUndefined();
    expect(plan.planned.get(kept.name)).toMatchObject({ loses, withdraws, stack: kept, isNew: false });
  });

  test("are refused where the fleet file has the stack again", async () => {
    await expect(loadPlans(folder, stacks, new Set(), fingerprintOf)).rejects.toThrow("from another fleet");
  });

  test("are refused where nobody asks to take orphans away", async () => {
    await expect(loadPlans(folder, [kept], new Set(), fingerprintOf)).rejects.toThrow(
      `destroy the orphan ${gone.name}`,
    );
  });

  test("a plan of a stack that has become an orphan since destroys nothing", async () => {
    const all = new Set(stacks.map(({ name }) => name));
    await expect(loadPlans(folder, stacks, all, fingerprintOf)).rejects.toThrow("from another fleet");
  });
});
