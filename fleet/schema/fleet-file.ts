import { z } from "zod";
import { failoverCodes, limits } from "../limits";
import { accountFields, bootstrap, budget, identity, organization } from "./foundation";
import { externalId, fleetName, longName, record, roleName } from "./parts";
import { ci, pipeline } from "./pipeline";
import { rollout } from "./rollout";
import { service, serviceOverride } from "./service";
import { state } from "./state";
import { table } from "./table";

const priceClass = z.enum(["PriceClass_100", "PriceClass_200", "PriceClass_All"]);
const stackPer = z.enum(["target", "account"]);
const tags = z.record(z.string().min(1).max(128), z.string().max(256));
const country = z.string().regex(/^[A-Z]{2}$|^EEA$/, "an ISO 3166-1 code such as DE, or EU or EEA");

const isoCountry = z.string().regex(/^[A-Z]{2}$/, "an ISO 3166-1 code such as DE");
const regionOrder = z.array(z.string()).min(1);

const domain = z.strictObject({
  name: z
    .string()
    .max(253)
    .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, "a host name such as api.example.com")
    .describe("The name that viewers use, e.g. api.example.com."),
  certificate: z
    .string()
    .regex(/^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/, "the ARN of an ACM certificate")
    .optional()
    .describe("ARN of a certificate for the name, in us-east-1 of the front account. DNS is left to you."),
  hostedZone: z
    .string()
    .regex(/^Z[A-Z0-9]{1,31}$/, "a hosted zone's id, such as Z0123456789ABC")
    .optional()
    .describe(
      "Id of a Route 53 hosted zone in the front account, for making the certificate and DNS records.",
    ),
});

const front = z.strictObject({
  account: z
    .string()
    .optional()
    .describe(
      "Account of the front. Needed where targets has several. Default: the only account of targets.",
    ),
  priceClass: priceClass.optional().describe("Default: PriceClass_100 (North America, Europe, Israel)."),
  order: z
    .union([regionOrder, z.record(country, regionOrder)])
    .optional()
    .describe(
      "Order of the regions, for every viewer or by the viewer's country. Default: the nearest first.",
    ),
  failoverOn: z
    .array(z.literal(failoverCodes))
    .min(1)
    .optional()
    .describe("Status codes on which a read tries the next region. Default: [429, 502, 503, 504]."),
  bodies: z
    .enum(["edge-hash", "client-hash"])
    .optional()
    .describe(
      "Who says the SHA-256 of a request's body, which AWS wants signed: a function at the edge, or every client, in x-amz-content-sha256. Default: edge-hash.",
    ),
  exposeRegion: z
    .boolean()
    .optional()
    .describe("Whether answers name their region in x-meridian-region. Default: true."),
  domain: domain.optional().describe("A domain of your own. Default: the distribution's, *.cloudfront.net."),
  webAcl: z
    .literal("managed")
    .optional()
    .describe("AWS WAF with AWS's common and known-bad-inputs rules and a rate limit. Default: none."),
  rateLimit: z
    .int()
    .min(limits.rateLimit.min)
    .max(limits.rateLimit.max)
    .optional()
    .describe("With webAcl: most requests from one address in five minutes. Default: 2000."),
  logs: z
    .boolean()
    .optional()
    .describe("Access logs, in a bucket of the front account, in the cell's zone. Default: false."),
});

