import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { providerVersion } from "../../../fleet/provider-lock";
import { findProviderMirror } from "../../../operations/terraform/provider-mirror";
import { fleetOf, smallFile } from "../../support/fleet";
import { synthTexts } from "../../support/synth";

const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;

let root: string;
let home: string;
let addOn: string;
let implied: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "meridian-mirror-"));
  [home, addOn, implied] = ["home", "add-on", "implied"].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [home, addOn]) mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const find = (environment: NodeJS.ProcessEnv = {}) =>
  findProviderMirror({ HOME: home, ...environment }, { implied: [implied], addOn: [addOn] });

/** Makes a mirror that holds the unpacked provider, and returns its folder. */
function mirror(folder: string, version = providerVersion, forPlatform = platform): string {
  mkdirSync(join(folder, "registry.terraform.io", "hashicorp", "aws", version, forPlatform), {
    recursive: true,
  });
  return folder;
}

test("the version is the one that the synthesized JSON asks for", () => {
  for (const text of synthTexts(fleetOf(smallFile)).values()) {
    const { terraform } = JSON.parse(text);
    expect(terraform.required_providers.aws).toEqual({ source: "aws", version: providerVersion });
  }
});

test("nothing is found where nothing is", () => {
  expect(find()).toBeUndefined();
  rmSync(addOn, { recursive: true });
  expect(find()).toBeUndefined();
});

test("the folder that the caller names is found, and made absolute", () => {
  const named = mirror(join(root, "named"));
  expect(find({ MERIDIAN_PROVIDER_MIRROR: named })).toBe(named);
  expect(find({ MERIDIAN_PROVIDER_MIRROR: relative(process.cwd(), named) })).toBe(named);
});

test.each([
  ["the user's plugins", () => join(home, ".terraform.d", "plugins")],
  ["the user's data", () => join(home, ".local", "share", "terraform", "plugins")],
  ["the machine's plugins", () => implied],
])("a mirror that Terraform implies is found: %s", (_, folder) => {
  mirror(folder());
  expect(find()).toBe(folder());
});

test("XDG_DATA_HOME takes the place of the user's data folder", () => {
  const data = join(root, "data");
  const found = mirror(join(data, "terraform", "plugins"));
  mirror(join(home, ".local", "share", "terraform", "plugins"));
  expect(find({ XDG_DATA_HOME: data })).toBe(found);
});

test.each([["one"], ["one/two"]])("a mirror among add-on software is found: %s", (path) => {
  const found = mirror(join(addOn, path));
  expect(find()).toBe(found);
});

test("a mirror three folders deep is not looked for", () => {
  mirror(join(addOn, "one", "two", "three"));
  expect(find()).toBeUndefined();
});

test("a packed provider counts as well", () => {
  const file = join(
    addOn,
    "mirror/registry.terraform.io/hashicorp/aws",
    `terraform-provider-aws_${providerVersion}_${platform}.zip`,
  );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
  expect(find()).toBe(join(addOn, "mirror"));
});

test("another version, or one for another machine, does not count", () => {
  mirror(join(addOn, "old"), "5.99.0");
  mirror(join(addOn, "newer"), "6.0.0");
  mirror(join(addOn, "other"), providerVersion, "plan9_mips");
  expect(find()).toBeUndefined();
});

test("what cannot be read is passed over", () => {
  const closed = join(addOn, "a-closed");
  mkdirSync(closed, { mode: 0o000 });
  writeFileSync(join(addOn, "b-file"), "");
  const found = mirror(join(addOn, "c"));
  expect(find()).toBe(found);
  chmodSync(closed, 0o700);
});

test("the caller's choice comes first, then Terraform's own folders, then add-on software", () => {
  const folders = [
    join(root, "named"),
    join(home, ".terraform.d", "plugins"),
    join(home, ".local", "share", "terraform", "plugins"),
    implied,
    join(addOn, "one"),
  ];
  for (const folder of folders) mirror(folder);
  for (const folder of folders) {
    expect(find({ MERIDIAN_PROVIDER_MIRROR: join(root, "named") })).toBe(folder);
    rmSync(folder, { recursive: true });
  }
});
