import { join } from "node:path";

/** What is measured. */
export const setUpNames = ["check", "organization", "synth", "default"] as const;

/** One of {@link setUpNames}. */
export type SetUpName = (typeof setUpNames)[number];

/** Programs of others that synthesize the same targets. */
export const peerNames = ["aws-cdk-defaults", "aws-cdk-fast"] as const;

/** One of {@link peerNames}. */
export type PeerName = (typeof peerNames)[number];

/** What the page calls them. */
export const peerLabels: Readonly<Record<PeerName, string>> = {
  "aws-cdk-defaults": "aws-cdk as it comes",
  "aws-cdk-fast": "aws-cdk at its fastest",
};

/** A Node program with what it needs to run. */
export interface SetUp {
  /** Relative to the project's folder. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where it writes, if it does. */
  readonly output?: string;
}

/** Fleet files of the same targets. */
export interface FleetFiles {
  readonly fleet: string;
  /** With an organization around it. */
  readonly organization: string;
}

/**
 * The programs to compare, for one number of targets.
 *
 * @param folder where each gets an output folder of its own
 */
export function setUps(
  { fleet, organization }: FleetFiles,
  folder: string,
): Readonly<Record<SetUpName, SetUp>> {
  const synth = (name: SetUpName, args: readonly string[], env: Readonly<Record<string, string>>): SetUp => {
    const output = join(folder, name);
    return { args, output, env: { MERIDIAN_FLEET: fleet, CDKTF_OUTDIR: output, ...env } };
  };
  return {
    check: check(fleet),
    organization: check(organization),
    synth: synth("synth", ["bin/app.js"], {}),
    default: synth("default", ["node_modules/ts-node/dist/bin.js", "cli/app.ts"], defaultEnv),
  };
}

const check = (fleet: string): SetUp => ({ args: ["bin/meridian.js", "check", "--fleet", fleet], env: {} });

/** `npx ts-node cli/app.ts`, as `cdktf init` sets a TypeScript project up, without the time that npx takes. */
const defaultEnv = {
  MERIDIAN_TRACES: "1",
  TS_NODE_TYPE_CHECK: "true",
  // The project's tsconfig.json is for a bundler; these are what `cdktf init` writes into its own.
  TS_NODE_COMPILER_OPTIONS: JSON.stringify({ module: "commonjs", moduleResolution: "node10" }),
  // `./regions` is regions.ts, as TypeScript has it, and not the regions.json beside it, as Node would.
  TS_NODE_PREFER_TS_EXTS: "true",
};
