import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, sendSignal, type Workers } from "./process-group";

/**
 * What the CLI of CDKTF calls instead of Terraform. The CLI ends as soon as it is interrupted or one stack fails, and
 * its terminals hang up on every Terraform that is still at work, which would then leave its lock behind and forget
 * what it was just creating. With the hang-up ignored it finishes by itself.
 */
const wrapper = `#!/bin/sh
trap '' HUP
if [ -e "$MERIDIAN_WORKERS/refuse" ]; then
  echo "not started: the deploy was stopped" >&2
  exit 1
fi
: > "$MERIDIAN_WORKERS/$$"
exec terraform "$@"
`;

/**
 * Follows the Terraform processes of one run of the CLI of CDKTF.
 *
 * @param folder an existing folder for what can be made again at any time
 */
export function followTerraform(folder: string): Workers {
  mkdirSync(folder, { recursive: true });
  const own = mkdtempSync(join(folder, "workers-"));
  const program = join(own, "terraform");
  writeFileSync(program, wrapper);
  chmodSync(program, 0o755);
  const running = () =>
    (existsSync(own) ? readdirSync(own) : [])
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter(isAlive);
  return {
    env: { TERRAFORM_BINARY_NAME: program, MERIDIAN_WORKERS: own },
    refuse: () => writeFileSync(join(own, "refuse"), ""),
    areRunning: () => running().length > 0,
    signal(signal) {
      // To be killed is for the provider's processes, too, which share Terraform's session.
      for (const pid of running())
        (signal === "SIGKILL" && sendSignal(-pid, signal)) || sendSignal(pid, signal);
    },
    close: () => rmSync(own, { recursive: true, force: true }),
  };
}
