import "@aws-sdk/signature-v4a";
import {
  CloudFrontKeyValueStoreClient,
  DeleteKeyCommand,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  ListKeysCommand,
  PutKeyCommand,
  UpdateKeysCommand,
} from "@aws-sdk/client-cloudfront-keyvaluestore";
import { lookupHost } from "../../../operations/aws/bounded-handler";
import { type LocalAws, startLocalAws } from "../../support/local-aws";

const account = "333333333333";

let aws: LocalAws;
let client: CloudFrontKeyValueStoreClient;
let KvsARN: string;
let stores = 0;

beforeAll(async () => {
  aws = await startLocalAws();
  client = clientOf(account);
});
afterAll(() => aws.close());
beforeEach(async () => {
  KvsARN = await aws.createStore(account, `store-${stores++}`);
});

/** In the sandbox, an account's id is an access key of that account. */
function clientOf(accessKeyId: string): CloudFrontKeyValueStoreClient {
  return new CloudFrontKeyValueStoreClient({
    endpoint: aws.env.AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE,
    region: "eu-central-1",
    credentials: { accessKeyId, secretAccessKey: "test" },
    requestHandler: { httpAgent: { lookup: lookupHost } },
  });
}

const describeStore = () => client.send(new DescribeKeyValueStoreCommand({ KvsARN }));
const get = async (Key: string) => (await client.send(new GetKeyCommand({ KvsARN, Key }))).Value;
const put = async (Key: string, Value: string, IfMatch?: string) =>
  client.send(new PutKeyCommand({ KvsARN, Key, Value, IfMatch: IfMatch ?? (await describeStore()).ETag }));
const refusal = (name: string, httpStatusCode: number) => ({ name, $metadata: { httpStatusCode } });

test("what was put is read by the client and by functions", async () => {
  const { ETag, ItemCount, TotalSizeInBytes } = await put("a/é ü", '{"a":1}');
  const store = await describeStore();
  expect(store).toMatchObject({ KvsARN, Status: "READY", ETag, ItemCount, TotalSizeInBytes });
  expect([ItemCount, TotalSizeInBytes]).toEqual([1, 14]);
  expect(Math.abs(Date.now() - Number(store.Created))).toBeLessThan(60_000);
  expect(await get("a/é ü")).toBe('{"a":1}');
  expect(aws.cloudFront.keyValueStore(KvsARN)?.get("a/é ü")).toBe('{"a":1}');
  expect(await client.send(new GetKeyCommand({ KvsARN, Key: "a/é ü" }))).toMatchObject({ ItemCount: 1 });
});

test("a writer that has not seen the current version is refused", async () => {
  const { ETag: seen } = await describeStore();
  await put("drained", "1", seen);
  await expect(put("drained", "2", seen)).rejects.toMatchObject(refusal("ConflictException", 409));
  await expect(put("drained", "2", "")).rejects.toMatchObject(refusal("ValidationException", 400));
  expect(await get("drained")).toBe("1");
});

test("a deleted key is no longer there", async () => {
  const { ETag: IfMatch } = await put("a", "1");
  expect(await client.send(new DeleteKeyCommand({ KvsARN, Key: "a", IfMatch }))).toMatchObject({
    ItemCount: 0,
  });
  await expect(get("a")).rejects.toMatchObject(refusal("ResourceNotFoundException", 404));
});

test("several changes are made at once, or none is", async () => {
  const { ETag: IfMatch } = await put("old", "1");
  const change = { KvsARN, IfMatch, Deletes: [{ Key: "old" }] };
  const tooLarge = { ...change, Puts: [{ Key: "a", Value: "x".repeat(1025) }] };
  await expect(client.send(new UpdateKeysCommand(tooLarge))).rejects.toMatchObject(
    refusal("ValidationException", 400),
  );
  expect(await get("old")).toBe("1");
  const puts = {
    ...change,
    Puts: [
      { Key: "a", Value: "1" },
      { Key: "b", Value: "2" },
    ],
  };
  expect(await client.send(new UpdateKeysCommand(puts))).toMatchObject({ ItemCount: 2, TotalSizeInBytes: 4 });
  await expect(get("old")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("keys are listed page by page", async () => {
  const Puts = Array.from({ length: 12 }, (_, index) => ({ Key: `key-${index + 10}`, Value: String(index) }));
  await client.send(new UpdateKeysCommand({ KvsARN, IfMatch: (await describeStore()).ETag, Puts }));
  const first = await client.send(new ListKeysCommand({ KvsARN }));
  const second = await client.send(
    new ListKeysCommand({ KvsARN, NextToken: first.NextToken, MaxResults: 50 }),
  );
  expect([...(first.Items ?? []), ...(second.Items ?? [])]).toEqual(Puts);
  expect([first.Items?.length, second.NextToken]).toEqual([10, undefined]);
});

test("a store belongs to its account", async () => {
  const other = clientOf("444444444444");
  const described = other.send(new DescribeKeyValueStoreCommand({ KvsARN }));
  await expect(described).rejects.toMatchObject(refusal("AccessDeniedException", 403));
  const missing = client.send(new DescribeKeyValueStoreCommand({ KvsARN: `${KvsARN}x` }));
  await expect(missing).rejects.toMatchObject(refusal("ResourceNotFoundException", 404));
});

test("no region's outage touches it", async () => {
  const regions = ["us-east-1", "eu-central-1", "eu-west-1"];
  for (const region of regions) aws.outages.begin(region);
  await put("drained", "{}");
  expect(await get("drained")).toBe("{}");
  for (const region of regions) aws.outages.end(region);
});
