import type { Problem } from "../diagnostics";
import { findRegion } from "../regions";
import { problem } from "../rules";
import type { CheckInput } from "./check";

/** Regions of the stack set that new accounts do not have from the start. */
export function bootstrap({ file }: CheckInput): readonly Problem[] {
  return (file.bootstrap?.operation?.regionOrder ?? []).flatMap((region, index) => {
    if (!findRegion(region)?.optIn) return [];
    return [
      problem("opt-in-region", ["bootstrap", "operation", "regionOrder", index], {
        message: `every account of the stack set must opt in to region "${region}" first, and a new one has not`,
        fix: "use regions that need no opting in, such as us-east-1",
      }),
    ];
  });
}
