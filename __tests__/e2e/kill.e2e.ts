import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import { projectRoot } from "../../fleet/project";
import { atOnce } from "../../operations/terraform/at-once";
import { type Doom, type Doomed, type Moment, runDoomed } from "./killing";
import { admin, fleetAt } from "./support";

type Backend = "local" | "s3";

/** A fleet of its own for each moment: one target and its front, in an account and with a state that nobody else has. */
interface Victim {
  readonly name: string;
  readonly account: string;
  readonly backend: Backend;
  readonly file: string;
}

/** Moments of each backend; more than the few that every run has are spread over a whole deploy. */
const moments = Number(process.env.KILL_MOMENTS ?? 0);
/** How many of them at once. */
const sideBySide = Number(process.env.KILL_AT_ONCE ?? 3);
const seed = Number(process.env.KILL_SEED ?? Date.now() % 100_000);

const bucket = "kill-fleet-state";

describe("a deploy of which everything was killed", () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-kill-"));
  let session: SandboxSession;
  let count = 0;
  /** What begins as soon as there is a sandbox. */
  const begin: (() => void)[] = [];

  beforeAll(async () => {
    const { file } = newVictim("s3");
    session = await openSandbox(file, await fleetAt(file), undefined, () => {});
    for (const one of begin) one();
  });

  afterAll(async () => {
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function newVictim(backend: Backend): Victim {
    // Unlike any in another file that runs beside this one: a Terraform at work on a stack of that name would count as its holder.
    const name = `k${process.pid}-${++count}`;
    const account = String(700_000_000_000 + count);
    const own = join(folder, name);
    mkdirSync(own);
    copyFileSync(join(__dirname, "fixtures", "one-target", "hello.ts"), join(own, "hello.ts"));
    const state =
      backend === "local" ? "" : `state: { backend: s3, bucket: ${bucket}, region: eu-central-1 }\n`;
    const text = `fleet: ${name}
${state}accounts:
  blue: { id: "${account}" }
services:
  hello: { source: hello.ts, routes: ["/api/*"] }
cells:
  ${name}:
    stage: staging
    targets: { blue: [eu-north-1] }
`;
    const file = join(own, "fleet.yaml");
    writeFileSync(file, text);
    return { name, account, backend, file };
  }

  const outputOf = ({ name }: Victim) => join(dirname(session.output), name, "cdktf.out");

  function run(
    victim: Victim,
    args: readonly string[],
    more: Pick<Doomed, "moment" | "onChange"> = {},
  ): Promise<Doom> {
    return runDoomed({
      args: [join(projectRoot, "bin", "meridian.js"), ...args],
      cwd: projectRoot,
      env: (endpoint) => ({
        ...session.env,
        AWS_ENDPOINT_URL: endpoint,
        CDKTF_OUTPUT: outputOf(victim),
        MERIDIAN_FLEET: victim.file,
        NO_COLOR: "1",
      }),
      sandbox: session.sandbox.endpoint,
      ...more,
    });
  }

  const deploy = ["deploy", "--auto-approve", "--release-locks"];

  /** Kills a deploy, and shows that the next one finishes what it has begun. */
  async function survive(victim: Victim, moment: Moment) {
    const first = await run(victim, ["deploy", "--auto-approve"], { moment });
    const next = await run(victim, deploy);
    const plan = await run(victim, ["plan", "--all"]);
    return { first, next, plan };
  }

  async function distributionsOf({ account }: Victim): Promise<number> {
    const found = await admin<readonly { readonly account: string }[]>(session, "distributions");
    return found.filter((one) => one.account === account).length;
  }

  const lines: string[] = [];
  const report = (line: string) => {
    lines.push(line);
    process.stderr.write(`${line}\n`);
  };

  async function expectNothingLeft(victim: Victim): Promise<void> {
    const plan = await run(victim, ["plan", "--all"]);
    if (plan.code !== 0) console.error(plan.text);
    expect(plan.code).toBe(0);
    expect(await distributionsOf(victim)).toBe(1);
  }

  const unanswered = (call: string): Moment => ({ after: "call", call });

  /** A test with a victim of its own. A deploy waits most of the time, so that several of them are under way at once. */
  const turn = atOnce(sideBySide);
  function story(name: string, work: () => Promise<void>): void {
    let told: Promise<void> | undefined;
    begin.push(() => {
      told = turn(work);
      // The test is what fails.
      told.catch(() => {});
    });
    test(name, async () => {
      await told;
    });
  }

  for (const [backend, call] of [
    ["local", "lambda:CreateFunctionUrlConfig"],
    ["local", "cloudfront:CreateDistribution"],
    ["s3", "lambda:AddPermission"],
  ] as const) {
    story(`is finished by the next one: state: ${backend}, ${call} is never answered`, async () => {
      const victim = newVictim(backend);
      const { next, plan } = await survive(victim, unanswered(call));
      if (next.code !== 0 || plan.code !== 0) console.error(next.text, plan.text);
      expect([next.code, plan.code]).toEqual([0, 0]);
      expect(await distributionsOf(victim)).toBe(1);
    });
  }

  story("leaves a lock in S3 that the next one explains, and releases on request", async () => {
    const victim = newVictim("s3");
    const call = "cloudfront:CreateDistribution";
    const first = await run(victim, ["deploy", "--auto-approve"], { moment: unanswered(call) });
    expect(first.code).toBeNull();
    const refused = await run(victim, ["deploy", "--auto-approve"]);
    expect(refused.code).toBe(1);
    const words = refused.text.replace(/\s+/g, " ");
    expect(words).toMatch(/The lock of \S+_front is of the run \S+/);
    expect(words).toContain("Deploy with --release-locks to release it.");
    const next = await run(victim, deploy);
    if (next.code !== 0) console.error(next.text);
    expect(next.code).toBe(0);
    expect(next.text).toMatch(/Released a lock.*_front/);
    await expectNothingLeft(victim);
  });

  story("is not killed by Ctrl-C twice: Terraform ends in good order, and no lock stays", async () => {
    const victim = newVictim("s3");
    const interrupted = await run(victim, ["deploy", "--auto-approve"], {
      onChange(action, pid) {
        if (action !== "cloudfront:CreateDistribution") return;
        process.kill(pid, "SIGINT");
        setTimeout(() => process.kill(pid, "SIGINT"), 1000);
      },
    });
    expect(interrupted.code).toBe(1);
    const next = await run(victim, ["deploy", "--auto-approve"]);
    if (next.code !== 0) console.error(interrupted.text, next.text);
    expect(next.code).toBe(0);
    await expectNothingLeft(victim);
  });

  (moments > 0 ? test : test.skip).each(["local", "s3"] as const)(
    `is finished by the next one, ${moments || "as many as KILL_MOMENTS says"} moments, state: %s`,
    async (backend) => {
      const random = randomFrom(seed);
      const whole = await run(newVictim(backend), ["deploy", "--auto-approve"]);
      expect(whole.code).toBe(0);
      report(
        `KILL_SEED=${seed}, ${backend}: ${whole.changes.length} changes in ${whole.seconds.toFixed(0)} s`,
      );
      const all = spread(moments, whole, random).map((moment) => ({ moment, victim: newVictim(backend) }));
      const failed: string[] = [];
      const work = async () => {
        for (let one = all.shift(); one; one = all.shift()) {
          const { moment, victim } = one;
          const { first, next, plan } = await survive(victim, moment);
          const isGood = next.code === 0 && plan.code === 0 && (await distributionsOf(victim)) === 1;
          report(
            `${isGood ? "survived" : "FAILED  "} ${backend} ${victim.name} ${storyOf(moment, first, next)}`,
          );
          if (isGood) continue;
          failed.push(victim.name);
          report(
            `--- ${victim.name}: killed\n${first.text}\n--- next: ${next.code}\n${next.text}\n--- plan: ${plan.code}\n${plan.text}`,
          );
        }
      };
      await Promise.all(Array.from({ length: sideBySide }, work));
      expect(failed).toEqual([]);
    },
    7_200_000,
  );
});

/** Half of the moments spread over the time of a deploy, half over what it changes: with and without the answer. */
function spread(number: number, whole: Doom, random: () => number): readonly Moment[] {
  const half = Math.floor(number / 2);
  const place = (index: number, of: number) => (index + random()) / of;
  const calls = Array.from({ length: number - half }, (_, index): Moment => {
    const call = 1 + Math.floor(place(index, number - half) * whole.changes.length);
    return { after: "call", call, answered: index % 2 === 0 ? undefined : Math.floor(random() * 1000) };
  });
  const times = Array.from(
    { length: half },
    (_, index): Moment => ({ after: "start", seconds: place(index, half) * whole.seconds }),
  );
  return [...calls, ...times];
}

function storyOf(moment: Moment, first: Doom, next: Doom): string {
  const last = first.changes.at(-1) ?? "nothing";
  const when =
    moment.after === "start"
      ? `at ${moment.seconds.toFixed(1)} s, after ${first.changes.length} changes, the last ${last}`
      : `at change ${moment.call} (${last}), ${moment.answered === undefined ? "never answered" : `answered ${moment.answered} ms before`}`;
  const taken = [...next.text.matchAll(/= (\S.*?) \(taken over/g)].map(([, what]) => what);
  const locks = [...next.text.matchAll(/^Released a lock/gm)].length;
  return `${when}; killed run ${first.code ?? "killed"} in ${first.seconds.toFixed(0)} s; next: ${locks} locks released, taken over: ${taken.join(", ") || "nothing"}; ${next.seconds.toFixed(0)} s`;
}

/** Numbers from 0 to 1, the same for the same seed: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomFrom(start: number): () => number {
  let state = start % 2_147_483_647 || 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
