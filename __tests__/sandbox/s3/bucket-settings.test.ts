import type { AwsCall, HttpResponse } from "../../../sandbox/http";
import { withBucketSettings } from "../../../sandbox/s3/bucket-settings";

const answer = (status: number, body = ""): HttpResponse => ({
  status,
  headers: { "content-length": String(body.length) },
  body: Buffer.from(body),
});

const call = (method: string, path: string, body = ""): AwsCall => ({
  service: "s3",
  region: "eu-central-1",
  account: "111111111111",
  method,
  host: "127.0.0.1",
  path,
  headers: {},
  body: Buffer.from(body),
});

/** Remembers what it was given, and answers as moto does. */
function moto(status = 200) {
  const given: AwsCall[] = [];
  const serve = withBucketSettings(async (passed) => {
    given.push(passed);
    return answer(status, "moto's");
  });
  return { given, serve };
}

it.each([
  ["replication", "<ReplicationConfiguration><Rule/></ReplicationConfiguration>"],
  ["policy", '{"Statement":[{"Effect":"Deny"}]}'],
])("gives back a bucket's %s as it was put", async (setting, text) => {
  const { serve } = moto();
  await serve(call("PUT", `/state?${setting}`, text));
  expect(await serve(call("GET", `/state?${setting}`))).toEqual(answer(200, text));
});

it("keeps the settings of buckets apart, and the settings of one bucket", async () => {
  const { serve } = moto();
  await serve(call("PUT", "/state?policy", "{}"));
  expect(await serve(call("GET", "/other?policy"))).toEqual(answer(200, "moto's"));
  expect(await serve(call("GET", "/state?replication"))).toEqual(answer(200, "moto's"));
});

it("hands moto no policy to enforce", async () => {
  const { given, serve } = moto();
  await serve(call("PUT", "/state?policy", '{"Statement":[{"Effect":"Deny"}]}'));
  expect(given.map(({ body }) => JSON.parse(body.toString()).Statement)).toEqual([[]]);
});

it("keeps nothing that moto refuses, and gives back nothing that is gone", async () => {
  const kept = new Map([["PUT", 204]]);
  const serve = withBucketSettings(async ({ method }) => answer(kept.get(method) ?? 404, "moto's"));
  await serve(call("PUT", "/state?policy", "{}"));
  expect(await serve(call("GET", "/state?policy"))).toEqual(answer(404, "moto's"));

  const refusing = moto(400);
  await refusing.serve(call("PUT", "/state?policy", "{}"));
  expect(await refusing.serve(call("GET", "/state?policy"))).toEqual(answer(400, "moto's"));
});

it("leaves everything else to moto: objects, other settings, other services", async () => {
  const { given, serve } = moto();
  const others = [
    call("PUT", "/state/acme/policy", "object"),
    call("PUT", "/state?versioning", "<on/>"),
    { ...call("PUT", "/2015-03-31/functions/hello?policy", "other"), service: "sqs" },
  ];
  for (const other of others) await serve(other);
  expect(given).toEqual(others);
  expect(await serve(call("GET", "/state?versioning"))).toEqual(answer(200, "moto's"));
});
