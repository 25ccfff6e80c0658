import type { Fleet } from "../fleet/model";
import { longestRecovery } from "../fleet/tables";
import { blocks, text } from "./json";
import { knowledgeOf, type TypeKnowledge, tableBackups, tableStream } from "./resource-types";
import type { Block, Place, Stack } from "./stack";

/** Something that a block has AWS keep in one place: the resource itself, a replica, or what goes with either. */
export interface Held {
  readonly block: Block;
  /** The block's, with what it is of it: `aws_dynamodb_table.orders.replica["eu-west-1"].stream`. */
  readonly address: string;
  readonly place?: Place;
  readonly knowledge: TypeKnowledge;
  /** How many days back AWS keeps it; absent where it is not kept by days. */
  readonly days?: number;
}

/** A resource or one of its replicas, and what goes with it in the same place. */
export interface Copy extends Held {
  readonly along: readonly Held[];
}

/**
 * The copies of what a block makes: one, in its provider's region, and of a table one in each replica's region, all in the
 * provider's account: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
 */
export function copiesOf(stack: Stack, block: Block, extensions: Fleet["extensions"]): readonly Copy[] {
  const { address, attributes, mode, place, type } = block;
  const own = { block, address, place, knowledge: knowledgeOf(stack, block, extensions) };
  if (mode !== "resource" || type !== "aws_dynamodb_table") return [{ ...own, along: [] }];
  const hasStream = attributes.stream_enabled === true;
  const [recovery] = blocks(attributes.point_in_time_recovery);
  const table = along(own, hasStream, recovery?.enabled === true, recovery?.recovery_period_in_days);
  const replicas = blocks(attributes.replica).map((replica) => {
    const region = text(replica.region_name);
    const copy = {
      ...own,
      address: `${address}.replica["${region ?? ""}"]`,
      place: region && place ? { ...place, region } : undefined,
    };
    return along(copy, hasStream, replica.point_in_time_recovery === true);
  });
  return [table, ...replicas];
}

/** A table's stream and its backups are in its own region, and a replica has its own. */
function along(copy: Held, hasStream: boolean, isRecoverable: boolean, days?: unknown): Copy {
  const stream: Held = { ...copy, address: `${copy.address}.stream`, knowledge: tableStream };
  const backups: Held = {
    ...copy,
    address: `${copy.address}.backups`,
    knowledge: tableBackups,
    days: typeof days === "number" ? days : longestRecovery,
  };
  return { ...copy, along: [...(hasStream ? [stream] : []), ...(isRecoverable ? [backups] : [])] };
}
