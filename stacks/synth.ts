// What a main.ts imports; in an installed project it is the package itself.
import { UserError } from "../fleet/errors";
import { type AppOptions, runnerIn } from "./app-slot";

export type { Account } from "../fleet/account";
export type {
  Cell,
  DeployPermission,
  ExtensionFacts,
  Fleet,
  ResourceFacts,
  Service,
  Table,
  Target,
  Zone,
} from "../fleet/model";
export type { AppOptions } from "./app-slot";
export type {
  CellContext,
  ExtendedService,
  ExtendedTable,
  Extension,
  ExtensionContext,
  FrontContext,
  TargetContext,
} from "./extensions/extension";

/**
 * Says what belongs to the fleet beside its file. The whole of a main.ts: called once, while the file is loaded. Checking,
 * synthesizing and printing is done by whoever runs it.
 *
 * @throws {UserError} nobody runs it
 * @example
 * synth({ extensions: [mailQueue] });
 */
export function synth(options: AppOptions = {}): void {
  const run = runnerIn(globalThis);
  if (run) {
    run(options);
    return;
  }
  throw new UserError(
    "main.ts was started by itself, or called synth() after it was loaded",
    "it only says which extensions belong to the fleet: others check and synthesize it",
    'set "app" in cdktf.json to "node node_modules/meridian/bin/app.js" (in a clone of Meridian: "node bin/app.js"), and run `npx cdktf synth` or `npx meridian check`',
  );
}
