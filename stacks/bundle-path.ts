import { posix } from "node:path";
import type { Bundle } from "../bundles/bundle";

/** Folder of the bundles, inside the output folder. */
export const bundleFolder = "bundles";

/** Where a stack finds a bundle, relative to its own folder `stacks/<stack>` in the output folder. */
export function bundlePath(bundle: Bundle): string {
  return posix.join("../..", bundleFolder, bundle.file);
}
