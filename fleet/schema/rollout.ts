import { z } from "zod";

const percent = (from: number, pattern: RegExp) =>
  z.string().regex(pattern, `a share from ${from}% to 100%, or a whole number without quotes`);

/** Of a wave, or at once: at least one cell, or it would never end. */
const share = [percent(1, /^(100|[1-9]\d?)%$/), z.int().min(1)] as const;

const wave = z.union([z.array(z.string()).min(1), ...share]);

/** How the cells of one stage are rolled out, in the words of CloudFormation's StackSets. */
export const rollout = z.strictObject({
  waves: z
    .array(wave)
    .min(1)
    .optional()
    .describe(
      'Parts of the stage, one after the other: lists of cells, or shares of the rest: [[globex], "10%", "100%"]. Default: ["100%"].',
    ),
  concurrency: z
    .union(share)
    .optional()
    .describe("Cells of a wave at once: a number, or a share such as 20%. Default: 10."),
  failureTolerance: z
    .union([percent(0, /^(100|[1-9]?\d)%$/), z.int().min(0)])
    .optional()
    .describe("Cells of a wave that may fail: a number, or a share such as 5%. Default: 0."),
  regions: z
    .enum(["one-at-a-time", "parallel"])
    .optional()
    .describe("How the regions of a cell follow each other. Default: one-at-a-time."),
  bake: z
    .string()
    .regex(/^\d{1,4}[smh]$/, "a number of seconds, minutes or hours, such as 30s, 10m or 2h")
    .optional()
    .describe("How long to wait between two waves, e.g. 10m. Default: 0s."),
  verify: z
    .strictObject({
      path: z
        .string()
        .regex(/^\/[^\s*?#]*$/, 'a path that starts with "/", without wildcards')
        .describe('Path to ask for, e.g. "/health".'),
      status: z.int().min(200).max(599).optional().describe("Status code of the right answer. Default: 200."),
    })
    .optional()
    .describe("The request that each function URL and the front must answer after each region."),
  rollback: z
    .enum(["automatic", "manual"])
    .optional()
    .describe(
      "Who takes a region back to its last release that fails its verification. Default: automatic with verify, else manual.",
    ),
});
