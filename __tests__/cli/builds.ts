import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type DeployCommandOptions, deployCommand } from "../../cli/deploy";
import { openSelected } from "../../cli/plan";
import { planWork } from "../../cli/shared/fleet-plan";
import type { FleetWork } from "../../cli/shared/fleet-work";
import { recoveryOf } from "../../cli/shared/recovery";
import { selectionOf } from "../../cli/shared/selection-options";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { selectStacks } from "../../fleet/selection";
import { fleetStacks } from "../../fleet/stacks";
import { savePlans } from "../../operations/plan/saved-plans";
import { openStore } from "../../operations/store/store";
import { quietCaller } from "../support/caller";
import { type FakeTerraform, fakeTerraform } from "../support/fake-terraform";
import { fleetOf, smallFile } from "../support/fleet";

jest.mock("../../cli/plan", () => ({ openSelected: jest.fn(), refusals: () => [] }));
jest.mock("../../cli/shared/approval", () => ({
  announce: async () => ({ text: "a test", isLocal: true }),
  approve: async () => {},
  requireApprover: () => {},
}));
jest.mock("../../cli/shared/recovery", () => ({ recoveryOf: jest.fn(() => ({})) }));
jest.mock("../../cli/shared/fleet-work", () => ({ synthesizeFleet: async () => {}, say: () => {} }));

/** From here, so that this file, which puts something else in their place, comes first. */
export { deployCommand, openSelected, recoveryOf };

const names = ["canary", "a", "b", "c"];
/** A fleet with a canary, which is a wave of its own, and three more cells. */
export const file = {
  ...smallFile,
  rollout: { production: { waves: [["canary"], "100%"], concurrency: 2 } },
  accounts: Object.fromEntries(names.map((name, index) => [name, { id: String(index + 1).repeat(12) }])),
  cells: Object.fromEntries(
    names.map((name) => [name, { stage: "production", tenant: name, targets: { [name]: ["eu-west-1"] } }]),
  ),
} as FleetFile;
export const fleet = fleetOf(file);
/** The same, but that what is deployed is asked for an answer: here, nobody can be asked. */
export const verifying = fleetOf({
  ...file,
  rollout: { production: { ...file.rollout?.production, verify: { path: "/" } } },
});
export const stacks = fleetStacks(fleet);
export const target = (cell: string) => `${cell}_${cell}_eu-west-1`;

/** What a build works on; new for each test. */
export const scene = {} as {
  /** As the build reads it. */
  fleet: FleetWork["fleet"];
  terraform: FakeTerraform;
  session: FleetWork["session"];
  store: FleetWork["store"];
};

const before = { ...process.env };
let folders = 0;

beforeEach(() => {
  jest.mocked(openSelected).mockReset();
  jest.mocked(recoveryOf).mockReturnValue({});
  const terraform = fakeTerraform();
  process.env = { ...before, CDKTF_OUTPUT: terraform.outdir };
  const session = { ...quietCaller, assumeRole: () => Promise.reject(new Error("no role")) };
  // Here, for the store takes the environment as it is.
  Object.assign(scene, { fleet, terraform, session, store: openStore(fleet, session) });
  for (const stream of [process.stdout, process.stderr]) jest.spyOn(stream, "write").mockReturnValue(true);
  process.exitCode = undefined;
  for (const { name } of stacks) terraform.synthesize(name, "f1");
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
  scene.store.close();
  scene.terraform.remove();
  process.env = { ...before };
});

function workOn(selected: FleetWork["selected"], plans: string): FleetWork {
  const { fleet, session, store, terraform } = scene;
  const stop = new AbortController().signal;
  return {
    ...{ fleet, stacks, selected, plans, store, session, parallelism: 4 },
    ...{ outdir: terraform.outdir, synthesized: terraform.outdir },
    interrupts: { stop, hurry: stop },
    terraform: (_, folder) => ({ folder, env: terraform.env }),
    close: () => {},
  };
}
function newFolder(): string {
  const folder = join(scene.terraform.folder, `plans-${folders++}`);
  mkdirSync(folder);
  return folder;
}

/** Plans the stage, as `plan --stage production --out <folder>` does. */
export async function planned(role?: string): Promise<string> {
  const folder = newFolder();
  const work = workOn(
    stacks.filter(({ stage }) => stage !== undefined),
    folder,
  );
  const as = role === undefined ? undefined : { role, swap: (other: string) => other };
  const { picture, plan } = await planWork({ ...work, as }, { plans: folder });
  await savePlans(folder, plan, picture, role);
  return folder;
}

/** Runs one build; what it applied, and its exit status. */
export async function build(plan: string | undefined, options: DeployCommandOptions) {
  const copy = newFolder();
  if (plan !== undefined) cpSync(plan, copy, { recursive: true });
  const all = { stage: ["production"], yes: true, json: true, ...options };
  jest
    .mocked(openSelected)
    .mockResolvedValue({ work: workOn(selectStacks(stacks, selectionOf(all)), newFolder()) });
  process.exitCode = undefined;
  const { terraform } = scene;
  const from = terraform.calls().length;
  await deployCommand("fleet.yaml", { ...all, ...(plan !== undefined && { plan: copy }) });
  const applied = terraform
    .calls()
    .slice(from)
    .flatMap((call) => (call.endsWith(" apply") ? [call.replace(" apply", "")] : []));
  return { applied, code: process.exitCode ?? 0 };
}

/** Options of a build of a wave, or of a share of it. */
export const part = (wave: number, shard?: string): DeployCommandOptions => ({
  wave,
  shard,
  rollout: "7f1c",
});

/** The stacks of a cell. */
export const ofCell = (cell: string) => [target(cell), `${cell}_front`];
