import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { targetAlias } from "../../fleet/names";
import { targetProvider } from "../../modules/target-provider";
import { addFingerprints } from "../../stacks/fingerprint";
import { withPlainValues } from "../../stacks/plain-values";
import { checkProviders } from "../../stacks/provider-rules";
import { withoutTraces } from "../../stacks/traces";
import type { StackJson } from "./synth";

/** Synthesizes a stack with one provider that a test fills, the way the app does, and returns its JSON. */
export function scratchStack(
  region: string,
  fill: (stack: TerraformStack, provider: AwsProvider) => void,
): StackJson {
  const outdir = mkdtempSync(join(tmpdir(), "meridian-scratch-"));
  const account = { name: "globex", id: "333333333333", deployRole: "meridian-deploy" };
  try {
    withoutTraces(() =>
      withPlainValues(() => {
        const app = new App({ outdir });
        const stack = new TerraformStack(app, "scratch");
        const alias = targetAlias(account.name, region);
        fill(stack, targetProvider(stack, { account, region, alias, fleet: "acme", tags: {} }));
        checkProviders(app);
        addFingerprints(app);
        app.synth();
      }),
    );
    return JSON.parse(readFileSync(join(outdir, "stacks/scratch/cdk.tf.json"), "utf8"));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
