import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import type {
  CloudfrontDistribution,
  CloudfrontDistributionViewerCertificate,
} from "@cdktf/provider-aws/lib/cloudfront-distribution";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { Domain } from "../fleet/model";

/** Whose domain it is. */
export interface FrontDomainProps {
  /** In us-east-1, of the front account: CloudFront takes certificates from nowhere else. */
  readonly provider: AwsProvider;
  readonly domain: Domain;
}

/** Seconds that resolvers keep the record that proves the domain to ACM. */
const validationTtl = 60;

/**
 * A front's own domain. With a hosted zone it makes the certificate, the record that proves the domain to ACM and,
 * once there is a distribution, the records that point to it. With a certificate it makes nothing.
 */
export class FrontDomain extends Construct {
  /** The name that viewers use. */
  readonly name: string;
  /** For the distribution's `viewerCertificate`: TLS 1.2 and newer, by server name. */
  readonly viewerCertificate: CloudfrontDistributionViewerCertificate;
  private readonly props: FrontDomainProps;

  constructor(scope: Construct, id: string, props: FrontDomainProps) {
    super(scope, id);
    this.props = props;
    this.name = props.domain.name;
    this.viewerCertificate = {
      acmCertificateArn: this.certificateArn(props),
      sslSupportMethod: "sni-only",
      minimumProtocolVersion: "TLSv1.2_2021",
    };
  }

  /** Lets the domain lead to the distribution, over IPv4 and IPv6, where the hosted zone is known. */
  pointTo(distribution: CloudfrontDistribution): void {
    const { domain, provider } = this.props;
    if (!("hostedZone" in domain)) return;
    for (const type of ["A", "AAAA"]) {
      new Route53Record(this, type.toLowerCase(), {
        provider,
        zoneId: domain.hostedZone,
        name: domain.name,
        type,
        alias: {
          name: distribution.domainName,
          zoneId: distribution.hostedZoneId,
          evaluateTargetHealth: false,
        },
      });
    }
  }

  private certificateArn({ domain, provider }: FrontDomainProps): string {
    if ("certificate" in domain) return domain.certificate;
    const certificate = new AcmCertificate(this, "certificate", {
      provider,
      domainName: domain.name,
      validationMethod: "DNS",
      // One that a distribution uses cannot be deleted: the distribution is changed first, whatever it changes to.
      lifecycle: { createBeforeDestroy: true },
    });
    const proof = certificate.domainValidationOptions.get(0);
    const record = new Route53Record(this, "validation", {
      provider,
      zoneId: domain.hostedZone,
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: validationTtl,
      // ACM asks for the same record for every certificate of a name in an account, older ones among them.
      allowOverwrite: true,
    });
    // Issued only then; a distribution that names a certificate too early is refused.
    const validation = new AcmCertificateValidation(this, "validated", {
      provider,
      certificateArn: certificate.arn,
      validationRecordFqdns: [record.fqdn],
    });
    return validation.certificateArn;
  }
}
