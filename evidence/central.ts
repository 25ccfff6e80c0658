import type { Fleet } from "../fleet/model";
import { fleetStacks, foundationStacks } from "../fleet/stacks";
import { object, text, texts } from "./json";
import { knowledgeOf } from "./resource-types";
import type { Block, Place, Stack } from "./stack";
import type { Synthesized } from "./synthesized";

/** A service that there is once for the whole fleet, in one of its regions. */
export interface CentralRow {
  readonly service: string;
  /** `not given` where the JSON does not say, like the account. */
  readonly region: string;
  /** 12 digits, or which accounts. */
  readonly account: string;
  /** What it keeps there. A sentence without a full stop. */
  readonly what: string;
  /** What in the fleet file moves it; absent where AWS has it in this region only. */
  readonly movedBy?: string;
  /** AWS's word for it. */
  readonly source: string;
  /** Stacks that put it there, sorted. */
  readonly stacks: readonly string[];
  /** Zones that the region belongs to. */
  readonly zones: readonly string[];
}

type Kept = Pick<CentralRow, "service" | "what" | "movedBy" | "source"> & {
  /** Where it is not the account of the provider. */
  readonly accounts?: string;
};

const aws = "https://docs.aws.amazon.com";

/** What each service of the foundation keeps, by the beginning of its resource types. */
const services: readonly (readonly [prefix: string, kept: Kept])[] = [
  [
    "aws_organizations_",
    {
      service: "Organizations",
      what: "names, e-mail addresses and units of the accounts; policies",
      source: `${aws}/general/latest/gr/ao.html`,
    },
  ],
  [
    "aws_budgets_",
    {
      service: "Budgets",
      what: "amounts, and the e-mail addresses of who is alerted",
      source: `${aws}/general/latest/gr/billing.html`,
    },
  ],
  [
    "aws_iam_",
    {
      service: "IAM",
      what: "names and permissions; AWS runs it from us-east-1, and copies them to every region",
      source: `${aws}/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html`,
    },
  ],
  [
    "aws_controltower_",
    {
      service: "Control Tower",
      what: "its settings and, where it has them, the logs of CloudTrail and AWS Config of all accounts",
      movedBy: "organization.controlTower.homeRegion",
      source: `${aws}/controltower/latest/userguide/tips-for-admin-setup.html`,
    },
  ],
  [
    "aws_ssoadmin_",
    {
      service: "IAM Identity Center",
      what: "names and e-mail addresses of people, groups, and who may do what",
      movedBy: "identity.region",
      source: `${aws}/singlesignon/latest/userguide/regions.html`,
    },
  ],
  [
    "aws_cloudformation_",
    {
      service: "CloudFormation",
      what: "the stack set with the template of the deploy role, and the ids of the accounts",
      movedBy: "bootstrap.region",
      source: `${aws}/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html`,
    },
  ],
];

/** What each service of the pipeline keeps, by the beginning of its resource types. */
const pipelineServices: typeof services = (
  [
    [
      "aws_codepipeline",
      "CodePipeline",
      "which revision was rolled out when, and who approved it",
      "codepipeline",
    ],
    ["aws_codebuild_", "CodeBuild", "the sources and the plans, while a build has them", "codebuild"],
    [
      "aws_s3_",
      "S3",
      "the sources, the synthesized fleet and its plans, for 30 days: names, settings and environment variables of all stacks",
      "codepipeline",
    ],
    ["aws_kms_", "KMS", "the key of what the pipeline hands on", "codepipeline"],
    ["aws_cloudwatch_log_", "CloudWatch Logs", "what builds print, for 90 days", "codebuild"],
    [
      "aws_cloudwatch_event_",
      "EventBridge",
      "which events start the pipeline, or are told of",
      "codepipeline",
    ],
    [
      "aws_sns_",
      "SNS",
      "the e-mail addresses of who is told; summaries of plans, until they are sent",
      "codepipeline",
    ],
  ] as const
).map(([prefix, service, what, guide]) => [
  prefix,
  {
    service,
    what,
    movedBy: "pipeline.region",
    source: `${aws}/${guide}/latest/userguide/data-protection.html`,
  },
]);

/** What is kept beside a service's own region. */
const governed: Kept = {
  service: "AWS Config",
  accounts: "all that Control Tower governs",
  what: "the settings of what is in the region",
  source: `${aws}/controltower/latest/userguide/region-how.html`,
};

