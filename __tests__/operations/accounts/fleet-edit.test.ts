import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { editFile } from "../../../operations/accounts/fleet-edit";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-edit-"));
  file = join(folder, "fleet.yaml");
  writeFileSync(file, "a\r\nü");
});
afterEach(() => rmSync(folder, { recursive: true }));

const only = () => expect(readdirSync(folder)).toEqual(["fleet.yaml"]);

test("a file is changed, and keeps its mode", async () => {
  for (const mode of [0o600, 0o666, 0o755]) {
    chmodSync(file, mode);
    await editFile(file, (text) => `${text}!`);
    expect(statSync(file).mode & 0o7777).toBe(mode);
  }
  expect(readFileSync(file, "utf8")).toBe("a\r\nü!!!");
  only();
});

test("what a symbolic link leads to is changed, and the link stays", async () => {
  const links = mkdtempSync(join(tmpdir(), "meridian-links-"));
  const link = join(links, "link.yaml");
  symlinkSync(file, link);
  await editFile(link, () => "new");
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(file, "utf8")).toBe("new");
  only();
  rmSync(links, { recursive: true });
});

test("an edit that fails changes nothing", async () => {
  const failing = editFile(file, () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("was not changed: no");
  expect(readFileSync(file, "utf8")).toBe("a\r\nü");
  only();
});

test("what somebody else has written meanwhile is not overwritten", async () => {
  const editing = editFile(file, (text) => {
    writeFileSync(file, "theirs");
    return `${text}!`;
  });
  await expect(editing).rejects.toThrow("somebody else changed it");
  expect(readFileSync(file, "utf8")).toBe("theirs");
  only();
});

test("a file that is not UTF-8 is left alone", async () => {
  writeFileSync(file, Buffer.from([0x61, 0xfc]));
  await expect(editFile(file, (text) => `${text}!`)).rejects.toThrow("not valid UTF-8");
  expect(readFileSync(file)).toEqual(Buffer.from([0x61, 0xfc]));
});

test("a file that is not there cannot be changed", async () => {
  await expect(editFile(join(folder, "none.yaml"), (text) => text)).rejects.toThrow(
    "none.yaml was not changed",
  );
});
