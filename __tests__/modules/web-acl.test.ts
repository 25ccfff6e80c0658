import type { FleetFile } from "../../fleet/schema/fleet-file";
import { FrontWebAcl } from "../../modules/web-acl";
import { fleetOf, smallFile } from "../support/fleet";
import { scratchStack } from "../support/scratch-stack";
import { type Attributes, onlyResource } from "../support/synth";

function webAclOf(file: FleetFile): Attributes {
  const stack = scratchStack("us-east-1", (scope, provider) => {
    const [cell] = fleetOf(file).cells;
    if (!cell) throw new Error("no cell");
    new FrontWebAcl(scope, "web-acl", { provider, cell, webAcl: { rateLimit: 500 } });
  });
  return onlyResource(stack, "aws_wafv2_web_acl");
}

interface Rule extends Attributes {
  readonly name: string;
  readonly priority: number;
}

const rulesOf = (acl: Attributes) => acl.rule as readonly Rule[];

describe("a web ACL", () => {
  let acl: Attributes;

  beforeAll(() => {
    acl = webAclOf(smallFile);
  });

  test("is made for CloudFront, and lets through what no rule blocks", () => {
    expect(acl).toMatchObject({
      name: "acme_globex",
      scope: "CLOUDFRONT",
      default_action: { allow: {} },
    });
  });

  test("answers 429 to an address with too many requests in five minutes, before anything else", () => {
    expect(rulesOf(acl).map(({ name, priority }) => [name, priority])).toEqual([
      ["rate-limit", 0],
      ["known-bad-inputs", 1],
      ["common", 2],
    ]);
    expect(rulesOf(acl)[0]).toMatchObject({
      action: { block: { custom_response: { response_code: 429 } } },
      statement: {
        rate_based_statement: { limit: 500, evaluation_window_sec: 300, aggregate_key_type: "IP" },
      },
    });
  });

  test("leaves AWS's managed rules their own actions", () => {
    const groups = rulesOf(acl).slice(1);
    expect(groups.map(({ statement }) => statement)).toEqual([
      {
        managed_rule_group_statement: { vendor_name: "AWS", name: "AWSManagedRulesKnownBadInputsRuleSet" },
      },
      { managed_rule_group_statement: { vendor_name: "AWS", name: "AWSManagedRulesCommonRuleSet" } },
    ]);
    for (const group of groups) expect(group.override_action).toEqual({ none: {} });
  });

  test("can be given up: the distribution lets go of it before it is deleted", () => {
    expect(acl.lifecycle).toEqual({ create_before_destroy: true });
  });

  test("counts in CloudWatch, and keeps samples of requests", () => {
    for (const part of [acl, ...rulesOf(acl)]) {
      expect(part.visibility_config).toMatchObject({
        cloudwatch_metrics_enabled: true,
        sampled_requests_enabled: true,
      });
    }
  });
});

test.each([{ zone: "eu" }, { zones: ["eu"] }])(
  "with %o no sample of a request is kept in us-east-1",
  (data) => {
    const [cell] = Object.values(smallFile.cells);
    if (!cell) throw new Error("the small fleet has a cell");
    const acl = webAclOf({
      ...smallFile,
      zones: { eu: { regions: ["eu-central-1", "eu-west-1"], countries: ["EU"] } },
      cells: { globex: { ...cell, ...data } },
    });
    for (const part of [acl, ...rulesOf(acl)]) {
      expect(part.visibility_config).toMatchObject({ sampled_requests_enabled: false });
    }
  },
);
