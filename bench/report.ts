import os from "node:os";
import type { DrillResult } from "./drill";
import type { Measured } from "./measure";
import peersPackage from "./peers/package.json";
import type { PlanResult, TreeMeasured } from "./plan";
import {
  type Aim,
  aims,
  drillAims,
  growth,
  inMegabytes,
  inSeconds,
  peerAims,
  planAims,
  ratio,
  type SizeResult,
  timesByHand,
} from "./results";
import { peersHeading, plansHeading, whatIsMeasured } from "./sections";
import { peerLabels, peerNames, type SetUpName, setUpNames } from "./set-ups";

const labels: Readonly<Record<SetUpName, string>> = {
  check: "`check`",
  organization: "`check` in an organization",
  synth: "synth",
  extended: "synth with a table and an extension",
  default: "default set-up",
};

/** The machine in general terms: no name, no path. */
export function machine(): string {
  const [cpu] = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${os.cpus().length} cores (${cpu?.model.trim() || os.arch()}), ${memory} GB of memory, ${os.type()} ${os.arch()}, Node ${process.versions.node}`;
}

/** All figures, one row per fleet and program. */
export function figuresTable(results: readonly SizeResult[]): string {
  const rows = results.flatMap((result) =>
    setUpNames.map((name) => {
      const { peakBytes, runs, seconds } = result.measured[name];
      const ratios = (["seconds", "peakBytes"] as const).map((figure) =>
        isCompared(name) ? `${ratio(result, name, figure).toFixed(1)} ×` : "",
      );
      const count = result.targets.toLocaleString("en");
      return [count, labels[name], inSeconds(seconds), inMegabytes(peakBytes), ...ratios, String(runs)];
    }),
  );
  const head = ["targets", "", "wall time", "peak memory", "default ÷ this: time", "memory", "runs"];
  return table(head, "rlrrrrr", rows);
}

/** Whether the default set-up does as much: it is neither held against itself, nor against an organization's fleet. */
const isCompared = (name: SetUpName) => name === "check" || name === "synth";

/** How the times grow from 100 to 1,000 targets; empty where those were not measured. */
export function growthTable(results: readonly SizeResult[]): string {
  const rows = setUpNames.flatMap((name) => {
    const factor = growth(results, name);
    return factor ? [[labels[name], factor.plain.toFixed(1), factor.net.toFixed(1)]] : [];
  });
  if (rows.length === 0) return "";
  return table(["", "100 → 1,000 targets", "the same without start-up"], "lrr", rows);
}

/** Synth of the same targets by Meridian and by others; empty where the others were not measured. */
export function peersTable(results: readonly SizeResult[]): string {
  const rows = results.flatMap(({ measured, peers, targets }) => {
    if (!peers) return [];
    const { synth } = measured;
    const row = (label: string, { peakBytes, runs, seconds }: Measured) => [
      targets.toLocaleString("en"),
      label,
      inSeconds(seconds),
      inMegabytes(peakBytes),
      ...[seconds / synth.seconds, peakBytes / synth.peakBytes].map((times) => `${times.toFixed(1)} ×`),
      String(runs),
    ];
    return [
      row(labels.synth, synth),
      row(labels.default, measured.default),
      ...peerNames.map((name) => row(peerLabels[name], peers[name])),
    ];
  });
  if (rows.length === 0) return "";
  return table(
    ["targets", "", "wall time", "peak memory", "this ÷ synth: time", "memory", "runs"],
    "rlrrrrr",
    rows,
  );
}

/** The part of the page that only `--peers` measures. It is kept by other runs, so it says when and where it was. */
export function peersSection(results: readonly SizeResult[], date: string): string {
  const { "aws-cdk-lib": version } = peersPackage.dependencies;
  return `${peersHeading}

Measured on ${date}: ${machine()}, aws-cdk-lib ${version}.

${aimsTable(peerAims(results))}

${peersTable(results)}
`;
}

/** `meridian plan` of large fleets, and of a change in a few stacks beside the same by hand; empty where not measured. */
export function plansTable(plans: PlanResult | undefined): string {
  if (!plans) return "";
  const row = (what: string, stacks: number, measured: TreeMeasured, times: readonly string[] = ["", ""]) => [
    what,
    stacks.toLocaleString("en"),
    inSeconds(measured.seconds),
    inSeconds(measured.cpuSeconds),
    inMegabytes(measured.peakBytes),
    ...times,
    String(measured.runs),
  ];
  const rows = [
    row("nothing changed", plans.stacks, plans.unchanged),
    row("every target changed, no Terraform", plans.stacks, plans.allChanged),
    ...plans.changed.flatMap((result) => {
      const folders = result.initialized ? "initialized before" : "new";
      const times = (["seconds", "cpuSeconds"] as const).map(
        (figure) => `${timesByHand(result, figure).toFixed(2)} ×`,
      );
      return [
        row(`a change, folders ${folders}`, result.stacks, result.meridian, times),
        row(`the same by hand, folders ${folders}`, result.stacks, result.byHand),
      ];
    }),
  ];
  const head = [
    "",
    "stacks",
    "wall time",
    "computed",
    "peak memory",
    "this ÷ by hand: wall time",
    "computed",
    "runs",
  ];
  return table(head, "lrrrrrrr", rows);
}

/** The part of the page that only `--plan` measures. It is kept by other runs, so it says when and where it was. */
export function plansSection(plans: PlanResult, date: string): string {
  return `${plansHeading}

Measured on ${date}: ${machine()}.

${aimsTable(planAims(plans))}

${plansTable(plans)}

- **Nothing changed**: \`meridian plan\` of 1,000 targets whose states (\`bench/generate-states.ts\`) show what the fleet
  file says. The synth is part of it. No stack is left to ask Terraform about.
- **Every target changed**: another value in the environment of the service, and in Terraform's place a program that
  answers every time with the same plan of 150 kB: what is measured is whether anything of the plans is kept.
- **A change**: in the stacks of six targets that are deployed to the sandbox, with Terraform, two stacks at a time, beside
  \`terraform init\` and \`terraform plan\` in the same folders, two at a time. Meridian loads the fleet, synthesizes
  it and asks for each plan as JSON besides. It leaves \`init\` out where Terraform does not ask for it.
- **Wall time** is of the whole process, Node's start included, **computed** of it and all that it starts, on all cores.
- **Peak memory**: the most that the process and all that it starts had at one time, looked up every 25 ms. What they
  share counts for each of them.
`;
}

