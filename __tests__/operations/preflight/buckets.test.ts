import { bucketChecks, sharedStateChecks } from "../../../operations/preflight/buckets";
import { bootstrapFile, bootstrapFleet } from "../../support/bootstrap-fleet";
import { fleetOf, smallFile } from "../../support/fleet";
import { missing, refusal } from "../recovery/fake-aws";
import { answerTo, scopeOf } from "./support";

const owner = bucketChecks(scopeOf(bootstrapFleet(), "globex"));
const subjectsOf = (checks: typeof owner) => checks.map(({ region, subject }) => `${subject}, ${region}`);

test("each account is asked for its own part of the state bucket, and its owner for the versions", async () => {
  expect(subjectsOf(owner)).toEqual([
    "state bucket, eu-central-1",
    "versions of the state bucket, eu-central-1",
    "name of a bucket, eu-west-1",
  ]);
  const edge = bucketChecks(scopeOf(bootstrapFleet(), "edge"));
  expect(subjectsOf(edge)).toEqual(["state bucket, eu-central-1", "name of a bucket, eu-central-1"]);
  const prefixes: unknown[] = [];
  const listing = {
    ListObjectsV2: (input: Readonly<Record<string, unknown>>) => {
      prefixes.push(input.Prefix);
      return {};
    },
  };
  expect(await answerTo(edge, "state bucket", listing)).toMatchObject({ status: "fine" });
  expect(prefixes).toEqual(["acme/555555555555/"]);
});

test.each([
  ["NoSuchBucket", 404, "there is no such bucket"],
  ["PermanentRedirect", 301, "the bucket is in another region"],
  ["AccessDenied", 403, "it may not: AccessDenied by the test"],
])("a deploy would fail at a state bucket that answers %s", async (name, status, found) => {
  const answer = await answerTo(owner, "state bucket", { ListObjectsV2: missing(name, status) });
  expect(answer).toMatchObject({ status: "fails", found });
});

test("old states have to be kept", async () => {
  const subject = "versions of the state bucket";
  const versioning = (answer: object) => answerTo(owner, subject, { GetBucketVersioning: () => answer });
  expect(await versioning({ Status: "Enabled" })).toMatchObject({ status: "fine" });
  expect(await versioning({ Status: "Suspended" })).toMatchObject({ found: "versioning is Suspended" });
  expect(await versioning({})).toMatchObject({ status: "fails", found: "versioning is off" });
});

test.each([
  [404, "fine", "it is free"],
  [403, "unknown", "it is somebody else's, or the role may not ask"],
  [301, "fails", "it is in another region"],
])("a bucket that is still to be made, where S3 answers %s", async (code, status, found) => {
  const answer = await answerTo(owner, "name of a bucket", { HeadBucket: missing("Unknown", code) });
  expect(answer).toMatchObject({ status, found });
});

test("where S3 does not say whose a bucket is, both ways out are told", async () => {
  const { raise } = await answerTo(owner, "name of a bucket", { HeadBucket: missing("Unknown", 403) });
  expect(raise).toContain("give it another name");
  expect(raise).toContain("let the role call s3:ListBucket: `npx meridian role globex`");
});

test("a bucket that is the account's already is no other's", async () => {
  const owners: unknown[] = [];
  const there = {
    HeadBucket: (input: Readonly<Record<string, unknown>>) => {
      owners.push(input.ExpectedBucketOwner);
      return {};
    },
  };
  expect(await answerTo(owner, "name of a bucket", there)).toMatchObject({ status: "fine" });
  expect(owners).toEqual(["333333333333"]);
});

test("a bucket that does not answer is no answer", async () => {
  const silent = {
    HeadBucket: () => {
      throw refusal("ServiceUnavailable", 503);
    },
  };
  await expect(answerTo(owner, "name of a bucket", silent)).rejects.toThrow("ServiceUnavailable");
});

test("while state is in local files, the bucket's name has to be free", () => {
  const { replica: _, ...state } = bootstrapFile.state as Record<string, string>;
  const local = bootstrapFleet({ state: { ...state, backend: "local" } as typeof bootstrapFile.state });
  expect(subjectsOf(bucketChecks(scopeOf(local, "globex")))).toEqual(["name of a bucket, eu-central-1"]);
});

test("a bucket that is not the fleet's is asked once, and by nobody's deploy role", () => {
  const state = { backend: "s3", bucket: "states", region: "eu-west-1" } as const;
  const fleet = fleetOf({ ...smallFile, state });
  expect(bucketChecks(scopeOf(fleet, "globex"))).toEqual([]);
  expect(subjectsOf(sharedStateChecks(fleet))).toEqual([
    "state bucket, eu-west-1",
    "versions of the state bucket, eu-west-1",
  ]);
  expect(sharedStateChecks(bootstrapFleet())).toEqual([]);
  expect(sharedStateChecks(fleetOf(smallFile))).toEqual([]);
});
