import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCodeStore } from "../../../sandbox/lambda/code";
import { zip } from "./helpers";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "meridian-test-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const bytes = (files: Record<string, string>) => Buffer.from(zip(files), "base64");

it("unpacks a zip, one copy however often it is deployed", () => {
  const store = createCodeStore(join(root));
  const code = store.add(bytes({ "index.js": "1", "lib/a.js": "2" }));
  expect(readFileSync(join(code.folder, "lib/a.js"), "utf8")).toBe("2");
  expect(store.add(bytes({ "index.js": "1", "lib/a.js": "2" }))).toEqual(code);
  expect(readdirSync(root)).toHaveLength(2);
  expect(store.read(code.file)).toEqual(bytes({ "index.js": "1", "lib/a.js": "2" }));
});

it.each(["../out.js", "a/../../out.js", "/out.js", "..\\out.js", "C:\\out.js"])(
  "does not unpack %s",
  (name) => {
    const folder = join(root, "a", "code");
    const store = createCodeStore(folder);
    expect(() => store.add(bytes({ "index.js": "1", [name]: "2" }))).toThrow("lies outside");
    expect(existsSync(join(root, "a"))).toBe(false);
    expect(existsSync("/out.js")).toBe(false);
  },
);

it("refuses what is not a zip", () => {
  expect(() => createCodeStore(root).add(Buffer.from("no zip"))).toThrow("Could not unzip");
});

it.each(["../secret", "index.js", ""])("gives out zips only, not %j", (file) => {
  expect(createCodeStore(root).read(file)).toBeUndefined();
});
