import type { Fleet } from "../../fleet/model";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf, smallFile } from "./fleet";

/** The small fleet with a table that its regions share, and one that each has for itself. */
export const tablesFile: FleetFile = {
  ...smallFile,
  tables: {
    orders: {
      key: { customer: "string", order: "number" },
      indexes: {
        "by-state": { key: { state: "string", order: "number" } },
        "by-day": { key: { day: "string" }, projection: ["total", "state"] },
        totals: { key: { total: "number" }, projection: "keys" },
      },
      ttl: "expiresAt",
      recovery: "14d",
      kmsKey: "arn:aws:kms:{region}:{account}:key/mrk-0123",
    },
    visits: { key: { path: "binary" }, replicate: "none", recovery: { production: "off" }, stream: "keys" },
  },
  services: {
    hello: { source: "functions/hello/index.ts", tables: { orders: "read-write", visits: "write" } },
  },
  cells: {
    globex: {
      stage: "production",
      tenant: "globex",
      home: "eu-west-1",
      targets: { globex: ["eu-central-1", "eu-west-1", "eu-north-1"] },
    },
  },
};

/** A fleet of one cell with one table, which is in two regions: at home in eu-central-1, and in `other`. */
export function oneTableFleet(other = "eu-west-1"): Fleet {
  return fleetOf({
    ...smallFile,
    tables: { orders: { key: { id: "string" } } },
    cells: {
      globex: {
        ...{ stage: "production", tenant: "globex", home: "eu-central-1" },
        targets: { globex: ["eu-central-1", other] },
      },
    },
  });
}
