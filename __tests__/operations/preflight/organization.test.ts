import { organizationChecks } from "../../../operations/preflight/organization";
import { bootstrapFile, bootstrapFleet } from "../../support/bootstrap-fleet";
import { missing } from "../recovery/fake-aws";
import { answerTo, scopeOf } from "./support";

const subject = "accounts of the organization";
const fleet = bootstrapFleet({
  accounts: {
    ...bootstrapFile.accounts,
    initech: { email: "initech@example.com", unit: "tenants/us" },
    umbrella: { email: "Umbrella@example.com", unit: "tenants/us" },
    hooli: { email: "hooli@example.com", unit: "tenants/us", closed: true },
  },
});
const checks = organizationChecks(scopeOf(fleet, "management"));
const accounts = (limit: number, ...emails: readonly string[]) => ({
  ListAccounts: () => ({ Accounts: emails.map((Email) => ({ Email })) }),
  GetServiceQuota: () => ({ Quota: { Value: limit } }),
});

test("there has to be room for the accounts that are still to be created", async () => {
  expect(await answerTo(checks, subject, accounts(4, "a", "b"))).toMatchObject({
    status: "fine",
    needed: "2 new accounts",
  });
  expect(await answerTo(checks, subject, accounts(3, "a", "b"))).toMatchObject({
    status: "fails",
    found: "2 of at most 3, closed ones among them; invitations count, too",
    raise: expect.stringMatching(/--service-code organizations --quota-code L-E619E033 --desired-value 4$/),
  });
});

test("one that is there, and whose id only the fleet file lacks, is no new one", async () => {
  const answer = await answerTo(checks, subject, accounts(3, "Initech@example.com", "umbrella@example.com"));
  expect(answer).toMatchObject({ status: "fine", needed: "0 new accounts" });
});

test("an organization that is still to be made has no accounts", async () => {
  const none = { ...accounts(10), ListAccounts: missing("AWSOrganizationsNotInUseException") };
  expect(await answerTo(checks, subject, none)).toMatchObject({ status: "fine", needed: "2 new accounts" });
});

test("only the stack that creates accounts asks for them", () => {
  expect(organizationChecks(scopeOf(fleet, "globex"))).toEqual([]);
});