const cell = z.strictObject({
  stage: longName.describe("Step in the rollout order, e.g. staging or production."),
  tenant: longName.optional().describe("The one customer that this cell serves, in accounts of its own."),
  zone: z
    .string()
    .optional()
    .describe("The data-residency zone that all its targets must lie in, wherever its viewers are."),
  zones: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("Zones whose viewers are answered from their own zone only. Others get the nearest region."),
  defaultCountry: isoCountry
    .optional()
    .describe(
      "The country assumed for viewers whose country is unknown. Default: the country of the first region.",
    ),
  stackPer: stackPer.optional().describe("Default: defaults.stackPer."),
  targets: z
    .record(z.string(), z.array(z.string()))
    .describe("Regions by account, the best first. The order of the accounts does not matter."),
  home: z
    .string()
    .optional()
    .describe(
      "The region that what its regions share is managed from: tables, and what extensions add once to a cell. Needed where targets has several regions and something is shared. Default: the only region of targets.",
    ),
  viewers: z
    .array(country)
    .min(1)
    .optional()
    .describe("Where its viewers are: ISO codes, EU, EEA. Shows that several regions are intended."),
  services: z
    .record(z.string(), serviceOverride)
    .optional()
    .describe("Settings that differ in this cell, by service."),
  front: front.optional(),
  tags: tags.optional(),
});

/** The fleet file. The one place where its shape is written: types, checks and the editor's schema come from it. */
export const fleetSchema = z.strictObject({
  fleet: fleetName.describe("The fleet's name, part of every name in AWS."),
  state: state
    .optional()
    .describe("Where Terraform's state lives. Default: local files in terraform-state/."),
  defaults: z
    .strictObject({
      deployRole: roleName.optional().describe("Role assumed in each account. Default: meridian-deploy."),
      externalId: externalId.optional().describe("External id that the deploy role requires."),
      stackPer: stackPer
        .optional()
        .describe("One Terraform stack per target, or per account. Default: target."),
      tags: tags.optional().describe("Tags on every resource."),
    })
    .optional(),
  zones: record(
    z.strictObject({
      regions: z.array(z.string()).min(1).describe("Regions that may hold the zone's data."),
      countries: z
        .array(country)
        .min(1)
        .describe(
          "Countries whose viewers must stay inside. EU and EEA stand for their members, with the EU's overseas parts and Åland.",
        ),
    }),
  )
    .optional()
    .describe("Data-residency zones."),
  accounts: record(
    z.strictObject({
      id: z
        .string()
        .regex(/^\d{12}$/, "12 digits, in quotes")
        .optional()
        .describe("12 digits, in quotes. Leave it out until the organization stack has created the account."),
      zone: z.string().optional().describe("The only zone that the account may be used in."),
      deployRole: roleName.optional().describe("Default: defaults.deployRole."),
      externalId: externalId.optional().describe("Default: defaults.externalId."),
      ...accountFields,
    }),
  ),
  tables: record(table).optional().describe("DynamoDB tables, which every cell has for itself."),
  services: record(service),
  cells: record(cell),
  stages: z
    .array(longName)
    .min(1)
    .optional()
    .describe(
      "Stages in the order of their rollout, e.g. [staging, production]. Needed where cells have several.",
    ),
  rollout: record(rollout).optional().describe("How each stage's cells are rolled out, by stage."),
  organization: organization.optional(),
  identity: identity.optional(),
  bootstrap: bootstrap.optional(),
  budget: budget.optional().describe("The budget of the whole organization."),
  pipeline: pipeline.optional(),
  ci: ci.optional(),
});

/** The fleet file, once its shape is known to be right. What it says may still contradict itself. */
export type FleetFile = z.infer<typeof fleetSchema>;

/** A cell, as written in the fleet file. */
export type CellEntry = FleetFile["cells"][string];

/** A service, as written in the fleet file. */
export type ServiceEntry = FleetFile["services"][string];

/** A table, as written in the fleet file. */
export type TableEntry = NonNullable<FleetFile["tables"]>[string];

/** Where a secret lies, as written in the fleet file. */
export type SecretEntry = NonNullable<ServiceEntry["secrets"]>[string];

/** A route, as written in the fleet file. */
export type RouteEntry = NonNullable<ServiceEntry["routes"]>[number];

/** How a stage is rolled out, as written in the fleet file. */
export type RolloutEntry = NonNullable<FleetFile["rollout"]>[string];

/** The front of a cell, as written in the fleet file. */
export type FrontEntry = NonNullable<CellEntry["front"]>;

/** The state setting, as written in the fleet file. */
export type StateEntry = NonNullable<FleetFile["state"]>;
