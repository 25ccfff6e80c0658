import type { Call } from "../../access/calls/model";
import { pipelineRoleDocument, sharedBy, sharedPolicies } from "../../access/pipeline/roles";
import { decide } from "../../access/policy/decide";
import { requestOf } from "../../access/policy/request";
import type { PipelineRole } from "../../fleet/pipeline";
import { type PolicyDocument, statementsOf } from "../../fleet/policy-document";
import type { pipelineFleet } from "./pipeline-fleet";

/** A fleet with a pipeline. */
export type PipelineFleet = ReturnType<typeof pipelineFleet>;

/** Whether a role's policy allows a call, in the account of the pipeline. */
export function may(document: PolicyDocument, call: Call): boolean {
  const principal = "arn:aws:iam::666666666666:role/acme__pipeline";
  const identity = [{ name: "role", document }];
  return decide({ scps: [], identity }, requestOf({ ...call, principal, resourceAccount: accountOf(call) }))
    .allowed;
}

/** The evaluator wants both accounts to agree where they differ; here only the role's own policy is asked. */
function accountOf({ context, resource }: Call): string {
  const own = "666666666666";
  return context?.["aws:ResourceOrgID"] === undefined
    ? own
    : (/^arn:aws:iam::(\d{12})/.exec(resource)?.[1] ?? own);
}

/** What a role may do, with what is attached to it. */
export function documentOf(of: PipelineFleet, role: PipelineRole): PolicyDocument {
  const own = pipelineRoleDocument(of, of.pipeline, role);
  const attached = sharedPolicies(of, of.pipeline).filter(({ name }) => sharedBy(role).includes(name));
  return { ...own, Statement: [own, ...attached.map(({ document }) => document)].flatMap(statementsOf) };
}

/** Whether a role's policy lets it become another: that role's trust has to agree, besides. */
export function mayBecome(document: PolicyDocument, arn: string, organization = "o-1"): boolean {
  const request = requestOf({
    ...{ action: "sts:AssumeRole", resource: arn, region: "eu-central-1" },
    principal: "arn:aws:iam::666666666666:role/acme__pipeline",
    context: { "aws:PrincipalOrgID": "o-1", "aws:ResourceOrgID": organization },
  });
  const trusting: PolicyDocument = {
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::666666666666:root" },
      Action: "sts:AssumeRole",
    },
  };
  const resource = { name: "trust", document: trusting };
  return decide({ scps: [], identity: [{ name: "role", document }], resource }, request).allowed;
}