/** The drill of every fleet that it is measured with. */
export function drillTable(results: readonly DrillResult[]): string {
  const rows = results.map(({ measured, regions, zones }) => [
    String(regions),
    String(zones),
    inSeconds(measured.seconds),
    inMegabytes(measured.peakBytes),
    String(measured.runs),
  ]);
  return table(["regions", "zones", "wall time", "peak memory", "runs"], "rrrrr", rows);
}

/** What was aimed at and what was reached; empty where nothing was. */
export function aimsTable(reached: readonly Aim[]): string {
  const rows = reached.map(({ aim, measured, met }: Aim) => [aim, measured, met ? "met" : "**missed**"]);
  return rows.length > 0 ? table(["aim", "measured", ""], "lrl", rows) : "";
}

/**
 * A table of Markdown.
 *
 * @param alignment a letter for each column: `l` or `r`
 */
export function table(
  head: readonly string[],
  alignment: string,
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = [...alignment].map((side) => (side === "r" ? "---:" : "---"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/**
 * The page docs/benchmarks.md.
 *
 * @param peers {@link peersSection} or `keptPeers`
 * @param plans `keptPlans`
 * @param pipeline what `pipelineSection` computes
 */
export function page(
  results: readonly SizeResult[],
  drills: readonly DrillResult[],
  { peers, pipeline, plans }: { readonly peers: string; readonly pipeline: string; readonly plans: string },
  date: string,
): string {
  return `<!-- Written by \`npm run bench\`. Change bench/report.ts instead. -->
# Benchmarks

\`npm run bench\` measures this and rewrites the page; it takes a few minutes. \`npm run bench -- --quick\` leaves the
largest fleet out and only prints, \`--drill\` leaves all but the drill out; \`--json\` prints the figures as JSON.
\`--peers\` installs aws-cdk in \`bench/peers/\` and measures it as well; without it, that section stays as it was.
\`--plan\` measures \`meridian plan\`, and that alone, and rewrites its section; it needs Linux and Terraform, as does
\`--deploy\`, which measures what the deploy of a stack computes, and prints it. \`--pipeline\` simulates a rollout, and
rewrites that section alone.

Measured on ${date}: ${machine()}.

## Aims

${aimsTable([...aims(results), ...drillAims(drills)])}

${peers}
## Figures

${figuresTable(results)}

Growth of the wall time with the fleet; 10 would be in proportion, and 11 without start-up, for which the time of
10 targets is taken:

${growthTable(results)}

## The drill

\`meridian drill\` runs the router for every country, both classes of methods and every set of drained regions, and
judges what it decided in every state of the regions: all of them up to six regions, two not up at a time beyond.

${drillTable(drills)}

${plans}
${pipeline}
${whatIsMeasured}
- **The fleets** (\`bench/generate-fleet.ts\`): one service; a cell for every two targets, with a tenant and an account
  of its own. 1,000 targets are 500 cells and 1,500 Terraform stacks.
- **\`check\`**: \`meridian check\`. Parses the file, runs every check, bundles the handler.
- **\`check\` in an organization**: the same of a fleet with as many targets, its accounts in three units of an
  organization with a region guardrail, a bootstrap and a bucket for the state. Holds every call that the stacks make
  against the policies.
- **synth**: the app as \`cdktf synth\` runs it (\`node bin/app.js\`), from the fleet file to the JSON of all stacks.
- **synth with a table and an extension**: each cell shares a table between its two regions, and an extension of the
  project's own main.ts adds a queue to each target and gives the handler its address.
- **default set-up**: the same app as a project fresh from \`cdktf init\` runs it: ts-node with type checking, CDKTF
  with its stack traces. Both write the same bytes, which the script verifies.
- **aws-cdk** (\`bench/peers/aws-cdk.js\`): the same targets as an aws-cdk app, run until \`app.synth()\` has written
  \`cdk.out\`. A stack each with log group, role, function, version, alias, function URL and the two permissions of
  CloudFront, as our target stacks have them, made with aws-cdk's own constructs rather than the generated \`Cfn\`
  ones. Plain JavaScript: nothing is compiled, and no CDK CLI runs. The targets are read from JSON, and the function is
  a zip made before: aws-cdk is spared the checks, the bundling and the 500 fronts that are part of our synth. The
  script verifies that each target has its stack, in its account and region, with these resources and no others.
- **as it comes**: \`new App()\` with the library's own settings. Among other things it validates every template.
- **at its fastest**: all that aws-cdk can do without is off: that validation, stack traces, the construct tree,
  metadata, statistics, the check of the bootstrap version.
- **drill**: \`meridian drill\` of one cell (\`bench/drill-fleet.ts\`), synth included; the median of three runs.
- **Wall time**: of the whole process, Node's start included, compilation to \`dist/\` not (it is done once per change
  of the sources). Neither \`npx\` nor the CDKTF CLI around it is counted.
- **Peak memory**: the largest resident set of the process itself. The helper process of esbuild, which bundles
  handlers, is not counted.
- The programs run in turn, after one run of each that is not counted, and the table has the medians. What takes over
  20 s runs once. Every run has an environment and an output folder of its own.

Most of what a large synth still needs is CDKTF's own work on each stack: resolving its values three times, sorting and
writing its JSON.
`;
}
