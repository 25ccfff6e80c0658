import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";

const { callAws, signedHeaders } = require("../../../bundles/around/signed-call.js");

const ssm = { service: "ssm", targetPrefix: "AmazonSSM", endpointId: "SSM" };
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };

test.each([undefined, "token"])(
  "signs as AWS's own library does, with the session %s",
  async (sessionToken) => {
    const date = new Date("2026-01-02T03:04:05.678Z");
    const [host, region, service] = ["ssm.eu-central-1.amazonaws.com", "eu-central-1", "ssm"];
    const [body, target] = ['{"Names":["/a"]}', "AmazonSSM.GetParameters"];
    const own = { ...credentials, sessionToken };
    const headers = signedHeaders({ body, credentials: own, date, host, region, service, target });
    const signer = new SignatureV4({
      credentials: own,
      region,
      service,
      sha256: Sha256,
      applyChecksum: false,
    });
    const request = {
      method: "POST",
      protocol: "https:",
      hostname: host,
      path: "/",
      headers: { "content-type": headers["content-type"], host, "x-amz-target": target },
      body,
    };
    const { headers: expected } = await signer.sign(request, { signingDate: date });
    expect(headers.authorization).toBe(expected.authorization);
  },
);

describe("a call", () => {
  let server: Server;
  let answers: (readonly [status: number, body: string])[];
  let asked: IncomingMessage[];
  const variables = { ...process.env };

  beforeEach(async () => {
    asked = [];
    server = createServer((request: IncomingMessage, response: ServerResponse) => {
      asked.push(request);
      const [status, body] = answers.shift() ?? [500, ""];
      request.resume().on("end", () => response.writeHead(status).end(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    process.env.AWS_ENDPOINT_URL_SSM = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    Object.assign(process.env, {
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
    });
  });
  afterEach(() => {
    process.env = { ...variables };
    server.close();
  });

  const throttled = [
    400,
    '{"__type":"com.amazonaws#ThrottlingException","message":"Rate exceeded"}',
  ] as const;

  test("is made again where AWS has no time, or fails", async () => {
    answers = [throttled, [503, "<html>"], [200, '{"a":1}']];
    expect(await callAws(ssm, "GetParameters", {})).toEqual({ a: 1 });
    expect(asked.map(({ headers }) => headers["x-amz-target"])).toEqual(
      Array.from({ length: 3 }, () => "AmazonSSM.GetParameters"),
    );
  });

  test("is given up after the third time, with AWS's own word for it", async () => {
    answers = [throttled, throttled, throttled];
    await expect(callAws(ssm, "GetParameters", {})).rejects.toMatchObject({
      code: "ThrottlingException",
      message: "Rate exceeded",
    });
    expect(asked).toHaveLength(3);
  });

  test("that AWS refuses is made once", async () => {
    answers = [[400, '{"__type":"AccessDeniedException","Message":"not authorized"}']];
    await expect(callAws(ssm, "GetParameters", {})).rejects.toMatchObject({
      code: "AccessDeniedException",
      message: "not authorized",
    });
    expect(asked).toHaveLength(1);
  });

  test("that reaches nobody says so", async () => {
    process.env.AWS_ENDPOINT_URL_SSM = "http://127.0.0.1:9";
    await expect(callAws(ssm, "GetParameters", {})).rejects.toMatchObject({ code: "NoAnswer" });
  });
});
