import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importFile, whileImporting } from "../../../operations/recovery/import-file";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-imports-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const address = 'aws_organizations_account.accounts["a"]';

test("imports are a file of Terraform, in which no id is a template", () => {
  const id = `d-1/$\{x}%{y}`;
  const text = importFile([
    { address, id: "600000000001" },
    { address: "aws_identitystore_group.it", id },
  ]);
  expect(JSON.parse(text)).toEqual({
    import: [
      { to: address, id: "600000000001" },
      { to: "aws_identitystore_group.it", id: `d-1/$$\{x}%%{y}` },
    ],
  });
});

test("the file is there while a plan is made, and gone after it, also where that fails", async () => {
  const imports = [{ address, id: "600000000001" }];
  const plan = async () => readFileSync(join(folder, readdirSync(folder)[0] ?? ""), "utf8");
  expect(await whileImporting(folder, imports, plan)).toBe(importFile(imports));
  expect(readdirSync(folder)).toEqual([]);
  const failing = whileImporting(folder, imports, async () => {
    throw new Error("no plan");
  });
  await expect(failing).rejects.toThrow("no plan");
  expect(readdirSync(folder)).toEqual([]);
});

test("a file that a killed process has left is no part of a plan without imports", async () => {
  const left = join(folder, "made-before.tf.json");
  writeFileSync(left, "{}");
  expect(await whileImporting(folder, [], async () => existsSync(left))).toBe(false);
});
