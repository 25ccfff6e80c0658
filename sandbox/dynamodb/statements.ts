/** A PartiQL statement around the table that it is about. */
export interface StatementParts {
  readonly before: string;
  readonly table: string;
  readonly after: string;
}

/**
 * Finds the table in a PartiQL statement, quoted or not. An index stays behind it, as in `"orders"."by-state"`. Undefined
 * where there is none.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
 */
export function statementTable(statement: string): StatementParts | undefined {
  const parts =
    /^(\s*(?:SELECT\s.*?\sFROM|INSERT\s+INTO|DELETE\s+FROM|UPDATE)\s+)(?:"([^"]+)"|([\w-]+))(.*)$/is.exec(
      statement,
    );
  const [, before, quoted, plain, after] = parts ?? [];
  const table = quoted ?? plain;
  return before === undefined || table === undefined ? undefined : { before, table, after: after ?? "" };
}
