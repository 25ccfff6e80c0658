import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformProvider } from "cdktf";
import { lockFile } from "../../fleet/provider-lock";
import type { Extension } from "../../stacks/extensions/extension";
import { synthHere } from "../../stacks/synth-here";
import { checkedOf, fleetOf, smallFile } from "../support/fleet";
import { awsBlock, lockText, randomBlock } from "../support/locks";

class RandomProvider extends TerraformProvider {
  override get alias(): string {
    return "own";
  }
}

/** Brings along a provider of its own, in one of the two targets. */
const random: Extension = {
  name: "random",
  target({ scope, target }) {
    if (target.region !== "eu-west-1") return;
    new RandomProvider(scope, "random", {
      terraformResourceType: "random",
      terraformGeneratorMetadata: { providerName: "random", providerVersion: "3.7.2" },
      terraformProviderSource: "hashicorp/random",
    });
  },
};

const both = lockText(awsBlock, randomBlock);
const aws = lockText(awsBlock);

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "meridian-place-lock-"));
});
afterEach(() => rmSync(outdir, { recursive: true }));

function synth(lock: string | undefined, extensions: readonly Extension[] = []): void {
  synthHere({ ...checkedOf(fleetOf(smallFile, extensions)), providerLock: lock }, outdir, { extensions });
}

const placeIn = (stack: string) => join(outdir, "stacks", stack, lockFile);

/** The lock file of each stack, by name; undefined where there is none. */
function locks(): Readonly<Record<string, string | undefined>> {
  const names = readdirSync(join(outdir, "stacks")).sort();
  const textOf = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);
  return Object.fromEntries(names.map((name) => [name, textOf(placeIn(name))]));
}

const inAll = (lock: string | undefined) => ({
  globex_front: lock,
  "globex_globex_eu-central-1": lock,
  "globex_globex_eu-west-1": lock,
});

test("each stack gets the project's lock file, byte for byte, in the place of what lies there", () => {
  synth(undefined);
  writeFileSync(placeIn("globex_front"), "made by terraform init");
  synth(aws);
  expect(locks()).toEqual(inAll(aws));
});

test("a provider that only some stacks ask for is in the files of these alone: Terraform refuses it in the others", () => {
  synth(both, [random]);
  expect(locks()).toEqual({ ...inAll(aws), "globex_globex_eu-west-1": both });
});

test("without one, what terraform init has made stays: without it each stack would be initialized anew", () => {
  synth(undefined);
  expect(locks()).toEqual(inAll(undefined));
  writeFileSync(placeIn("globex_front"), "made by terraform init");
  synth(undefined);
  expect(locks()).toEqual({ ...inAll(undefined), globex_front: "made by terraform init" });
});

test("one that is taken out of the project goes from all stacks, whatever has become of their copies", () => {
  synth(aws);
  writeFileSync(placeIn("globex_front"), `${aws}# with a provider that cdktf deploy has added`);
  synth(undefined);
  expect(locks()).toEqual(inAll(undefined));
  expect(existsSync(join(outdir, lockFile))).toBe(false);
});
