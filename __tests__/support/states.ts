import type { StackState } from "../../operations/store/model";

/** The state of a stack that has a table in a region. */
export function tableState(region: string): StackState {
  const arn = `arn:aws:dynamodb:${region}:333333333333:table/acme_globex_orders`;
  return {
    ...{ serial: 1, lineage: "l", outputs: {} },
    resources: [
      {
        ...{ mode: "managed", type: "aws_dynamodb_table", name: "orders_table", provider: "p" },
        instances: [{ attributes: { arn, id: "acme_globex_orders", name: "acme_globex_orders" } }],
      },
    ],
  };
}
