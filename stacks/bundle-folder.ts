import { posix } from "node:path";
import type { BundleRef } from "../bundles/zip";

/** Folder of the bundles, inside the output folder. */
export const bundleFolder = "bundles";

/** Path of a bundle's zip, relative to a stack's own folder: `stacks/<stack>` in the output folder. */
export function bundlePath({ file }: BundleRef): string {
  return posix.join("../..", bundleFolder, file);
}
