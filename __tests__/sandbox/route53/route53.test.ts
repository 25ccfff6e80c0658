import { AwsError } from "../../../sandbox/http";
import { createRoute53 } from "../../../sandbox/route53/route53";

interface Call {
  readonly account?: string;
  readonly body?: string;
}

function client() {
  const { handle: serve } = createRoute53();
  return async (method: string, path: string, { account = "333333333333", body = "" }: Call = {}) => {
    const answer = await serve({
      method,
      host: "127.0.0.1",
      path: `/2013-04-01/${path}`,
      headers: {},
      body: Buffer.from(body),
      service: "route53",
      region: "us-east-1",
      account,
    });
    return answer.body.toString();
  };
}

const record = (name: string, type = "CNAME", value = "a.example.net") =>
  `<ResourceRecordSet><Name>${name}</Name><Type>${type}</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>${value}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>`;

const batch = (...changes: readonly (readonly [action: string, record: string])[]) => ({
  body: `<ChangeResourceRecordSetsRequest><ChangeBatch><Changes>${changes
    .map(([action, set]) => `<Change><Action>${action}</Action>${set}</Change>`)
    .join("")}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`,
});

const namesIn = (xml: string) => [...xml.matchAll(/<Name>(.*?)<\/Name>/g)].map(([, name]) => name);

test("every hosted zone is there, and takes any name", async () => {
  const call = client();
  const zone = await call("GET", "hostedzone/Z0123456789ABC");
  expect(zone).toContain("<Id>/hostedzone/Z0123456789ABC</Id>");
  expect(zone).toContain("<Name>.</Name>");
});

test("a record is kept as it is written, its name with a dot at the end", async () => {
  const call = client();
  const change = await call("POST", "hostedzone/Z1/rrset", batch(["CREATE", record("Api.example.com")]));
  expect(change).toContain("<Status>INSYNC</Status>");
  expect(await call("GET", "change/C0000000000000")).toContain("<Status>INSYNC</Status>");
  const list = await call("GET", "hostedzone/Z1/rrset?name=api.example.com.&type=CNAME&maxitems=1");
  expect(list).toContain(record("api.example.com."));
  expect(list).toContain("<IsTruncated>false</IsTruncated>");
});

test("zones and accounts are apart", async () => {
  const call = client();
  await call("POST", "hostedzone/Z1/rrset", batch(["CREATE", record("api.example.com")]));
  expect(namesIn(await call("GET", "hostedzone/Z2/rrset"))).toEqual([]);
  expect(namesIn(await call("GET", "hostedzone/Z1/rrset", { account: "444444444444" }))).toEqual([]);
});

test("a list starts at a name, in Route 53's order, and says where it goes on", async () => {
  const call = client();
  const created = ["b.example.com", "a.example.com", "example.com", "z.example.biz"].map(
    (name) => ["CREATE", record(name, "A", "192.0.2.1")] as const,
  );
  await call("POST", "hostedzone/Z1/rrset", batch(...created));
  const list = await call("GET", "hostedzone/Z1/rrset?name=example.com&type=A&maxitems=2");
  expect(namesIn(list)).toEqual(["example.com.", "a.example.com."]);
  expect(list).toContain("<NextRecordName>b.example.com.</NextRecordName>");
});

test("a record that is there is overwritten only by UPSERT", async () => {
  const call = client();
  const path = "hostedzone/Z1/rrset";
  await call("POST", path, batch(["CREATE", record("api.example.com")]));
  await expect(call("POST", path, batch(["CREATE", record("api.example.com")]))).rejects.toMatchObject({
    status: 400,
    code: "InvalidChangeBatch",
  });
  await call("POST", path, batch(["UPSERT", record("api.example.com", "CNAME", "b.example.net")]));
  expect(await call("GET", path)).toContain("b.example.net");
});

test("a batch is done as a whole or not at all", async () => {
  const call = client();
  const path = "hostedzone/Z1/rrset";
  const changes = batch(["CREATE", record("api.example.com")], ["DELETE", record("web.example.com")]);
  await expect(call("POST", path, changes)).rejects.toThrow(/web\.example\.com\..*not found/);
  expect(namesIn(await call("GET", path))).toEqual([]);
});

test("what it does not serve is refused, so that nobody waits for it", async () => {
  const call = client();
  await expect(call("POST", "hostedzone")).rejects.toThrow(AwsError);
  await expect(call("POST", "hostedzone")).rejects.toMatchObject({ status: 400, code: "NotImplemented" });
});
