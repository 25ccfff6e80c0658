import type { CellEntry } from "../../fleet/schema/fleet-file";
import { fleetOf, smallFile } from "../support/fleet";
import { onlyResource, type StackJson, stackOf, synthJson } from "../support/synth";

describe("access logs", () => {
  let logs: StackJson;
  let front: StackJson;

  beforeAll(() => {
    const cell = { ...smallFile.cells.globex, front: { account: "edge", logs: true } } as CellEntry;
    const accounts = { ...smallFile.accounts, edge: { id: "555555555555" } };
    const stacks = synthJson(fleetOf({ ...smallFile, accounts, cells: { globex: cell } }));
    [logs, front] = [stackOf(stacks, "globex_front_logs_eu-central-1"), stackOf(stacks, "globex_front")];
  });

  test("have a bucket in a region of the cell, in the front account, in a stack of its own", () => {
    expect(logs.provider.aws).toHaveLength(1);
    expect(logs.provider.aws[0]).toMatchObject({
      alias: "edge_eu_central_1",
      region: "eu-central-1",
      allowed_account_ids: ["555555555555"],
    });
  });

  test("go there, and the front needs no provider in the bucket's region", () => {
    const { bucket } = onlyResource(logs, "aws_s3_bucket") as { readonly bucket: string };
    expect(onlyResource(front, "aws_cloudfront_distribution").logging_config).toEqual({
      bucket: `${bucket}.s3.eu-central-1.amazonaws.com`,
      include_cookies: false,
    });
    expect(front.provider.aws.map(({ region }) => region)).toEqual(["us-east-1"]);
  });
});
