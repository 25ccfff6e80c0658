import type { DrillResult } from "./drill";
import type { Measured } from "./measure";
import type { ChangedResult, PlanResult } from "./plan";
import { type PeerName, peerLabels, peerNames, type SetUpName } from "./set-ups";

/** What one fleet took. */
export interface SizeResult {
  readonly targets: number;
  readonly measured: Readonly<Record<SetUpName, Measured>>;
  /** How many times as many elements a table and an extension for each target make of the Terraform JSON. */
  readonly added: number;
  /** Where they were asked for. */
  readonly peers?: Readonly<Record<PeerName, Measured>>;
}

/** How many times as long, or as much memory, the default set-up takes. */
export function ratio({ measured }: SizeResult, name: SetUpName, figure: "seconds" | "peakBytes"): number {
  return measured.default[figure] / measured[name][figure];
}

/** How many times as long ten times the targets take; undefined where one of the sizes was not measured. */
export interface Growth {
  /** As measured, start-up included. */
  readonly plain: number;
  /** Without what the smallest fleet takes, which is start-up for the most part. In proportion it is 11. */
  readonly net: number;
}

/** Growth from 100 to 1,000 targets. Undefined where those were not measured. */
export function growth(results: readonly SizeResult[], name: SetUpName): Growth | undefined {
  const [t10, t100, t1000] = [10, 100, 1000].map(
    (size) => results.find(({ targets }) => targets === size)?.measured[name].seconds,
  );
  if (t10 === undefined || t100 === undefined || t1000 === undefined) return undefined;
  return { plain: t1000 / t100, net: (t1000 - t10) / (t100 - t10) };
}

/** What the project wants to reach, and what it does. */
export interface Aim {
  readonly aim: string;
  readonly measured: string;
  readonly met: boolean;
}

/** The aims, where 1,000 targets were measured. Figures are rounded to our disadvantage, and judged as rounded. */
export function aims(results: readonly SizeResult[]): readonly Aim[] {
  const large = results.find(({ targets }) => targets === 1000);
  if (!large) return [];
  const { check, synth } = large.measured;
  const seconds = Math.ceil(check.seconds * 100) / 100;
  const faster = Math.floor(ratio(large, "synth", "seconds") * 10) / 10;
  const peakBytes = Math.ceil(Math.max(check.peakBytes, synth.peakBytes) / 1e6) * 1e6;
  return [
    { aim: "`check` of 1,000 targets in less than 1 s", measured: inSeconds(seconds), met: seconds < 1 },
    {
      aim: "synth of 1,000 targets at least 10 times as fast as the default CDKTF set-up",
      measured: `${faster.toFixed(1)} times`,
      met: faster >= 10,
    },
    { aim: "both in less than 500 MB", measured: inMegabytes(peakBytes), met: peakBytes < 500e6 },
    addedAim(large),
    growthAim(results, "check", "`check`"),
    growthAim(results, "synth", "synth"),
  ];
}

/** The aim against others, where 1,000 targets were measured with them: once for each way to run them. */
export function peerAims(results: readonly SizeResult[]): readonly Aim[] {
  const { measured, peers } = results.find(({ targets }) => targets === 1000) ?? {};
  if (!measured || !peers) return [];
  return peerNames.map((name) => {
    const faster = Math.floor((peers[name].seconds / measured.synth.seconds) * 10) / 10;
    return {
      aim: `synth of 1,000 targets at least 5 times as fast as ${peerLabels[name]}`,
      measured: `${faster.toFixed(1)} times`,
      met: faster >= 5,
    };
  });
}

/** The aim of the drill, where it was measured. Judged by the slowest fleet. */
export function drillAims(results: readonly DrillResult[]): readonly Aim[] {
  if (results.length === 0) return [];
  const slowest = Math.ceil(Math.max(...results.map(({ measured }) => measured.seconds)) * 100) / 100;
  return [
    {
      aim: "`drill` of 1 to 10 regions and 1 to 3 zones in less than 10 s each",
      measured: inSeconds(slowest),
      met: slowest < 10,
    },
  ];
}

/**
 * The aims of `meridian plan`, where it was measured. What is compared is what takes longer beside the work by hand: the
 * time that passes, or the time that is computed.
 */
export function planAims(plans: PlanResult | undefined): readonly Aim[] {
  if (!plans) return [];
  const { allChanged, changed, stacks, unchanged } = plans;
  const fleet = `${stacks.toLocaleString("en")} stacks`;
  const seconds = Math.ceil(unchanged.seconds * 100) / 100;
  return [
    {
      aim: `\`plan\` of ${fleet}, unchanged, in less than 10 s`,
      measured: inSeconds(seconds),
      met: seconds < 10,
    },
    memoryAim(`\`plan\` of ${fleet}, unchanged, in less than 500 MB`, unchanged.peakBytes),
    memoryAim(`\`plan\` of ${fleet}, every target changed, in less than 500 MB`, allChanged.peakBytes),
    ...changed.map((result) => {
      const times =
        Math.ceil(Math.max(timesByHand(result, "seconds"), timesByHand(result, "cpuSeconds")) * 100) / 100;
      const folders = result.initialized ? "initialized before" : "new";
      return {
        aim: `\`plan\` of a change in ${result.stacks} stacks, folders ${folders}: at most 1.2 times \`terraform init\` and \`plan\` by hand`,
        measured: `${times.toFixed(2)} times`,
        met: times <= 1.2,
      };
    }),
  ];
}

/** How many times as much `meridian plan` takes. */
export function timesByHand({ byHand, meridian }: ChangedResult, figure: "seconds" | "cpuSeconds"): number {
  return meridian[figure] / byHand[figure];
}

function memoryAim(aim: string, peakBytes: number): Aim {
  const bytes = Math.ceil(peakBytes / 1e6) * 1e6;
  return { aim, measured: inMegabytes(bytes), met: bytes < 500e6 };
}

/** Judged with a tenth more: start-up, which is the same, is on our side, and loading the extension is not. */
function addedAim({ added, measured }: SizeResult): Aim {
  const times = Math.ceil((measured.extended.seconds / measured.synth.seconds) * 100) / 100;
  const most = Math.floor(added * 1.1 * 100) / 100;
  return {
    aim: `synth with a table and an extension for each target, which are ${added.toFixed(2)} times as many elements: at most ${most.toFixed(2)} times as long`,
    measured: `${times.toFixed(2)} times`,
    met: times <= most,
  };
}

function growthAim(results: readonly SizeResult[], name: SetUpName, label: string): Aim {
  const factor = Math.ceil((growth(results, name)?.plain ?? Number.NaN) * 10) / 10;
  return {
    aim: `${label} of 10 times the targets (100 to 1,000) takes at most 11 times as long`,
    measured: `${factor.toFixed(1)} times`,
    met: factor <= 11,
  };
}

/** `1.23 s` */
export function inSeconds(seconds: number): string {
  return `${seconds.toFixed(2)} s`;
}

/** `123 MB`, of a million bytes each. */
export function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
