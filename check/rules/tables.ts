import { error, type Rules, warning } from "../../fleet/rule";

/** Rules about tables, and about the cells that share them among their regions. */
export const tableRules = {
  "table-key": error(
    "a `key` with other than one or two attributes",
    "a key is a partition key, and a sort key if there is one",
  ),
  "attribute-types": error(
    "an attribute that has one type in one key of a table and another in the next",
    "DynamoDB refuses such a table: an attribute that is a part of a key has one type",
  ),
  "ttl-not-a-number": error(
    "a `ttl` that a key of the table declares as a string or binary",
    "no item would ever expire: DynamoDB passes over all but numbers",
  ),
  "duplicate-index": warning(
    "an index with the same key as its table or as another index",
    "it is paid for with every write, and finds only what the other finds as well",
  ),
  "many-indexes": warning(
    "a table with more than 20 indexes",
    "DynamoDB refuses the twenty-first unless AWS has raised the quota of the account in each region",
  ),
  "too-many-projected": error(
    "an index that lists more than 20 attributes, or indexes of one table that list more than 100",
    "DynamoDB allows no more, and counts an attribute once for each index",
  ),
  "no-home": error(
    "a cell of several regions that shares something among them and does not say its `home`",
    "what regions share is managed from one of them, and it can only be moved by hand later",
  ),
  "home-without-target": error(
    "a `home` that is none of the cell's regions",
    "a table that regions share is managed from one of them",
  ),
  "table-across-accounts": error(
    "a table that a cell shares among its regions, with targets in several accounts",
    "the replicas of such a table lie in one account",
  ),
  "stream-of-replicas": error(
    "a table with replicas whose `stream` is not `new-and-old`",
    "DynamoDB replicates by a stream of new and old images, and a table has one stream",
  ),
  // https://github.com/hashicorp/terraform-provider-aws/issues/41504
  "recovery-of-replicas": warning(
    "a `recovery` of less than 35 days for a table with replicas",
    "hashicorp/aws 5.100.0 tells AWS the days of the home region only: in all others, AWS keeps 35",
  ),
  "table-encryption-region": error(
    "a `kmsKey` of a table that cannot be in each region of a cell",
    "DynamoDB encrypts a table, and each replica, with a key in its own region",
  ),
} as const satisfies Rules;
