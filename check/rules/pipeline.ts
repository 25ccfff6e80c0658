import { error, info, type Rules, warning } from "../../fleet/rule";

/** Rules about the pipeline, and about other CI systems. */
export const pipelineRules = {
  "pipeline-without-bootstrap": error(
    "`pipeline` or `ci` without `bootstrap`, or in an account whose deploy role it does not make",
    "bootstrap makes the roles that builds and pull requests work with: what made its own roles could make them stronger",
  ),
  "pipeline-in-management": error(
    "`pipeline` or `ci` in the management account",
    "no stack set makes roles there, and whoever gets into that account controls the whole organization",
  ),
  "pipeline-in-cell-account": error(
    "a cell in the pipeline's account",
    "its deploy role may change the pipeline too, so a build that deploys this cell could get around every approval",
  ),
  "state-in-cell-account": error(
    "a cell in the account of the state, in a fleet with a pipeline",
    "its deploy role may change the policy of the bucket and read every state, so a build that deploys this cell could get at all others",
  ),
  "approval-account-shared": error(
    "an account of a stage that waits for an approval and of another stage, in a fleet with a pipeline",
    "a build may deploy to all of its stage's accounts, so one of the other stage could change this one without the approval",
  ),
  "pipeline-state": error(
    "`pipeline` or `ci` without a bucket for the state that Meridian makes",
    "each build begins on a new machine, and only in such a bucket does each account reach its own states alone",
  ),
  "ci-without-account": error("`ci` without an account to sign in to", "the role has to be in some account"),
  "account-without-plan-role": warning(
    "an account whose deploy role the bootstrap does not make, in a fleet with `pipeline` or `ci`",
    "the bootstrap makes the role that plans as well: without it, no plan that this account is a part of succeeds",
  ),
  "management-plan-role": error(
    "a deploy role of the management account's own, beside which the role that plans has another name, in a fleet with `pipeline` or `ci`",
    "builds and pull requests plan in all accounts as a role of one name, so no plan of the foundation would succeed",
  ),
  "foundation-stage": error(
    "a stage called `foundation` in a fleet with a pipeline",
    "the pipeline calls what all cells stand on so, and an approval of it could mean either",
  ),
  "connection-elsewhere": warning(
    "a connection to the sources that belongs to another account than the pipeline",
    "the pipeline may use it only once that account shares it through AWS Resource Access Manager",
  ),
  "source-in-own-bucket": error(
    "sources in the bucket of the state, or in that of the pipeline's artifacts",
    "whoever brings sources could change the state, or builds could change the sources of the next",
  ),
  "duplicate-approver": error(
    "the same address twice for one approval",
    "a topic has one subscription for each address, so the two would be one, and whoever removes one ends both",
  ),
  "approval-without-people": warning(
    "an approval that nobody is told of",
    "the pipeline stands still until somebody happens to look, and gives up after 7 days",
  ),
  "failures-without-people": info(
    "a pipeline in whose `approvals` nobody is named",
    "a stage that fails, is cut off or stopped is told to those who are named there, so nobody would know",
  ),
  "pipeline-too-large": error(
    "a pipeline with more than 50 stages, or with more than 50 actions in one of them",
    "CodePipeline accepts no more",
  ),
  "bake-too-long": error(
    "a `bake` of more than 7 hours in a fleet with a pipeline",
    "a build waits for it, and CodePipeline ends what a build has not done after 8 hours",
  ),
  "foundation-without-approval": warning(
    "a foundation that waits for no approval, in a pipeline with a stage that does",
    "whoever can push to the branch then changes roles, guardrails and the pipeline itself, and so gets around the approvals of all stages",
  ),
  "no-approval": info(
    "a pipeline that changes production without an approval, or the foundation of an organization where nothing has one",
    "whoever can push to the branch then changes it, and nobody has to look at the plan",
  ),
  "next-stage-without-verify": info(
    "a stage without `verify`, after which the pipeline goes on by itself",
    "what was deployed and answers nobody goes on to the next stage",
  ),
  "more-shards-than-cells": info(
    "more shards than the largest wave has cells",
    "a cell stays together, so no wave uses the others",
  ),
  "simpler-without-pipeline": info(
    "a pipeline for one cell that waits for no approval",
    "it brings a bucket, a key, roles and builds, and is worth it once people approve plans, several stages follow each other, or a wave takes one machine too long",
  ),
} as const satisfies Rules;
