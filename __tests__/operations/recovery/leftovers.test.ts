import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeOwnFolder, removeLeftFolders } from "../../../operations/recovery/leftovers";
import { thisHost } from "../../../operations/recovery/processes";

let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "meridian-leftovers-"));
});

afterEach(() => rmSync(place, { recursive: true, force: true }));

/** Whether a folder is still there after the next process has tidied up. */
function survives(folder: string): boolean {
  removeLeftFolders(place, "plans-");
  return existsSync(folder);
}

test("a folder can be read by its owner only", () => {
  expect(statSync(makeOwnFolder(place, "plans-")).mode & 0o777).toBe(0o700);
});

test("a folder goes once its process is gone", () => {
  const killed = { ...thisHost(), started: "0" };
  expect(survives(makeOwnFolder(place, "plans-", killed))).toBe(false);
});

const here = thisHost();
const killed = { ...here, started: "0" };

test.each([
  ["of a process that is at work", here],
  ["of another machine", { ...killed, name: `not-${here.name}` }],
  ["of another user, whose processes may be hidden", { ...killed, user: `not-${here.user}` }],
  ["of another container", { ...killed, namespace: "pid:[1]" }],
  ["of a container that may have moved to another machine", { ...killed, boot: "b", namespace: "pid:[1]" }],
])("a folder %s stays", (_, owner) => {
  expect(survives(makeOwnFolder(place, "plans-", owner))).toBe(true);
});

test("what does not say whose it is stays, and so does what is called otherwise", () => {
  mkdirSync(join(place, "plans-mine"));
  expect(survives(join(place, "plans-mine"))).toBe(true);
  expect(survives(makeOwnFolder(place, "other-", killed))).toBe(true);
});
