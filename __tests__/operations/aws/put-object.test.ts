import { objectPlace, putText } from "../../../operations/aws/put-object";
import { AwsError } from "../../../sandbox/http";
import { type LocalAws, startLocalAws } from "../../support/local-aws";

test("an address of S3 is a bucket and a key, and anything else is a file", () => {
  expect(objectPlace("s3://pipeline-acme/plans/1.md")).toEqual({
    bucket: "pipeline-acme",
    key: "plans/1.md",
  });
  expect(objectPlace("plan.md")).toBeUndefined();
});

test.each(["s3://", "s3://bucket", "s3://bucket/", "s3://bucket/folder/", "s3:///key"])(
  "%s is no address of an object",
  (address) => expect(() => objectPlace(address)).toThrow("no address of an object in S3"),
);

describe("a text", () => {
  let aws: LocalAws;
  const before = { ...process.env };
  beforeAll(async () => {
    aws = await startLocalAws();
  });
  beforeEach(() => {
    process.env = { ...before, ...aws.env };
    aws.calls.length = 0;
    aws.objects.clear();
    aws.before = () => {};
  });
  afterEach(() => {
    process.env = { ...before };
  });
  afterAll(() => aws.close());

  const place = { bucket: "artifacts", key: "plans/production/1.md" };
  const put = (environment: NodeJS.ProcessEnv) =>
    putText(place, "# Plan\n", "text/markdown", { environment, onSlow: () => {} });

  test("is written in the region of the shell, with its type and the shell's own credentials", async () => {
    const types: (string | undefined)[] = [];
    aws.before = ({ headers }) => void types.push(headers["content-type"]);
    await put({ AWS_REGION: "eu-central-1" });
    expect(String(aws.objects.get("artifacts/plans/production/1.md"))).toBe("# Plan\n");
    expect(types).toEqual(["text/markdown"]);
    expect(aws.calls[0]).toMatch(/^eu-central-1 PUT \/artifacts\/plans\/production\/1\.md/);
    expect(aws.calls.join()).not.toContain("role/");
  });

  test("is never written over another one", async () => {
    aws.objects.set("artifacts/plans/production/1.md", "# What was approved\n");
    await expect(put({})).rejects.toThrow(
      /s3:\/\/artifacts\/plans\/production\/1\.md is there already.*nothing is written over it.*name a key/s,
    );
    expect(aws.objects.get("artifacts/plans/production/1.md")).toBe("# What was approved\n");
  });

  test("that cannot be written is an error with the place and the reason", async () => {
    aws.before = () => {
      throw new AwsError(403, "AccessDenied", "not allowed to write here");
    };
    await expect(put({})).rejects.toThrow(
      /s3:\/\/artifacts\/plans\/production\/1\.md cannot be written.*not allowed to write here/,
    );
  });
});
