import type { runtimes } from "./limits";

/** A runtime that a service may have. */
export type Runtime = (typeof runtimes)[number];

/** What AWS does with a runtime from which day on, each as `YYYY-MM-DD`. Functions that run go on running. */
export interface RuntimeDates {
  /** It gets no security patches any more. */
  readonly deprecated: string;
  /** Lambda refuses new functions with it. */
  readonly noCreate: string;
  /** Lambda refuses to change functions with it, other than to a newer runtime, and to take any back to it. */
  readonly noUpdate: string;
}

/**
 * The days of https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html: for Node.js 18 as of July 2026
 * (https://github.com/aws/aws-rfdk/pull/1703), for 20 as of June 2026
 * (https://github.com/aws-cloudformation/cfn-lint/issues/4531), for 22 as of April 2026. AWS has put such days off before,
 * and says so nowhere else: compare them with the page at each release.
 */
export const runtimeDates: Readonly<Record<Runtime, RuntimeDates>> = {
  "nodejs18.x": { deprecated: "2025-09-01", noCreate: "2027-02-01", noUpdate: "2027-03-03" },
  "nodejs20.x": { deprecated: "2026-04-30", noCreate: "2027-02-01", noUpdate: "2027-03-03" },
  "nodejs22.x": { deprecated: "2027-04-30", noCreate: "2027-06-01", noUpdate: "2027-07-01" },
};

/**
 * Runtimes that Lambda has and that cannot be deployed yet, with the reason. The provider compares the runtime with a list
 * of its own before it asks AWS; 6.21 is the first with Node.js 24:
 * https://github.com/github-aws-runners/terraform-aws-github-runner/pull/4911
 */
export const laterRuntimes: Readonly<Record<string, string>> = {
  "nodejs24.x":
    "Lambda has it, but Terraform's provider knows it only from version 6 on, and Meridian deploys with 5.100.0",
};
