/** A figure that the simulation of the pipeline is made with, and who says so. */
export interface Assumption {
  /** What it is, with its unit. */
  readonly what: string;
  readonly value: number;
  /** Where it is from, as Markdown. */
  readonly source: string;
}

const measuredPlan = "measured: [Planning](#planning)";
const measuredDeploy =
  "measured: `npm run bench -- --deploy`, the median of three rounds of six targets with their three fronts";
const assumed = "assumed: no source was found";

/**
 * All figures of the simulation, in seconds where nothing else is said. What a stack computes is as if each run of Terraform
 * had the core of a vCPU like one of the measured machine.
 */
export const assumptions = {
  planComputes: {
    what: "s computed to plan a changed stack, folder new",
    value: 5.4,
    source: `${measuredPlan}, a change in 6 stacks`,
  },
  plansItself: {
    what: "s for Meridian's own part of a plan of all stacks, those that Terraform is not asked about included",
    value: 15.5,
    source: `${measuredPlan}, every target changed, no Terraform`,
  },
  looksThrough: {
    what: "s for Meridian's own part of every other build",
    value: 6.2,
    source: `${measuredPlan}, nothing changed`,
  },
  changedTargetComputes: {
    what: "s computed to deploy a changed target",
    value: 9.0,
    source: measuredDeploy,
  },
  newTargetComputes: { what: "s computed to deploy a new target", value: 9.6, source: measuredDeploy },
  newFrontComputes: { what: "s computed to deploy a new front", value: 10.4, source: measuredDeploy },
  changedTargetWaits: {
    what: "s in which a changed target waits for AWS: Lambda has the new code, publishes a version, moves the alias",
    value: 15,
    source: `${assumed}. Lambda's page names the state that Terraform waits for, and [no time](https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html)`,
  },
  newTargetWaits: {
    what: "s in which a new target waits for AWS: until Lambda may use the new role, besides",
    value: 45,
    source:
      "a function made and deleted by the provider's own tests takes [48 s](https://github.com/hashicorp/terraform-provider-aws/pull/22242)",
  },
  newFrontWaits: {
    what: "s in which a new front waits for AWS: the distribution is everywhere",
    value: 300,
    source:
      '["within 5 minutes"](https://aws.amazon.com/blogs/networking-and-content-delivery/slashing-cloudfront-change-propagation-times-in-2020-recent-changes-and-looking-forward/); a user of 2026 counts [3 to 15 minutes](https://github.com/go-to-k/cdkd/pull/1311)',
  },
  verifies: { what: "s to ask a stack for its answer", value: 1, source: assumed },
  vCpus: {
    what: "vCPUs of BUILD_GENERAL1_MEDIUM",
    value: 4,
    source: "[AWS](https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html)",
  },
  freeMemory: {
    what: "GB of memory that a build has free, of 7",
    value: 6.5,
    source: "the same page; what the image itself takes is assumed",
  },
  provisions: {
    what: "s until CodeBuild has a machine and the sources",
    value: 60,
    source:
      "[19 s](https://github.com/aws/aws-cdk/issues/14158) and [more than 90 s](https://github.com/aws/aws-codebuild-docker-images/issues/526) were measured by users",
  },
  installs: { what: "s to install Terraform and unpack the assembly", value: 30, source: assumed },
  provider: {
    what: "s to fetch the provider, once a build",
    value: 10,
    source: "[9 s](https://github.com/hashicorp/terraform-provider-aws/issues/43973) in a user's log",
  },
  batches: { what: "s that a batch takes beyond its builds", value: 30, source: assumed },
  transitions: { what: "s from one action to the next", value: 10, source: assumed },
  sources: { what: "s to fetch the sources", value: 10, source: assumed },
  checks: {
    what: "s for `npm ci`, check, drill, the project's own tests and the assembly",
    value: 300,
    source: "assumed; the tests are yours",
  },
  asksAtOnce: { what: "answers that `verify` asks for at once", value: 10, source: assumed },
  buildEnds: {
    what: "s after which CodeBuild ends a build",
    value: 8 * 3600,
    source: "[AWS](https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html)",
  },
  buildMinute: {
    what: "USD for a minute of BUILD_GENERAL1_MEDIUM on Linux; every build is rounded up to whole minutes, and those until it has a machine count",
    value: 0.01,
    source:
      "[a price list of 2026](https://c3x.dev/resources/aws/aws_codebuild_project/); [AWS's own](https://aws.amazon.com/codebuild/pricing/) has it by region",
  },
  smallMinute: {
    what: "USD for a minute of BUILD_GENERAL1_SMALL, in which a pipeline waits",
    value: 0.005,
    source: "the same list",
  },
  actionMinute: {
    what: "USD for a minute of an action of CodePipeline, rounded up, approvals left out",
    value: 0.002,
    source: "[AWS](https://aws.amazon.com/codepipeline/pricing/)",
  },
} as const satisfies Readonly<Record<string, Assumption>>;
