import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportHash, requireHash } from "../../modules/artifact-hash";
import { folderHash } from "../support/folder-hash";

let root: string;
let folder: string;
const at = (...parts: readonly string[]) => join(folder, ...parts);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "meridian-hash-"));
  folder = join(root, "a folder");
  mkdirSync(at("cdktf.out", "stacks"), { recursive: true });
  writeFileSync(at("meridian.js"), "run();");
  writeFileSync(at(".hidden"), "");
  writeFileSync(at("cdktf.out", "stacks", "ä name.json"), "{}");
  writeFileSync(at("cdktf.out", "stacks", "Z.json"), "{}");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const shell = (commands: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  spawnSync("bash", ["-c", ["set -e", ...commands].join("\n")], {
    cwd: root,
    env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8", ...environment },
    encoding: "utf8",
    // With a socket as its input, bash takes itself for one of a remote shell, and reads files of the user's.
    stdio: ["ignore", "pipe", "pipe"],
  });

const exported = () => shell([exportHash({ variable: "MADE", folder: '"a folder"' }), "printenv MADE"]);

/** Runs what deploys, if the folder is what was hashed. */
function deploy(hash: string | undefined) {
  const check = requireHash({ what: "The plans", folder: '"$PLACE"', variable: "WANTED" });
  return shell([check, "echo deployed"], { PLACE: folder, ...(hash !== undefined && { WANTED: hash }) });
}

test("is over all files and their names, in the order of bytes, wherever it is taken", () => {
  expect(exported()).toMatchObject({ status: 0, stdout: `${folderHash(folder)}\n` });
});

test("lets what was hashed go on, whatever zips do to modes, times, and folders without files", () => {
  const hash = folderHash(folder);
  chmodSync(at("meridian.js"), 0o755);
  utimesSync(at("meridian.js"), 0, 0);
  mkdirSync(at("empty"));
  expect(deploy(hash)).toMatchObject({ status: 0, stdout: "deployed\n", stderr: "" });
});

const attacks: Readonly<Record<string, () => void>> = {
  "a file with something else in it": () => appendFileSync(at("meridian.js"), " "),
  "another file": () => writeFileSync(at("cdktf.out", "more.tf.json"), ""),
  "another hidden file": () => writeFileSync(at(".terraformrc"), ""),
  "a file less": () => rmSync(at(".hidden")),
  "a file by another name": () => renameSync(at("meridian.js"), at("main.js")),
  "a file in another folder": () =>
    renameSync(at("cdktf.out", "stacks", "Z.json"), at("cdktf.out", "Z.json")),
  "a link to the same contents": () => {
    renameSync(at("meridian.js"), join(root, "elsewhere.js"));
    symlinkSync(join(root, "elsewhere.js"), at("meridian.js"));
  },
  "a link to a folder": () => symlinkSync(root, at("more")),
  nothing: () => rmSync(folder, { recursive: true }),
};

test.each(Object.entries(attacks))("stops before anything runs where there is %s", (_, attack) => {
  const hash = folderHash(folder);
  attack();
  const { status, stderr, stdout } = deploy(hash);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toContain(`The plans are not what this execution has made: their SHA-256 is not ${hash}.`);
});

test("stops where nobody says what was hashed", () => {
  for (const hash of [undefined, ""]) expect(deploy(hash)).toMatchObject({ status: 1, stdout: "" });
});

test("of what cannot be read fails the build that would hand it on", () => {
  symlinkSync(join(root, "gone"), at("broken"));
  expect(exported()).toMatchObject({ stdout: "" });
  expect(exported().status).not.toBe(0);
});
