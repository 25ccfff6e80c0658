import type { Pipeline } from "../../fleet/foundation/model";
import type { Fleet } from "../../fleet/model";
import { joinName, nameLimits } from "../../fleet/names";
import {
  artifactBucketName,
  artifactKeyAlias,
  pipelineName,
  pipelineRoleName,
  pipelineRoles,
} from "../../fleet/pipeline";
import type { NamedPolicy, Statement } from "../../fleet/policy-document";
import { objectDeletions } from "../calls/bucket";
import { connectionService, pipelineOperations, serviceOf } from "../calls/pipeline";
import { logGroupCalls } from "../calls/target";
import { allow, allowOn, iamArn, type RoleScope } from "./scope";

/** Matches the names of all that belongs to the pipeline: no cell's begin so. */
export function pipelineNames({ fleet }: Pick<RoleScope, "fleet">): string {
  return `${pipelineRoleName(fleet, { kind: "pipeline" })}*`;
}

/**
 * What the pipeline's stack needs, in the account that the pipeline is in. It may hand the pipeline's roles to the services
 * that work as them, and neither make nor change one: so whatever a build writes into the pipeline, it stays within these
 * roles.
 */
export function pipelinePolicy(scope: RoleScope, fleet: Fleet, pipeline: Pipeline): NamedPolicy {
  const { region, source } = pipeline;
  const all = pipelineOperations;
  const names = pipelineNames(scope);
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${scope.account}:${rest}`;
  const bucket = `arn:aws:s3:::${artifactBucketName(scope.fleet, pipeline)}`;
  return {
    name: "pipeline",
    document: {
      Version: "2012-10-17",
      Statement: [
        allow("Pipeline", "codepipeline", all.pipeline, arn("codepipeline", pipelineName(fleet))),
        allow("Builds", "codebuild", all.project, arn("codebuild", `project/${names}`)),
        allow("Logs", "logs", logGroupCalls, arn("logs", `log-group:/aws/codebuild/${names}`)),
        allow("Topics", "sns", all.topic, arn("sns", names)),
        allow("Rules", "events", all.rule, arn("events", `rule/${names}`)),
        allowOn("Unnamed", { kms: all.newKey, sns: all.subscription }, "*"),
        allow("Artifacts", "s3", all.bucket, bucket),
        allow("OldArtifacts", "s3", objectDeletions, `${bucket}/*`),
        ...keyStatements(scope, pipeline),
        ...("connection" in source ? connection(source.connection) : []),
        ...("bucket" in source ? [allow("Sources", "s3", all.sources, `arn:aws:s3:::${source.bucket}`)] : []),
        ...handedOn(scope, fleet),
      ],
    },
  };
}

/**
 * KMS makes up the ids of keys, so no name tells the artifacts' from others of the account and region. It is deleted with the
 * pipeline; no key of others, and not the state's: those have other tags, or its alias.
 */
function keyStatements({ account, fleet }: RoleScope, { region }: Pipeline): readonly Statement[] {
  const all = pipelineOperations;
  const keys = `arn:aws:kms:${region}:${account}:key/*`;
  const alias = `arn:aws:kms:${region}:${account}:alias/${artifactKeyAlias(fleet)}`;
  const state = joinName(nameLimits.keyAlias, fleet, "state");
  return [
    allow("ArtifactKey", "kms", all.key, keys),
    allow("ArtifactKeyName", "kms", all.alias, [alias, keys]),
    allow("ArtifactKeyEnd", "kms", all.keyEnd, keys, {
      StringEquals: { "aws:ResourceTag/meridian:fleet": fleet },
      "ForAllValues:StringNotLike": { "kms:ResourceAliases": `alias/${state}*` },
    }),
  ];
}

function connection(resource: string): readonly Statement[] {
  const service = connectionService(resource);
  return [
    allow("Connection", service, ["GetConnection"], resource),
    allow("ConnectionOfPipeline", service, ["PassConnection"], resource, {
      StringEquals: { [`${service}:PassedToService`]: "codepipeline.amazonaws.com" },
    }),
  ];
}

/** Each role to its service, and to no other: what target stacks need would hand them to Lambda. */
function handedOn(scope: RoleScope, fleet: Fleet): readonly Statement[] {
  const roles = pipelineRoles(fleet);
  const sids = {
    ToPipeline: ["pipeline"],
    ToBuilds: ["check", "plan", "deploy", "batch", "update"],
    ToRules: ["events"],
  };
  return Object.entries(sids).flatMap(([sid, kinds]): readonly Statement[] => {
    const handed = roles.filter(({ kind }) => kinds.includes(kind));
    const [first] = handed;
    if (!first) return [];
    // The roles of stages by what their names have in common: a template holds 51,200 bytes.
    const names = handed.map((role) =>
      pipelineRoleName(scope.fleet, role.kind === "deploy" ? { ...role, of: "*" } : role),
    );
    const arns = [...new Set(names)].map((name) => iamArn(scope, `role/${name}`));
    return [
      allow(sid, "iam", ["PassRole"], arns, { StringEquals: { "iam:PassedToService": serviceOf(first) } }),
    ];
  });
}
