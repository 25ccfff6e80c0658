import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepUnkept } from "../../../cli/shared/after-kill";
import type { FleetWork } from "../../../cli/shared/fleet-work";
import { lockFile } from "../../../fleet/provider-lock";
import { fleetStacks } from "../../../fleet/stacks";
import type { NewRelease } from "../../../operations/store/model";
import { fleetOf, smallFile } from "../../support/fleet";
import { awsBlock, lockText, randomBlock } from "../../support/locks";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-after-kill-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Keeps the release of a stack that a killed run has deployed. */
async function keep(lock: string | undefined) {
  const [stack] = fleetStacks(fleetOf(smallFile));
  if (!stack) throw new Error("no stack");
  const stackFolder = join(folder, "stacks", stack.name);
  mkdirSync(stackFolder, { recursive: true });
  const terraform = { required_providers: { aws: { source: "aws", version: "5.100.0" } } };
  writeFileSync(join(stackFolder, "cdk.tf.json"), JSON.stringify({ terraform }));
  const saved: NewRelease[] = [];
  const run = { id: "r1", started: "2026-11-26", by: "ann", stacks: { [stack.name]: { state: "applying" } } };
  const work = {
    outdir: folder,
    terraform: (_: unknown, place: string) => ({ folder: place, env: {}, providerLock: lock }),
    store: {
      runs: async () => [run],
      state: async () => ({ outputs: { meridian_fingerprint: { value: "f1" } } }),
      releases: async () => [],
      saveRelease: async (_: unknown, release: NewRelease) => saved.push(release),
    },
  };
  await keepUnkept(work as unknown as FleetWork, [stack]);
  return { saved, beside: join(stackFolder, lockFile) };
}

test("the release of a run that was killed before it kept it is kept without a provider lock file, where there is none", async () => {
  const { saved } = await keep(undefined);
  expect(saved).toMatchObject([{ fingerprint: "f1", folder, run: "r1", keepsProviderLock: false }]);
});

test("and with it where the project has one, though Terraform has not run there", async () => {
  const lock = join(folder, "terraform.lock.hcl");
  writeFileSync(lock, lockText(awsBlock, randomBlock));
  const { beside, saved } = await keep(lock);
  expect(saved).toMatchObject([{ fingerprint: "f1", folder, run: "r1", keepsProviderLock: true }]);
  expect(readFileSync(beside, "utf8")).toBe(lockText(awsBlock));
});
