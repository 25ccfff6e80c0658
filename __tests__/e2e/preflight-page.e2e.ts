import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import { projectRoot } from "../../fleet/project";
import { fleetAt } from "./support";
import { requireTranscript, type Shell, shellIn } from "./transcript";

describe("what docs/preflight.md shows", () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-e2e-"));
  const file = join(folder, "fleet.yaml");
  let session: SandboxSession;
  let shell: Shell;

  beforeAll(async () => {
    cpSync(join(projectRoot, "fleet.yaml"), file);
    cpSync(join(projectRoot, "functions"), join(folder, "functions"), { recursive: true });
    session = await openSandbox(file, await fleetAt(file), undefined, () => {});
    shell = shellIn(folder, session);
  });

  afterAll(async () => {
    shell?.remove();
    await session?.close();
    rmSync(folder, { recursive: true });
  });

  test("is what its commands print; if it has changed: TRANSCRIPT=write", () =>
    requireTranscript(join(projectRoot, "docs", "preflight.md"), shell, 6));
});
