import type { FrontEntry } from "../../../fleet/schema/fleet-file";
import { certificateChecks } from "../../../operations/preflight/certificates";
import { fleetOf, smallFile } from "../../support/fleet";
import { missing } from "../recovery/fake-aws";
import { answerTo, scopeOf } from "./support";

const arn = "arn:aws:acm:us-east-1:333333333333:certificate/0b1c";
const checksWith = (domain: FrontEntry["domain"]) => {
  const { globex } = smallFile.cells;
  if (!globex) throw new Error("no cell");
  return certificateChecks(
    scopeOf(fleetOf({ ...smallFile, cells: { globex: { ...globex, front: { domain } } } }), "globex"),
  );
};

describe("a certificate", () => {
  const checks = checksWith({ name: "api.example.com", certificate: arn });
  const found = (certificate: object) =>
    answerTo(checks, "certificate of api.example.com", {
      DescribeCertificate: () => ({
        Certificate: {
          Status: "ISSUED",
          DomainName: "example.com",
          SubjectAlternativeNames: ["example.com", "*.example.com"],
          NotAfter: new Date("2027-01-01T00:00:00Z"),
          ...certificate,
        },
      }),
    });

  test.each([
    ["is issued and covers the domain", {}, "it is"],
    ["was not proven", { Status: "PENDING_VALIDATION" }, "its status is PENDING_VALIDATION"],
    ["has ended", { NotAfter: new Date("2026-11-01T00:00:00Z") }, "it ended on 2026-11-01"],
    ["is for one name only", { SubjectAlternativeNames: [] }, "it is for example.com"],
    [
      "is for another level",
      { SubjectAlternativeNames: ["*.api.example.com"] },
      "it is for example.com, *.api.example.com",
    ],
  ])("that %s", async (_, certificate, expected) => {
    const answer = await found(certificate);
    expect(answer).toMatchObject({ found: expected, status: expected === "it is" ? "fine" : "fails" });
  });

  test("that is not there", async () => {
    const none = { DescribeCertificate: missing("ResourceNotFoundException") };
    expect(await answerTo(checks, "certificate of api.example.com", none)).toMatchObject({
      status: "fails",
      found: `there is no ${arn}`,
    });
  });
});

test("a certificate's * stands for one label", async () => {
  const checks = checksWith({ name: "v2.api.example.com", certificate: arn });
  const answer = await answerTo(checks, "certificate of v2.api.example.com", {
    DescribeCertificate: () => ({ Certificate: { Status: "ISSUED", DomainName: "*.example.com" } }),
  });
  expect(answer).toMatchObject({ status: "fails", found: "it is for *.example.com" });
});

describe("a hosted zone", () => {
  const checks = checksWith({ name: "api.example.com", hostedZone: "Z1" });
  const subject = "hosted zone of api.example.com";
  const zone = (Name: string, PrivateZone = false) => ({
    GetHostedZone: () => ({ HostedZone: { Name, Config: { PrivateZone } } }),
  });

  test.each([
    ["example.com.", false, "it does"],
    ["api.example.com.", false, "it does"],
    ["ample.com.", false, "it is for ample.com."],
    ["example.com.", true, "example.com. is private"],
  ])("for %s, private: %s", async (name, isPrivate, expected) => {
    const answer = await answerTo(checks, subject, zone(name, isPrivate));
    expect(answer).toMatchObject({ found: expected, status: expected === "it does" ? "fine" : "fails" });
  });

  test("that is not there, or somebody else's", async () => {
    const none = { GetHostedZone: missing("NoSuchHostedZone") };
    expect(await answerTo(checks, subject, none)).toMatchObject({
      status: "fails",
      found: "there is no such zone",
    });
    const denied = { GetHostedZone: missing("AccessDenied", 403) };
    expect(await answerTo(checks, subject, denied)).toMatchObject({
      status: "fails",
      found: "it is denied: AccessDenied by the test",
    });
  });
});

test("a front without a domain of its own needs neither", () => {
  expect(checksWith(undefined)).toEqual([]);
});
