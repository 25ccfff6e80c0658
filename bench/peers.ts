import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkFleet } from "../check/load";
import { roleName } from "../fleet/names";
import { projectRoot } from "../fleet/project";
import type { PeerName, SetUp } from "./set-ups";

/** A target as the programs in bench/peers/ read it. */
export interface PeerTarget {
  /** CloudFormation takes letters, digits and hyphens only. */
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  readonly frontAccount: string;
  readonly functionName: string;
  readonly roleName: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** What the peers are given: all that Meridian works out of the fleet file. */
export interface PeerInput {
  /** Path of the JSON that the programs read. */
  readonly file: string;
  readonly targets: readonly PeerTarget[];
}

/**
 * Writes the targets of a fleet of one service as JSON, and its bundle beside them.
 *
 * @param fleetFile as bench/generate-fleet.ts writes it
 * @param folder has to be there
 */
export async function writePeerInput(fleetFile: string, folder: string): Promise<PeerInput> {
  const { checked } = await checkFleet(fleetFile);
  const [bundle] = checked?.bundles.values() ?? [];
  if (!checked || !bundle) throw new Error(`${fleetFile} does not pass its checks`);
  const targets = checked.fleet.cells.flatMap((cell) =>
    cell.services.flatMap((service) =>
      cell.targets.map(({ account, region, stack }) => ({
        stack: stack.replaceAll("_", "-"),
        account: account.id,
        region,
        frontAccount: cell.front.account.id,
        functionName: service.functionName,
        roleName: roleName(cell.fleet, cell.name, service.name, region),
        environment: service.environment,
        tags: { ...cell.tags, "meridian:stack": stack },
      })),
    ),
  );
  const zip = join(folder, bundle.file);
  writeFileSync(zip, bundle.zip);
  const file = join(folder, "peers.json");
  writeFileSync(file, JSON.stringify({ targets, zip }));
  return { file, targets };
}

/** A program that writes. */
type PeerSetUp = SetUp & { readonly output: string };

/**
 * The programs, for one fleet.
 *
 * @param folder where each gets an output folder of its own
 */
export function peerSetUps({ file }: PeerInput, folder: string): Readonly<Record<PeerName, PeerSetUp>> {
  const setUp = (name: PeerName, settings: "fast" | "defaults"): PeerSetUp => {
    const output = join(folder, name);
    return { args: ["bench/peers/aws-cdk.js", file, output, settings], env: {}, output };
  };
  return {
    "aws-cdk-defaults": setUp("aws-cdk-defaults", "defaults"),
    "aws-cdk-fast": setUp("aws-cdk-fast", "fast"),
  };
}

/** What CloudFormation makes of a target. A role has its policy inline. */
const resources: Readonly<Record<string, number>> = {
  "AWS::IAM::Role": 1,
  "AWS::Lambda::Alias": 1,
  "AWS::Lambda::Function": 1,
  "AWS::Lambda::Permission": 2,
  "AWS::Lambda::Url": 1,
  "AWS::Lambda::Version": 1,
  "AWS::Logs::LogGroup": 1,
};

/** What aws-cdk adds by default for its own statistics. */
const statistics = "AWS::CDK::Metadata";

interface Manifest {
  readonly artifacts: Readonly<
    Record<string, { type: string; environment?: string; properties?: { templateFile?: string } }>
  >;
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
}

/**
 * Makes sure that aws-cdk did all of its work: a stack for each target, in the target's account and region, with all
 * that belongs to it and nothing else.
 *
 * @param output the folder that the app wrote
 * @throws {Error} it did less, or more
 */
export function requirePeerOutput(output: string, targets: readonly PeerTarget[]): void {
  const { artifacts } = readJson<Manifest>(join(output, "manifest.json"));
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === "aws:cloudformation:stack");
  if (stacks.length !== targets.length) {
    throw new Error(`${output} has ${stacks.length} stacks for ${targets.length} targets`);
  }
  const found = new Map(stacks);
  const expected = inWords(resources);
  for (const { account, region, stack } of targets) {
    const { environment, properties } = found.get(stack) ?? {};
    if (environment !== `aws://${account}/${region}`) {
      throw new Error(
        `${stack} in ${output} is in ${environment ?? "no account"}, not in ${account}, ${region}`,
      );
    }
    const template = readJson<Template>(join(output, properties?.templateFile ?? ""));
    const made = inWords(countTypes(template));
    if (made !== expected) throw new Error(`${stack} in ${output} has ${made}, not ${expected}`);
  }
}

function countTypes({ Resources }: Template): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(Resources)) {
    if (Type !== statistics) counts[Type] = (counts[Type] ?? 0) + 1;
  }
  return counts;
}

function inWords(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([type, count]) => `${count} ${type}`);
  return parts.sort().join(", ") || "nothing";
}

/** A type argument says what the writer of the file promises; what is not there shows as a difference. */
function readJson<T>(file: string): T {
  if (!existsSync(file)) throw new Error(`${file} is not there`);
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Minutes after which the installation is ended. */
const installLimit = 10;

/** What npm needs of the caller's environment: itself, its configuration, and the way to the registry. */
const inherited = [
  "PATH",
  "HOME",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "NODE_EXTRA_CA_CERTS",
  "npm_config_cache",
  "npm_config_registry",
  "npm_config_userconfig",
];

/** No scripts of others, and nothing that asks the network or writes to the home folder for another purpose. */
const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--logs-max=0"];

/**
 * Installs the packages of a folder from its lock file.
 *
 * @param folder with a package.json and a package-lock.json. @default bench/peers/
 * @throws {Error} npm is missing, failed or took too long
 */
export async function installPeers(folder = join(projectRoot, "bench", "peers")): Promise<void> {
  const child = spawn("npm", ["ci", ...quietly], {
    cwd: folder,
    env: Object.fromEntries(inherited.map((name) => [name, process.env[name]])),
    stdio: ["ignore", "ignore", "pipe"],
    timeout: installLimit * 60_000,
    killSignal: "SIGKILL",
  });
  const said: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text));
  const [code, signal] = await once(child, "close").catch((error: Error) => [error.message]);
  if (code === 0) return;
  const why = signal ? `ended by ${signal}` : typeof code === "number" ? `exit code ${code}` : code;
  // npm says what is wrong first. Indented are stack traces, and further down may come a page of its usage.
  const lines = said.join("").split("\n");
  const reason = lines.filter((line) => /^npm error \S/.test(line)).slice(0, 5);
  throw new Error(
    `aws-cdk cannot be measured: \`npm ci\` in ${folder} failed (${why}).\n` +
      "It is no dependency of Meridian, so --peers installs it there from npm's registry.\n" +
      `See that the registry can be reached, or measure without --peers.\n${reason.join("\n")}`.trimEnd(),
  );
}
