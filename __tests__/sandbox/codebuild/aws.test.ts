import { asRole } from "../../../sandbox/codebuild/aws";
import type { AwsCall } from "../../../sandbox/http";

const calls: AwsCall[] = [];
function answering(status: number, body = "") {
  const identity = { accessKeyId: "ASIABUILD", account: "555555555555" };
  const ask = async (call: AwsCall) => {
    calls.push(call);
    return { status, headers: {}, body: Buffer.from(body) };
  };
  return asRole(ask, identity, "eu-central-1");
}

it("calls with the session of the role, and a key as a path has it", async () => {
  await answering(200).putObject(
    { name: "x", bucket: "b", key: "a b/Ü+.zip" },
    Buffer.from("zip"),
    undefined,
  );
  const [{ account, headers, path, region } = {} as AwsCall] = calls;
  expect({ account, path, region }).toEqual({
    account: "555555555555",
    path: "/b/a%20b/%C3%9C%2B.zip",
    region: "eu-central-1",
  });
  expect(headers.authorization).toContain("Credential=ASIABUILD/");
  expect(headers).not.toHaveProperty("x-amz-server-side-encryption");
});

it.each([
  ["<Error><Code>AccessDenied</Code></Error>", "AccessDenied"],
  ['{"__type":"ResourceNotFoundException","message":"none"}', "ResourceNotFoundException"],
  ["?", "status 403"],
])("tells what AWS says: %s", async (body, code) => {
  await expect(answering(403, body).logs("PutLogEvents", {})).rejects.toThrow(`logs POST /: ${code}`);
});
