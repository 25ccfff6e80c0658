import { z } from "zod";
import { computeTypes, limits } from "../limits";
import { longName } from "./parts";

const email = z.string().regex(/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/, "an e-mail address");

const repository = z.string().regex(/^[\w.-]+(\/[\w.-]+)+$/, "an owner and a repository, such as acme/fleet");

const connectionSource = z.strictObject({
  connection: z
    .string()
    .regex(
      /^arn:aws:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[\w-]+$/,
      "a connection's ARN, such as arn:aws:codeconnections:eu-central-1:111111111111:connection/<id>",
    )
    .describe("ARN of a connection to where the repository is, of the pipeline's account or shared with it."),
  repository: repository.describe("The repository, e.g. acme/fleet."),
  branch: z.string().min(1).max(255).describe("The branch that is rolled out, e.g. main."),
});

const bucketSource = z.strictObject({
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "a bucket's name")
    .describe(
      "A versioned bucket in the pipeline's account and region, which somebody puts the sources into. A KMS key of its own is of that account, too.",
    ),
  key: z.string().min(1).max(1024).describe("Key of the ZIP archive with the sources."),
});

/** The pipeline that rolls the fleet out. */
export const pipeline = z
  .strictObject({
    account: z.string().describe("Account of the pipeline. It holds no cell."),
    region: z.string().describe("Region of the pipeline."),
    source: z
      .union([connectionSource, bucketSource])
      .describe("Where the sources come from: a repository, or an archive in a bucket."),
    approvals: z
      .record(longName, z.array(email).max(limits.approvers))
      .optional()
      .describe(
        "Stages that wait for a person once they are planned, and who is told by e-mail. `foundation` is what all cells stand on. Default: none.",
      ),
    shards: z
      .int()
      .min(1)
      .max(limits.shards)
      .optional()
      .describe("Builds that deploy a wave side by side. Default: 1."),
    computeType: z
      .enum(computeTypes)
      .optional()
      .describe("Size of the builds. Default: BUILD_GENERAL1_MEDIUM (4 vCPUs, 7 GB)."),
  })
  .describe("A pipeline on CodePipeline and CodeBuild that rolls the fleet out, stage after stage.");

/** What other systems than the pipeline may do. */
export const ci = z
  .strictObject({
    account: z
      .string()
      .optional()
      .describe("Account that they sign in to. Default: pipeline.account, else bootstrap.delivery."),
    github: z
      .strictObject({
        repository: z
          .string()
          .regex(
            /^([\w.-]+\/[\w.-]+|[\w.-]+@\d+\/[\w.-]+@\d+)$/,
            "an owner and a repository, such as acme/fleet, or with their ids, such as acme@123456/fleet@456789",
          )
          .describe(
            "The repository whose pull requests may plan, e.g. acme/fleet; with the ids that GitHub signs for newer ones, e.g. acme@123456/fleet@456789, it cannot be taken for a later one of that name.",
          ),
        provider: z
          .literal("existing")
          .optional()
          .describe(
            "The account has GitHub's identity provider (OIDC) already: it is used as it is. Default: bootstrap makes it, and leaves it there for good, as an account has one at most and other roles may come to trust it.",
          ),
      })
      .describe("GitHub Actions: pull requests of one repository may plan, and change nothing."),
  })
  .describe("Sign-in for other CI systems, without keys: they may plan, and change nothing.");

/** The pipeline, as written in the fleet file. */
export type PipelineEntry = z.infer<typeof pipeline>;

/** Other CI systems, as written in the fleet file. */
export type CiEntry = z.infer<typeof ci>;
