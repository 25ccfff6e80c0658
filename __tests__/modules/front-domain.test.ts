import { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import type { Domain } from "../../fleet/model";
import { FrontDomain } from "../../modules/front-domain";
import { scratchStack } from "../support/scratch-stack";
import { type Attributes, onlyResource, type StackJson } from "../support/synth";

function domainStack(domain: Domain): StackJson {
  return scratchStack("us-east-1", (stack, provider) => {
    const made = new FrontDomain(stack, "domain", { provider, domain });
    const distribution = new CloudfrontDistribution(stack, "distribution", {
      provider,
      enabled: true,
      origin: [{ originId: "a", domainName: "a.example.net" }],
      defaultCacheBehavior: {
        targetOriginId: "a",
        viewerProtocolPolicy: "https-only",
        allowedMethods: ["GET", "HEAD"],
        cachedMethods: ["GET", "HEAD"],
      },
      restrictions: { geoRestriction: { restrictionType: "none" } },
      aliases: [made.name],
      viewerCertificate: made.viewerCertificate,
    });
    made.pointTo(distribution);
  });
}

describe("a domain in a hosted zone", () => {
  let stack: StackJson;
  let records: readonly Attributes[];

  beforeAll(() => {
    stack = domainStack({ name: "api.example.com", hostedZone: "Z0123456789ABC" });
    records = Object.values(stack.resource.aws_route53_record ?? {});
  });

  test("gets a certificate that ACM renews by itself", () => {
    expect(onlyResource(stack, "aws_acm_certificate")).toMatchObject({
      domain_name: "api.example.com",
      validation_method: "DNS",
    });
  });

  test("proves itself to ACM, even where an older certificate has left the same record", () => {
    const proof = records.find(({ type }) => type !== "A" && type !== "AAAA");
    expect(proof).toMatchObject({
      zone_id: "Z0123456789ABC",
      allow_overwrite: true,
      name: expect.stringMatching(/^\$\{tolist\(.*domain_validation_options\)\.0\.resource_record_name\}$/),
      records: [expect.stringMatching(/resource_record_value\}$/)],
    });
  });

  test("is served only once its certificate is issued, with TLS 1.2 or newer", () => {
    expect(onlyResource(stack, "aws_cloudfront_distribution").viewer_certificate).toEqual({
      acm_certificate_arn: expect.stringMatching(
        /^\$\{aws_acm_certificate_validation\..*\.certificate_arn\}$/,
      ),
      ssl_support_method: "sni-only",
      minimum_protocol_version: "TLSv1.2_2021",
    });
    expect(onlyResource(stack, "aws_acm_certificate_validation").validation_record_fqdns).toEqual([
      expect.stringMatching(/aws_route53_record\..*\.fqdn/),
    ]);
  });

  test("leads to the distribution over IPv4 and IPv6", () => {
    const aliases = records.filter(({ alias }) => alias !== undefined);
    expect(aliases.map(({ name, type }) => [name, type])).toEqual([
      ["api.example.com", "A"],
      ["api.example.com", "AAAA"],
    ]);
    for (const { alias, zone_id } of aliases) {
      expect(zone_id).toBe("Z0123456789ABC");
      expect(alias).toEqual({
        name: expect.stringContaining("aws_cloudfront_distribution.distribution.domain_name"),
        zone_id: expect.stringContaining("aws_cloudfront_distribution.distribution.hosted_zone_id"),
        evaluate_target_health: false,
      });
    }
  });

  test("can be given up: the distribution lets go of the certificate before it is deleted", () => {
    expect(onlyResource(stack, "aws_acm_certificate").lifecycle).toEqual({ create_before_destroy: true });
  });
});

test("a domain with a certificate of its own makes nothing", () => {
  const certificate = "arn:aws:acm:us-east-1:333333333333:certificate/0b1c2d3e";
  const stack = domainStack({ name: "api.example.com", certificate });
  expect(Object.keys(stack.resource)).toEqual(["aws_cloudfront_distribution"]);
  expect(onlyResource(stack, "aws_cloudfront_distribution")).toMatchObject({
    aliases: ["api.example.com"],
    viewer_certificate: {
      acm_certificate_arn: certificate,
      ssl_support_method: "sni-only",
      minimum_protocol_version: "TLSv1.2_2021",
    },
  });
});
