import type { Problem } from "../fleet/diagnostics";
import type { CheckInput } from "../fleet/text/structure";
import { problem } from "./rules";

/**
 * The status codes by which CloudFront sees a lost region:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
 */
const outageCodes = [503, 504] as const;

/** Fronts that would not fail over when they have to. */
export function failover({ file }: CheckInput): readonly Problem[] {
  return Object.entries(file.cells).flatMap(([cell, { front }]) => {
    const missing = outageCodes.filter((code) => front?.failoverOn && !front.failoverOn.includes(code));
    if (missing.length === 0) return [];
    return [
      problem("failover-without-outage", ["cells", cell, "front", "failoverOn"], {
        message: `reads of cell "${cell}" do not fail over on ${missing.join(" and ")}`,
        fix: `add ${missing.join(" and ")}`,
        atKey: true,
      }),
    ];
  });
}
