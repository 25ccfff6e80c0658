import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import {
  Wafv2WebAcl,
  type Wafv2WebAclRule,
  type Wafv2WebAclVisibilityConfig,
} from "@cdktf/provider-aws/lib/wafv2-web-acl";
import { Construct } from "constructs";
import type { Cell, WebAcl } from "../fleet/model";
import { cellName, nameLimits } from "../fleet/names";

/** Whose web ACL it is. */
export interface FrontWebAclProps {
  /** In us-east-1, of the front account: AWS WAF keeps what belongs to CloudFront there. */
  readonly provider: AwsProvider;
  readonly cell: Cell;
  readonly webAcl: WebAcl;
}

/** Seconds over which requests are counted: https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
const rateWindow = 300;

/**
 * AWS's rule groups by the names of their rules, in the order of evaluation. Together they use 900 of the 1,500 units
 * that a web ACL's basic price covers:
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
const managedGroups = {
  "known-bad-inputs": "AWSManagedRulesKnownBadInputsRuleSet",
  common: "AWSManagedRulesCommonRuleSet",
} as const;

/** The AWS WAF web ACL of a front: a rate limit for each address first, then AWS's managed rules. */
export class FrontWebAcl extends Construct {
  /** For the distribution's `webAclId`. */
  readonly arn: string;

  constructor(scope: Construct, id: string, { cell, provider, webAcl }: FrontWebAclProps) {
    super(scope, id);
    const name = cellName(nameLimits.webAcl, cell.fleet, cell.name);
    // WAF keeps samples of requests, viewers' addresses among them, in us-east-1 for three hours.
    const samples = cell.zone === undefined && cell.zones.length === 0;
    const visibility = (metricName: string): Wafv2WebAclVisibilityConfig => ({
      metricName,
      cloudwatchMetricsEnabled: true,
      sampledRequestsEnabled: samples,
    });
    const acl = new Wafv2WebAcl(this, "acl", {
      provider,
      name,
      description: `Protects the front of ${cell.name}`,
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      rule: rules(webAcl, visibility),
      visibilityConfig: visibility(name),
      // One that a distribution uses cannot be deleted: the distribution is changed first.
      lifecycle: { createBeforeDestroy: true },
    });
    this.arn = acl.arn;
  }
}

function rules(
  { rateLimit }: WebAcl,
  visibility: (metricName: string) => Wafv2WebAclVisibilityConfig,
): Wafv2WebAclRule[] {
  return [
    {
      name: "rate-limit",
      priority: 0,
      action: { block: { customResponse: { responseCode: 429 } } },
      // The bindings pass statements on as they are, so their keys are Terraform's.
      statement: {
        rate_based_statement: {
          limit: rateLimit,
          evaluation_window_sec: rateWindow,
          aggregate_key_type: "IP",
        },
      },
      visibilityConfig: visibility("rate-limit"),
    },
    ...Object.entries(managedGroups).map(([name, group], index) => ({
      name,
      priority: index + 1,
      // The actions of the group's own rules.
      overrideAction: { none: {} },
      statement: { managed_rule_group_statement: { vendor_name: "AWS", name: group } },
      visibilityConfig: visibility(name),
    })),
  ];
}
