import { z } from "zod";
import { limits } from "../limits";
import { record } from "./parts";

const unitPath = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9-]*(\/[A-Za-z][A-Za-z0-9-]*){0,4}$/,
    "up to five names joined by /, each a letter, then letters, digits and hyphens",
  );
const accountName = z.string();
const email = z.string().regex(/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/, "an e-mail address");

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html */
const accountEmail = z
  .string()
  .regex(
    /^[\w!#$*+/=?^`{}~-][\w!#$*+/=?^`{}~.-]*@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/,
    {
      error: "an e-mail address that AWS accepts for an account, such as aws+globex@example.com",
      abort: true,
    },
  )
  .min(limits.accountEmail.min)
  .max(limits.accountEmail.max);
const oneOrMore = <T extends z.ZodType>(value: T) => z.union([value, z.array(value).min(1)]);
const actions = oneOrMore(z.string().regex(/^(\*|[a-z0-9-]+:[\w*?]+)$/i, "service:Action"));
const resources = oneOrMore(z.string().regex(/^(\*|arn:.+)$/, 'an ARN, or "*"'));
const policyArn = z
  .string()
  .regex(/^arn:aws:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/, "the ARN of an IAM policy");

/** A statement in AWS's own words, so that what is known of policies holds here, too. */
const statement = z.strictObject({
  Sid: z
    .string()
    .regex(/^[A-Za-z0-9]+$/, "letters and digits")
    .optional()
    .describe("The statement's name, which findings use."),
  Effect: z.enum(["Allow", "Deny"]).describe("Allow or Deny."),
  Action: actions.optional(),
  NotAction: actions.optional(),
  Resource: resources.optional(),
  NotResource: resources.optional(),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMore(z.string()))).optional(),
});

const statements = z.array(statement).min(1).describe("Statements with AWS's own keys: Effect, Action, …");

const landingZone = z.strictObject({
  version: z
    .string()
    .regex(/^\d+\.\d+$/, "a version such as 3.3, in quotes")
    .describe('Version of the landing zone, in quotes: "3.3".'),
  logArchive: accountName.describe("Account that keeps the logs of all accounts."),
  audit: accountName.describe("Account that may audit all accounts."),
  security: unitPath.optional().describe("Unit of these two accounts. Default: the unit that they are in."),
  logRetentionDays: z.int().min(1).max(5475).optional().describe("Default: 365."),
});

const controlTower = z.strictObject({
  enabled: z.boolean().describe("Whether Control Tower governs the units, with its own region guardrail."),
  homeRegion: z
    .string()
    .optional()
    .describe("Region that Control Tower is set up in, which cannot be changed later. Default: us-east-1."),
  controls: z
    .array(
      z
        .string()
        .regex(/^([A-Z0-9][A-Za-z0-9_.-]*|arn:aws:control(tower|catalog):\S+)$/, "a control's name or ARN"),
    )
    .min(1)
    .optional()
    .describe("Controls to enable on every unit that holds accounts, e.g. AWS-GR_ENCRYPTED_VOLUMES."),
  landingZone: landingZone.optional().describe("The landing zone to set up. Default: it already exists."),
});

const unit = z.union([
  unitPath,
  z.strictObject({
    path: unitPath.describe('The unit\'s path, e.g. "tenants/eu".'),
    id: z
      .string()
      .regex(/^ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$/, "a unit's id, such as ou-ab12-11112222")
      .describe("Id of a unit that already exists: it is taken over unchanged."),
  }),
]);

/** The organization that the fleet's accounts are in. */
export const organization = z
  .strictObject({
    management: accountName.describe(
      "The management account, to which the stacks of the organization deploy.",
    ),
    existing: z.boolean().optional().describe("Whether the organization already exists. Default: false."),
    units: z
      .array(unit)
      .min(1)
      .optional()
      .describe(
        "Organizational units by path, e.g. tenants/eu; the units above them are added automatically.",
      ),
    regionGuardrail: z
      .boolean()
      .optional()
      .describe("Whether to deny every region that nothing uses, unit by unit. Default: false."),
    controlTower: controlTower.optional(),
    policies: record(
      z.strictObject({
        units: z.array(unitPath).min(1).optional(),
        accounts: z.array(accountName).min(1).optional(),
        statements,
      }),
    )
      .optional()
      .describe("Your own service control policies, and the units and accounts that they apply to."),
  })
  .describe("AWS Organizations around the fleet's accounts.");

