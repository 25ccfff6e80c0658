import { ControltowerLandingZone } from "@cdktf/provider-aws/lib/controltower-landing-zone";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import type { LandingZone } from "../fleet/foundation/model";
import { letGo } from "./let-go";

/** What a landing zone is made of. */
export interface ControlTowerLandingZoneProps {
  /** Of the management account, in what becomes the home region. */
  readonly provider: AwsProvider;
  readonly landingZone: LandingZone;
  readonly logArchiveId: string;
  readonly auditId: string;
}

/** What leaves a landing zone standing that the fleet file has no more. */
export const landingZoneLetGo = letGo("aws_controltower_landing_zone.landing_zone");

/**
 * Control Tower's landing zone: trails, recorders and the two accounts that see them, in all regions of the fleet. To take
 * it down takes hours and touches every account, so a plan that would is refused.
 */
export class LandingZoneOfFleet extends Construct {
  readonly element: ControltowerLandingZone;

  constructor(scope: Construct, id: string, props: ControlTowerLandingZoneProps) {
    super(scope, id);
    const { landingZone, provider } = props;
    this.element = new ControltowerLandingZone(this, "landing_zone", {
      provider,
      version: landingZone.version,
      manifestJson: JSON.stringify(manifest(props)),
      lifecycle: { preventDestroy: true },
    });
    this.element.overrideLogicalId("landing_zone");
  }
}

/**
 * The manifest, by the schema of its version: https://docs.aws.amazon.com/controltower/latest/userguide/landing-zone-schemas.html.
 * Days are text, as the provider reads them back as text, and would find a change in every plan otherwise.
 */
function manifest({ auditId, landingZone, logArchiveId }: ControlTowerLandingZoneProps): object {
  const { governedRegions, logRetentionDays, security, version } = landingZone;
  const bucket = { retentionDays: String(logRetentionDays) };
  const configurations = { loggingBucket: bucket, accessLoggingBucket: bucket };
  const common = {
    governedRegions,
    centralizedLogging: { accountId: logArchiveId, configurations, enabled: true },
    accessManagement: { enabled: true },
  };
  if (Number.parseInt(version, 10) < 4) {
    return {
      ...common,
      organizationStructure: { security: { name: security } },
      securityRoles: { accountId: auditId },
    };
  }
  // From 4.0 on, each part says whether it is there, and the units are the organization's own business. AWS Config, which
  // was part of every landing zone before, collects in the audit account as it did; the roles for security need it, and
  // Identity Center needs these. AWS Backup would take two more accounts, and a key.
  // https://docs.aws.amazon.com/controltower/latest/userguide/lz-api-launch.html
  // https://docs.aws.amazon.com/controltower/latest/userguide/key-changes-lz-v4.html
  return {
    ...common,
    securityRoles: { accountId: auditId, enabled: true },
    config: { accountId: auditId, configurations, enabled: true },
    backup: { enabled: false },
  };
}