const roleStacks: Kept = {
  service: "CloudFormation",
  accounts: "all that get the deploy role",
  what: "the stack that makes the deploy role",
  movedBy: "bootstrap.operation.regionOrder",
  source: `${aws}/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html`,
};

/** Identity Center's store is asked by a service of its own. */
const sameService: Readonly<Record<string, string>> = { aws_identitystore_: "aws_ssoadmin_" };

/**
 * What there is once for the whole fleet, read off the JSON of the foundation: where each service works, which regions the
 * landing zone governs, and where the stack set puts its stacks. By region.
 */
export function centralServices(stacks: Synthesized, fleet: Fleet): readonly CentralRow[] {
  const zones = new Map(
    fleet.cells.flatMap(({ zone, zones }) => (zone ? [zone] : zones)).map((zone) => [zone.name, zone]),
  );
  const rows = new Map<string, CentralRow>();
  for (const { cell, name } of fleetStacks(fleet)) {
    const stack = cell === undefined ? stacks.get(name) : undefined;
    for (const { kept, place, region } of stack?.blocks.flatMap((block) => keptBy(stack, block)) ?? []) {
      const { accounts, ...rest } = kept;
      const [at = "not given", account = "not given"] = [region ?? place?.region, accounts ?? place?.account];
      const key = JSON.stringify([at, kept.service, account, kept.what]);
      const others = rows.get(key)?.stacks ?? [];
      rows.set(key, {
        ...rest,
        region: at,
        account,
        stacks: [...new Set([...others, name])].sort(),
        zones: [...zones.values()].filter(({ regions }) => regions.includes(at)).map((zone) => zone.name),
      });
    }
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** Those that could be in a zone, and are in none. */
export function outsideZones(rows: readonly CentralRow[]): readonly CentralRow[] {
  return rows.filter(({ movedBy, zones }) => movedBy !== undefined && zones.length === 0);
}

/** What a block has a service keep, and in which region where it is not its provider's. */
interface KeptBy {
  readonly kept: Kept;
  readonly place?: Place;
  readonly region?: string;
}

/** Of all that IAM has, in whatever region its provider works. */
function isGlobal(stack: Stack, block: Block): boolean {
  return block.type.startsWith("aws_iam_") || knowledgeOf(stack, block).scope === "global";
}

function keptBy(stack: Stack, block: Block): readonly KeptBy[] {
  const { attributes, place, type } = block;
  if (knowledgeOf(stack, block).scope === "state") return [];
  const kept: KeptBy = {
    kept: keptIn(stack, type),
    place,
    ...(isGlobal(stack, block) && { region: runsFrom }),
  };
  if (type === "aws_controltower_landing_zone") {
    const { governedRegions } = object(JSON.parse(text(attributes.manifest_json) ?? "{}"));
    const others = texts(governedRegions).filter((region) => region !== place?.region);
    return [kept, ...others.map((region) => ({ kept: governedIn(region), place, region }))];
  }
  if (type === "aws_cloudformation_stack_set_instance")
    return [kept, { kept: roleStacks, place, region: text(attributes.region) }];
  return [kept];
}

function keptIn({ name }: Stack, type: string): Kept {
  if (name === foundationStacks.pipeline) return keptOf(pipelineServices, type);
  if (/^aws_(s3|kms)_/.test(type)) {
    return {
      service: type.startsWith("aws_s3_") ? "S3" : "KMS",
      what: type.startsWith("aws_s3_")
        ? "Terraform's state: names, settings and environment variables of all stacks"
        : "the key of Terraform's state",
      movedBy: name === "state_replica" ? "state.replica" : "state.region",
      source: "https://developer.hashicorp.com/terraform/language/state",
    };
  }
  const prefix = Object.entries(sameService).find(([other]) => type.startsWith(other))?.[1];
  return keptOf(services, prefix ?? type);
}

function keptOf(known: typeof services, type: string): Kept {
  return (
    known.find(([start]) => type.startsWith(start))?.[1] ?? {
      service: type,
      what: "not known to Meridian, so assumed to hold data",
      movedBy: "the extension that adds it",
      source: "",
    }
  );
}

/** CloudFront takes certificates and web ACLs from one region only, which is governed because they are there. */
function governedIn(region: string): Kept {
  return region === frontRegion ? governed : { ...governed, movedBy: "zones, and the regions of targets" };
}

const frontRegion = "us-east-1";

/**
 * Where AWS runs what has no region of its own.
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
 */
const runsFrom = "us-east-1";
