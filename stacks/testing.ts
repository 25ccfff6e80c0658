// What tests of extensions import; in an installed project it is meridian/testing.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { checkFleet } from "../check/load";
import { UserError } from "../fleet/errors";
import type { Cell, Fleet } from "../fleet/model";
import { dataStackName } from "../fleet/names";
import { quoted, suggest } from "../fleet/wording";
import type { Extension } from "./extensions/extension";
import { factsOf } from "./extensions/facts";
import { synthHere } from "./synth-here";

/** What to synthesize in a test. */
export interface TestFleet {
  /** Path of a fleet file, or its text, which has more than one line. */
  readonly fleet: string;
  /** With a text: where the sources of services are found. @default the working directory */
  readonly folder?: string;
  /** @default none */
  readonly extensions?: readonly Extension[];
}

/** Attributes by name, as Terraform JSON has them. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A stack, as Terraform will read it, without what CDKTF notes for itself (`//`). */
export interface StackJson {
  /** By type, then by id. */
  readonly resource: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  /** Data sources: by type, then by id. */
  readonly data: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  readonly output: Readonly<Record<string, Attributes>>;
  readonly provider: Readonly<Record<string, readonly Attributes[]>>;
  readonly terraform: Attributes;
}

/** A synthesized fleet. Everything in it throws an error that says what there is, where something is not. */
export interface SynthesizedFleet {
  /** As the checks left it, with all defaults and names. */
  readonly fleet: Fleet;
  /** The stack that holds a target. The cell has to be said where several are in that account and region. */
  target(account: string, region: string, cell?: string): StackJson;
  /** The stack of a cell's front. */
  front(cell: string): StackJson;
  /** The stack of what a cell's regions share. */
  data(cell: string): StackJson;
  stack(name: string): StackJson;
}

/**
 * Checks and synthesizes a fleet as a deploy would, for a test: into a folder that is gone afterwards, with nothing of AWS.
 *
 * @throws {UserError} the fleet has errors, or an extension does what none may
 * @example
 * const fleet = await synthesizeFleet({ fleet: "fleet.yaml", extensions: [mailQueue] });
 * expect(fleet.target("globex", "eu-central-1").resource.aws_sqs_queue).toMatchSnapshot();
 */
export async function synthesizeFleet({
  extensions = [],
  fleet: written,
  folder = ".",
}: TestFleet): Promise<SynthesizedFleet> {
  const isText = written.includes("\n");
  const file = isText ? join(resolve(folder), "fleet.yaml") : written;
  const { checked, diagnostics } = await checkFleet(file, {
    extensions: extensions.map(factsOf),
    text: isText ? written : undefined,
  });
  if (!checked) {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const lines = errors.map(
      ({ code, column, fix, line, message }) => `\n    ${line}:${column} ${code}: ${message} (fix: ${fix})`,
    );
    throw new UserError(
      `${isText ? "the fleet" : file} does not pass the checks:${lines.join("")}`,
      "nothing is made from a fleet that fails a check",
      isText
        ? `correct what is listed; sources are looked for in ${dirname(file)}`
        : "correct what is listed; `npx meridian check` shows it again",
    );
  }
  const outdir = mkdtempSync(join(tmpdir(), "meridian-testing-"));
  try {
    synthHere(checked, outdir, { extensions });
    return accessTo(checked.fleet, readStacks(outdir));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function readStacks(outdir: string): ReadonlyMap<string, StackJson> {
  const folder = join(outdir, "stacks");
  return new Map(
    readdirSync(folder).map((name) => {
      const text = readFileSync(join(folder, name, "cdk.tf.json"), "utf8");
      const json = JSON.parse(text, (key, value) => (key === "//" ? undefined : value));
      return [name, { resource: {}, data: {}, output: {}, ...json }];
    }),
  );
}

function accessTo(fleet: Fleet, stacks: ReadonlyMap<string, StackJson>): SynthesizedFleet {
  const stack = (name: string) => stacks.get(name) ?? missing("stack", name, [...stacks.keys()]);
  const cellOf = (name: string) =>
    fleet.cells.find((cell) => cell.name === name) ??
    missing(
      "cell",
      name,
      fleet.cells.map((cell) => cell.name),
    );
  return {
    fleet,
    stack,
    front: (cell) => stack(cellOf(cell).front.stack),
    data: (cell) => stack(dataStackName(cellOf(cell).name)),
    target: (account, region, cell) =>
      stack(targetStack(cell === undefined ? fleet.cells : [cellOf(cell)], account, region)),
  };
}

/** Name of the stack of the one target that is meant. */
function targetStack(cells: readonly Cell[], account: string, region: string): string {
  const all = cells.flatMap((cell) => cell.targets.map((target) => ({ cell: cell.name, target })));
  const found = all.filter(({ target }) => target.account.name === account && target.region === region);
  const [first, second] = found;
  if (first && !second) return first.target.stack;
  const place = `${account} ${region}`;
  if (!first)
    return missing(
      "target",
      place,
      all.map(({ target }) => `${target.account.name} ${target.region}`),
    );
  throw new UserError(
    `${found.length} targets are in ${place}`,
    "each has a stack of its own",
    `say which cell is meant: ${found.map(({ cell }) => cell).join(", ")}`,
  );
}

function missing(kind: string, name: string, known: readonly string[]): never {
  throw new UserError(
    `the fleet has no ${kind} ${quoted(name)}`,
    "the test looks at something that is not synthesized",
    known.length === 0 ? `add one to the fleet of the test` : suggest(name, known),
  );
}
