import { join } from "node:path";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import { projectRoot } from "../../fleet/project";
import { copyOf, fleetAt } from "./support";
import { requireTranscript, type Shell, shellIn } from "./transcript";

describe("what docs/change.md shows", () => {
  const folder = copyOf(join(__dirname, "fixtures", "shop"));
  const file = join(folder.path, "fleet.yaml");
  let session: SandboxSession;
  let shell: Shell;

  beforeAll(async () => {
    session = await openSandbox(file, await fleetAt(file), undefined, () => {});
    shell = shellIn(folder.path, session);
  });

  afterAll(async () => {
    shell?.remove();
    await session?.close();
    folder.remove();
  });

  test(
    "is what its commands print; if it has changed: TRANSCRIPT=write",
    () => requireTranscript(join(projectRoot, "docs", "change.md"), shell, 6),
    // All of the page's deploys are one test.
    1_800_000,
  );
});
