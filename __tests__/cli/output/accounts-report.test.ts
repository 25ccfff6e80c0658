import { stripVTControlCharacters } from "node:util";
import { accountsReport } from "../../../cli/output/accounts-report";
import type { AccountRow } from "../../../operations/accounts/rows";

const row = (account: string, more: Partial<AccountRow>): AccountRow => ({
  ...{ account, status: "known", waitingCells: [], ...more },
});
const foundation = ["organization", "accounts", "bootstrap", "state"];
const report = (rows: readonly AccountRow[], file = "fleet.yaml") =>
  stripVTControlCharacters(accountsReport(rows, { file, usualFile: "fleet.yaml", foundation })).split("\n\n");

test("each account is a line, and the end says what to do", () => {
  const [table = "", closing] = report([
    row("globex", { fileId: "333333333333", unit: "tenants/eu", email: "a@b.cd" }),
    row("initech", { fileId: "444444444444", status: "to take over" }),
    row("leaving", { fileId: "555555555555", status: "to close" }),
    row("newco", { organizationId: "600000000001", status: "to write", waitingCells: ["newco", "test"] }),
    row("stranger", { organizationId: "600000000002", status: "unlisted" }),
  ]);
  expect(table.split("\n")).toEqual([
    "account   id            unit        e-mail  state",
    "globex    333333333333  tenants/eu  a@b.cd  ready",
    "initech   444444444444  -           -       to be taken over",
    "leaving   555555555555  -           -       to be closed",
    "newco     600000000001  -           -       created; its id is not in fleet.yaml yet; waiting for it: newco, test",
    "stranger  600000000002  -           -       not in fleet.yaml",
  ]);
  expect(closing?.trim().split("\n")).toEqual([
    '1 id ("newco") is not in fleet.yaml yet: npx meridian accounts --write',
    "1 account not in the organization yet: npx cdktf deploy organization accounts",
    "1 account to be closed: npx cdktf deploy organization accounts",
    "1 account of the organization not in fleet.yaml: add an entry for each",
  ]);
});

test("after a write, what is foundation the cells comes before them", () => {
  const written = [
    row("newco", { organizationId: "600000000001", status: "written", waitingCells: ["newco"] }),
  ];
  expect(report(written)[1]?.trim().split("\n")).toEqual([
    '1 id ("newco") was written into fleet.yaml.',
    "next: npx meridian check",
    "next: npx cdktf deploy organization accounts bootstrap state   # what the new accounts need",
    "next: npx cdktf deploy '*'",
  ]);
  expect(report(written, "my fleet.yaml")[1]).toContain(
    "next: MERIDIAN_FLEET='my fleet.yaml' npx cdktf deploy '*'",
  );
});

test("after a write that changes the management account's role, or leaves errors, it says so", () => {
  const written = [row("delivery", { organizationId: "600000000001", status: "written" })];
  const next = (more: object) =>
    accountsReport(written, { file: "fleet.yaml", usualFile: "fleet.yaml", foundation, ...more })
      .trim()
      .split("\n")
      .filter((line) => line.startsWith("next: "));
  expect(next({ newRole: "management" })[1]).toMatch(/^next: npx meridian role management > role.json /);
  expect(next({ foundation: [] })).toEqual(["next: npx meridian check"]);
});

test("with nothing to do, it says so", () => {
  expect(report([row("globex", {})])[1]?.trim()).toBe(
    "Nothing to do: fleet.yaml has the ids of all accounts.",
  );
});
