import { spawnSync } from "node:child_process";

/**
 * Whether njs is on the PATH. Where it is not, its tests are left out, which is said; in CI that is an error instead.
 */
export const hasNjs = spawnSync("njs", ["-v"], { timeout: 10_000 }).status === 0;

if (!hasNjs) {
  const message =
    "njs is missing (Debian: apt-get install njs): the router is not tried in CloudFront's kind of engine";
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`${message}\n`);
}
