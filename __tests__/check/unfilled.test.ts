import { codesOf, fleetText } from "../support/findings";

/** One of IAM's variables. */
const team = ["$", "{aws:PrincipalTag/team}"].join("");
const statements = `statements: [{ Effect: Deny, Action: "s3:*", Resource: "arn:aws:s3:::acme/${team}" }]`;
const access = "access: [{ group: people, permissionSet: people, accounts: [web] }]";
const identity = (set: string) =>
  `identity: { groups: [people], permissionSets: { people: { ${set} } }, ${access} }`;

const foundIn = (parts: Parameters<typeof fleetText>[0]) => codesOf(fleetText(parts));

test("IAM's variables are filled in where statements are", () => {
  const organization = `units: [workloads], policies: { teams: { units: [workloads], ${statements} } }`;
  expect(foundIn({ organization, rest: [identity(statements)] })).toEqual([]);
});

test("but not in what stands beside them", () => {
  const rest = [identity(`description: "of ${team}", ${statements}`)];
  expect(foundIn({ rest })).toEqual(["unfilled-variable identity.permissionSets.people.description"]);
});
