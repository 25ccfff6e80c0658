import { uuid } from "../ids";
import type { JsonInput } from "../protocols/json";
import { invalid, invalidParameter, type KmsKey, type Place, type Table } from "./tables";

/** The account's own key for DynamoDB in a region: AWS makes it when it is first needed. */
export function awsKey({ account, region }: Place): KmsKey {
  return {
    arn: `arn:aws:kms:${region}:${account}:key/${uuid("aws/dynamodb", account, region)}`,
    by: "aws",
  };
}

/**
 * A key by its id, alias or ARN. Whether it is there is not asked. It is looked for in the replica's region, and shown as
 * an ARN: measured on AWS (DDB-TABLE-309, DDB-TABLE-313 of ack-api-quirks, see sandbox/README.md).
 *
 * @throws {AwsError} it is of another region
 */
export function kmsKey(id: string, place: Place): KmsKey {
  const { account, region } = place;
  if (id === "alias/aws/dynamodb") return awsKey(place);
  if (!id.startsWith("arn:")) {
    const key = id.startsWith("alias/") ? uuid(id, account, region) : id;
    return { arn: `arn:aws:kms:${region}:${account}:key/${key}`, by: "customer" };
  }
  const [, , , itsRegion] = id.split(":");
  if (itsRegion === region) return { arn: id, by: "customer" };
  throw invalid(
    `KMS validation error for region ${region}: com.amazonaws.services.kms.model.NotFoundException: Invalid arn ${itsRegion}`,
  );
}

/**
 * The key that an SSESpecification asks for; undefined for one that nobody sees.
 *
 * @throws {AwsError} the specification does not hold
 */
export function specifiedKey(specification: JsonInput, place: Place): KmsKey | undefined {
  const { Enabled, KMSMasterKeyId, SSEType } = specification;
  if (Enabled === true) {
    return typeof KMSMasterKeyId === "string" ? kmsKey(KMSMasterKeyId, place) : awsKey(place);
  }
  if (SSEType !== undefined) throw invalidParameter("SSEType can not be specified if Enabled is false");
  if (KMSMasterKeyId === undefined) return undefined;
  throw invalidParameter("KMSMasterKeyId can not be specified if Enabled is false");
}

const eachReplica = "KMSMasterKeyId must be specified for each replica.";

/**
 * The key of a new replica, which has to be of the same kind as those of the others.
 *
 * @param id as it was asked for
 * @throws {AwsError} it is not, or one is missing
 */
export function replicaKey(table: Table, id: unknown, region: string): KmsKey | undefined {
  const kind = table.replicas[0]?.kmsKey?.by;
  const place = { account: table.account, region };
  const key = typeof id === "string" ? kmsKey(id, place) : undefined;
  if (kind === undefined ? key !== undefined : kind === "customer" && key === undefined) {
    throw invalidParameter(eachReplica);
  }
  if (key && key.by !== kind) {
    throw invalidParameter("All replica keys must either be Customer Managed CMK or AWS Managed CMK.");
  }
  return kind === "aws" ? awsKey(place) : key;
}

/**
 * A table after an SSESpecification in one of its regions: the kind of key is the same everywhere, a customer's key is
 * that of the region only.
 *
 * @throws {AwsError} the specification does not hold
 */
export function encrypted(table: Table, specification: JsonInput, region: string): Table {
  const { account } = table;
  const key = specifiedKey(specification, { account, region });
  const others = table.replicas.filter((replica) => replica.region !== region);
  if (key?.by === "customer" && others.some(({ kmsKey: other }) => other?.by !== "customer")) {
    throw invalidParameter(eachReplica);
  }
  const keyIn = (replica: Table["replicas"][number]) => {
    if (replica.region === region) return key;
    if (key?.by === "customer") return replica.kmsKey;
    return key && awsKey({ account, region: replica.region });
  };
  return {
    ...table,
    replicas: table.replicas.map((replica) => ({ ...replica, kmsKey: keyIn(replica) })),
  };
}

/**
 * A table after customers' keys were given for all of its replicas at once, as the AWS provider changes them.
 *
 * @param keys by region
 * @throws {AwsError} one of the replicas is missing
 */
export function reencrypted(table: Table, keys: ReadonlyMap<string, string>): Table {
  const { account } = table;
  const replicas = table.replicas.map((replica) => {
    const id = keys.get(replica.region);
    if (id === undefined) throw invalidParameter(eachReplica);
    return { ...replica, kmsKey: kmsKey(id, { account, region: replica.region }) };
  });
  return { ...table, replicas };
}
