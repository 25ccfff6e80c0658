import type { Problem } from "../fleet/diagnostics";
import type { CheckInput } from "../fleet/text/structure";

/** One group of rules. Pure: it reports what it finds and changes nothing. */
export type Check = (input: CheckInput) => Iterable<Problem>;
