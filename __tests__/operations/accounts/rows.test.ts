import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { accountRows, assertNoConflict, idsToWrite } from "../../../operations/accounts/rows";
import { organizationFile } from "../../support/organization";

const newId = "600000000001";
const file: FleetFile = {
  ...organizationFile,
  cells: {
    ...organizationFile.cells,
    newco: { stage: "production", tenant: "newco", targets: { newco: ["eu-west-1"] } },
  },
};
const { accounts } = file;
const inOrganization = { delivery: "222222222222", globex: "333333333333" };
const rows = (ids: Readonly<Record<string, string>>, written = file) =>
  accountRows(written, new Map(Object.entries(ids)));
const statuses = (ids: Readonly<Record<string, string>>, written = file) =>
  Object.fromEntries(rows(ids, written).map(({ account, status }) => [account, status]));

test("every account is listed by name, with what is known of it and what waits for it", () => {
  expect(rows({ ...inOrganization, newco: newId })).toMatchObject([
    { account: "delivery", fileId: "222222222222", unit: "workloads", status: "known", waitingCells: [] },
    { account: "globex", fileId: "333333333333", organizationId: "333333333333", status: "known" },
    { account: "management", fileId: "111111111111", organizationId: undefined, status: "known" },
    {
      ...{ account: "newco", fileId: undefined, organizationId: newId, email: "aws+newco@example.com" },
      ...{ unit: "tenants/eu", status: "to write", waitingCells: ["newco"] },
    },
  ]);
});

test("it is said what the next deploy does", () => {
  const { globex, ...others } = inOrganization;
  expect(statuses(others)).toMatchObject({ globex: "to take over", newco: "to create" });
  const closed = { ...file, accounts: { ...accounts, globex: { ...accounts.globex, closed: true } } };
  expect(statuses(inOrganization, closed)).toMatchObject({ globex: "to close" });
  expect(statuses(others, closed)).toMatchObject({ globex: "closed" });
  expect(statuses({ ...inOrganization, stranger: newId })).toMatchObject({ stranger: "unlisted" });
});

test("only ids that the file lacks are written", () => {
  const ids = idsToWrite(rows({ ...inOrganization, newco: newId, stranger: "600000000002" }));
  expect([...ids]).toEqual([["newco", newId]]);
});

test.each([
  [
    "another id for the account",
    { ...inOrganization, globex: newId },
    `account "globex" is 333333333333 in the file and ${newId} in the organization`,
  ],
  [
    "the id for another account",
    { newco: "333333333333" },
    '333333333333 is "globex" in the file and "newco" in the organization',
  ],
])("a conflict is no id to write: the file has %s", (_, ids, message) => {
  const found = rows(ids);
  expect([...idsToWrite(found)]).toEqual([]);
  expect(() => assertNoConflict(found, "fleet.yaml")).toThrow(message);
});

test("without a conflict there is no error", () => {
  expect(() => assertNoConflict(rows(inOrganization), "fleet.yaml")).not.toThrow();
});
