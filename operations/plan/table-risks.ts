import { longestRecovery } from "../../fleet/tables";
import { isMap } from "../../fleet/values";
import { withoutHidden } from "./attributes";
import { regionOfArn } from "./places";
import type { RiskDraft } from "./risk";
import { indexPairs, isUpdate, replicaPairs, replicasOf, tableType } from "./table-changes";
import type { ResourceChange } from "./terraform-plan";
import { subjectOf } from "./wording";

type Values = Readonly<Record<string, unknown>>;

/** What a plan would do to what is in a table, or to those who use it. That a table goes away as a whole, others say. */
export function tableRisks(resource: ResourceChange, aliases: readonly string[]): readonly RiskDraft[] {
  if (resource.type !== tableType || !isUpdate(resource)) return [];
  const { change } = resource;
  const before = withoutHidden(change.before, change.before_sensitive) ?? {};
  const after = withoutHidden(change.after, change.after_sensitive) ?? {};
  const subject = subjectOf(resource.address, aliases);
  const risk = (code: RiskDraft["code"], message: RiskDraft["message"]) => ({ code, subject, message });
  return [
    ...replicaRisks(resource, before, after, subject),
    ...indexPairs(resource).flatMap(({ is, name, was }) => {
      if (is === undefined)
        return [risk("index-destroyed", (say) => `the index ${name} of ${say(subject)} would be taken away`)];
      return isSameKey(was, is)
        ? []
        : [risk("index-destroyed", (say) => `the index ${name} of ${say(subject)} would be made again`)];
    }),
    ...(before.deletion_protection_enabled === true && after.deletion_protection_enabled !== true
      ? [
          risk(
            "deletion-protection-off",
            (say) => `${say(subject)} could be deleted by anybody who may delete tables`,
          ),
        ]
      : []),
    ...recoveryRisks(before, after).map((what) =>
      risk("recovery-shorter", (say) => `${say(subject)}: ${say(what)}`),
    ),
    ...expiryRisks(before, after).map((what) => risk("items-expire", (say) => `${say(subject)}: ${what}`)),
    ...(before.stream_enabled === true && streamOf(before) !== streamOf(after)
      ? [
          risk(
            "stream-changed",
            (say) =>
              `the stream of ${say(subject)} would ${streamOf(after) === undefined ? "end" : "end, and another one begin"}`,
          ),
        ]
      : []),
    ...(keyOf(before) === keyOf(after)
      ? []
      : [
          risk(
            "table-encryption-changed",
            (say) =>
              `${say(subject)} would be encrypted with ${say(keyOf(after))} instead of ${say(keyOf(before))}`,
          ),
        ]),
  ];
}

/** Replicas that go, or that hashicorp/aws takes away and makes again because their key is another one. */
function replicaRisks(
  resource: ResourceChange,
  before: Values,
  after: Values,
  subject: string,
): readonly RiskDraft[] {
  const left = [regionOfArn(before.arn) ?? [], ...replicasOf(after)].flat();
  return replicaPairs(resource).flatMap(({ is, name: region, was }): readonly RiskDraft[] => {
    if (is === undefined) {
      const message: RiskDraft["message"] = (say) =>
        `the replica of ${say(subject)} in ${say(region)} would be taken away; the table can still be read in ${left.map(say).join(", ")}`;
      return [{ code: "replica-taken-away", subject, message }];
    }
    // As of 5.100.0 a key is no setting of a replica that is there:
    // https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/dynamodb/table.go
    if ((was.kms_key_arn || "") === (is.kms_key_arn || "")) return [];
    const message: RiskDraft["message"] = (say) =>
      `the replica of ${say(subject)} in ${say(region)} would be taken away and made again, because its key changes`;
    return [{ code: "replica-made-again", subject, message }];
  });
}

function isSameKey(was: Values, is: Values): boolean {
  const parts = ["hash_key", "range_key", "projection_type", "non_key_attributes"];
  const text = (of: Values) =>
    JSON.stringify(parts.map((part) => (Array.isArray(of[part]) ? [...of[part]].sort() : of[part] || null)));
  return text(was) === text(is);
}

/** The only block of a kind. */
function block(values: Values, name: string): Values {
  const [first] = Array.isArray(values[name]) ? values[name] : [];
  return isMap(first) ? first : {};
}

/** Days that a table can be put back; 0 where that is off. */
function recoveryDays(values: Values): number {
  const { enabled, recovery_period_in_days: days } = block(values, "point_in_time_recovery");
  if (enabled !== true) return 0;
  return typeof days === "number" && days > 0 ? days : longestRecovery;
}

function recoveryRisks(before: Values, after: Values): readonly string[] {
  const [was, is] = [recoveryDays(before), recoveryDays(after)];
  const main =
    is >= was
      ? []
      : [
          is === 0
            ? "it could no longer be put back to a point in time"
            : `it could be put back ${is} days instead of ${was}`,
        ];
  const now = new Map(replicaBlocks(after).map((each) => [each.region_name, each]));
  const replicas = replicaBlocks(before).filter(
    (each) =>
      each.point_in_time_recovery === true && now.get(each.region_name)?.point_in_time_recovery === false,
  );
  return [
    ...main,
    ...replicas.map(
      ({ region_name: region }) => `its replica in ${region} could no longer be put back to a point in time`,
    ),
  ];
}

function replicaBlocks({ replica }: Values): readonly Values[] {
  return Array.isArray(replica) ? replica.filter(isMap) : [];
}

/** What time to live would newly delete. */
function expiryRisks(before: Values, after: Values): readonly string[] {
  const [was, is] = [expiryOf(before), expiryOf(after)];
  return is === undefined || is === was
    ? []
    : [`items whose attribute ${is} holds a time that is past would be deleted`];
}

function expiryOf(values: Values): string | undefined {
  const { attribute_name: name, enabled } = block(values, "ttl");
  return enabled === true && typeof name === "string" ? name : undefined;
}

function streamOf({ stream_enabled: enabled, stream_view_type: view }: Values): string | undefined {
  return enabled === true ? String(view) : undefined;
}

/** The key of a table, as people call it. */
function keyOf(values: Values): string {
  const { enabled, kms_key_arn: arn } = block(values, "server_side_encryption");
  if (enabled !== true) return "a key that AWS owns";
  return typeof arn === "string" && arn !== "" ? arn : "AWS's key for DynamoDB";
}
