import { names } from "../../check/names";
import { logBucketName } from "../../fleet/names";
import type { FleetFile } from "../../fleet/schema/fleet-file";

/** Their log buckets' names begin alike, and the hashes in them begin with the same 40 bits. */
const cells = ["europe-west-production-of-all-cu-0nweo", "europe-west-production-of-all-cu-1m6ot"] as const;
const fleet = "acme-and-customers";
const id = "111111111111";

const withLogs = (logs: boolean): FleetFile => ({
  fleet,
  accounts: { web: { id } },
  services: {},
  cells: Object.fromEntries(
    cells.map((cell) => [cell, { stage: "dev", targets: { web: ["eu-central-1"] }, front: { logs } }]),
  ),
});

test("two cells that would share a log bucket are reported, as the second would take over the first's", () => {
  const [one, other] = cells.map((cell) =>
    logBucketName({ fleet, cell, accountId: id, region: "eu-central-1" }),
  );
  expect(one).toBe(other);
  expect(names({ file: withLogs(true), declared: {} })).toEqual([
    expect.objectContaining({ code: "name-collision", path: ["cells", cells[1]] }),
  ]);
  expect(names({ file: withLogs(false), declared: {} })).toEqual([]);
});
