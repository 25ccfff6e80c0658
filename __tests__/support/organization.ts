import type { FleetFile } from "../../fleet/schema/fleet-file";
import { smallFile } from "./fleet";

/** A small fleet with everything around it: `newco` is still to be created. */
export const organizationFile: FleetFile = {
  ...smallFile,
  zones: { eu: { regions: ["eu-central-1", "eu-west-1"], countries: ["EU"] } },
  organization: { management: "management", units: ["tenants/eu", "workloads"], regionGuardrail: true },
  identity: {
    groups: ["platform", "support"],
    permissionSets: {
      Deployer: { policies: ["arn:aws:iam::aws:policy/PowerUserAccess"], session: "4h" },
      ReadOnly: {
        policies: [
          "arn:aws:iam::aws:policy/ReadOnlyAccess",
          "arn:aws:iam::aws:policy/AWSBillingReadOnlyAccess",
        ],
        statements: [
          { Sid: "NoSecrets", Effect: "Deny", Action: "secretsmanager:GetSecretValue", Resource: "*" },
        ],
      },
    },
    access: [
      { group: "platform", permissionSet: "Deployer", accounts: ["delivery"] },
      { group: "support", permissionSet: "ReadOnly", units: ["tenants"] },
    ],
  },
  bootstrap: { delivery: "delivery" },
  budget: { monthly: 5000, alerts: ["finops@example.com"] },
  accounts: {
    management: { id: "111111111111" },
    delivery: { id: "222222222222", unit: "workloads" },
    globex: {
      id: "333333333333",
      unit: "tenants/eu",
      zone: "eu",
      budget: { monthly: 500, alerts: ["finops@example.com", "globex@example.com"], at: [100, 50] },
    },
    newco: {
      email: "aws+newco@example.com",
      unit: "tenants/eu",
      zone: "eu",
      budget: { monthly: 99.5, alerts: ["finops@example.com"] },
    },
  },
};
