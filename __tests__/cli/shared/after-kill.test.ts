import { keepUnkept } from "../../../cli/shared/after-kill";
import type { FleetWork } from "../../../cli/shared/fleet-work";
import { fleetStacks } from "../../../fleet/stacks";
import type { NewRelease } from "../../../operations/store/model";
import { fleetOf, smallFile } from "../../support/fleet";

test.each([
  ["with the project's lock file, where it has one", "/project/.terraform.lock.hcl", true],
  ["without, where it has none", undefined, false],
])("the release of a run that was killed before it kept it is kept %s", async (_, lock, isLocked) => {
  const [stack] = fleetStacks(fleetOf(smallFile));
  if (!stack) throw new Error("no stack");
  const saved: NewRelease[] = [];
  const run = { id: "r1", started: "2026-11-26", by: "ann", stacks: { [stack.name]: { state: "applying" } } };
  const work = {
    outdir: "out",
    terraform: (_: unknown, folder: string) => ({ folder, env: {}, lock }),
    store: {
      runs: async () => [run],
      state: async () => ({ outputs: { meridian_fingerprint: { value: "f1" } } }),
      releases: async () => [],
      saveRelease: async (_: unknown, release: NewRelease) => saved.push(release),
    },
  };
  await keepUnkept(work as unknown as FleetWork, [stack]);
  expect(saved).toMatchObject([{ fingerprint: "f1", folder: "out", run: "r1", isLocked }]);
});