const permissionSetName = z
  .string()
  .max(limits.permissionSetName)
  .regex(/^[\w+=,.@-]+$/, "letters, digits and + = , . @ _ -");

const permissionSet = z.strictObject({
  description: z.string().min(1).max(700).optional(),
  policies: z
    .array(policyArn)
    .min(1)
    .max(limits.managedPolicies)
    .optional()
    .describe("ARNs of AWS's managed policies."),
  statements: statements.optional(),
  session: z
    .string()
    .regex(/^([1-9]|1[0-2])h$/, "whole hours, from 1h to 12h")
    .optional()
    .describe("How long a session lasts, e.g. 4h. Default: 1h."),
});

/** Who may do what in which account, by IAM Identity Center. */
export const identity = z
  .strictObject({
    existing: z
      .boolean()
      .optional()
      .describe(
        "Whether the groups come from your identity provider, so that they are only read. Default: false.",
      ),
    region: z
      .string()
      .optional()
      .describe(
        "Region that IAM Identity Center is enabled in. Default: the home region of Control Tower where it is enabled, else us-east-1.",
      ),
    groups: z.array(z.string().min(1).max(1024)).min(1),
    permissionSets: z.record(permissionSetName, permissionSet),
    access: z
      .array(
        z.strictObject({
          group: z.string(),
          permissionSet: z.string(),
          accounts: z.array(accountName).min(1).optional(),
          units: z.array(unitPath).min(1).optional().describe("A unit means all accounts below it."),
        }),
      )
      .min(1),
  })
  .describe("People's access, through IAM Identity Center.");

/** How new accounts get their deploy role. */
export const bootstrap = z
  .strictObject({
    delivery: accountName
      .optional()
      .describe(
        "Account whose identities may assume the deploy roles, in addition to the management account's.",
      ),
    region: z.string().optional().describe("Region that the stack set is managed in. Default: us-east-1."),
    units: z.array(unitPath).min(1).optional().describe("Units whose accounts get the role. Default: all."),
    operation: z
      .strictObject({
        failureTolerance: z.int().min(0).optional().describe("Accounts that may fail. Default: 0."),
        concurrency: z.int().min(1).optional().describe("Accounts at once. Default: 1."),
        regionOrder: z
          .array(z.string())
          .min(1)
          .optional()
          .describe(
            "Regions of the stack set, in order; the first makes the role. Default: the region that it is managed in.",
          ),
      })
      .optional(),
  })
  .describe("Creates the deploy role in every account of the units, with a CloudFormation StackSet.");

/** What may be spent in a month, and who is told. */
export const budget = z.strictObject({
  monthly: z.number().positive().max(1e12).describe("USD per month."),
  alerts: z.array(email).max(limits.budgetSubscribers).optional().describe("E-mail addresses to alert."),
  at: z
    .array(z.number().positive().max(1000))
    .min(1)
    .max(limits.budgetThresholds)
    .optional()
    .describe("Percentages of the budget at which to alert. Default: [50, 80, 100]."),
});

/** What an account has besides its id, zone and role. */
export const accountFields = {
  email: accountEmail
    .optional()
    .describe("Address of the account's root user: unique to the account, and permanent."),
  unit: unitPath.optional().describe("The organizational unit that it is in."),
  budget: budget.optional(),
  closed: z
    .boolean()
    .optional()
    .describe("Whether the organization stack closes the account. Closing is final after 90 days."),
};

/** The organization, as written in the fleet file. */
export type OrganizationEntry = z.infer<typeof organization>;

/** How new accounts get their deploy role, as written in the fleet file. */
export type BootstrapEntry = z.infer<typeof bootstrap>;

/** People's access, as written in the fleet file. */
export type IdentityEntry = z.infer<typeof identity>;

/** A budget, as written in the fleet file. */
export type BudgetEntry = z.infer<typeof budget>;

/** A statement of a policy, as written in the fleet file. */
export type StatementEntry = z.infer<typeof statement>;
