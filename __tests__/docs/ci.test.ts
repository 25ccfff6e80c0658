import { defaultDeployRole, planRoleName, recordRoleName } from "../../fleet/accounts";
import { githubRoleName } from "../../fleet/pipeline";
import {
  ciPage,
  type GithubJob,
  github,
  githubCommands,
  gitlab,
  meridianCommands,
} from "../support/workflows";

const all = [...Object.values(github.plan.jobs), ...Object.values(github.deploy.jobs)];
const runs = ({ steps }: GithubJob, what: RegExp) =>
  steps.some(({ run }) => run !== undefined && what.test(run));
const signsIn = ({ steps }: GithubJob) =>
  steps.some(({ uses }) => uses?.startsWith("aws-actions/configure-aws-credentials@"));
const roleOf = ({ steps }: GithubJob) =>
  String(steps.find(({ with: given }) => given?.["role-to-assume"])?.with?.["role-to-assume"])
    .split("/")
    .at(-1);

describe("on GitHub", () => {
  test("pull requests are planned, and nothing else happens because of them", () => {
    expect(github.plan.on).toBe("pull_request");
    expect(githubCommands(github.plan).join("\n")).not.toMatch(/ (deploy|rollback|drain|undrain) /);
    expect(github.plan.jobs.plan?.if).toBe(
      "github.event.pull_request.head.repo.full_name == github.repository",
    );
    expect(github.deploy.on).toEqual({ push: { branches: ["main"] } });
  });

  test("each action is pinned to a commit, with its version beside it", () => {
    const uses = [...ciPage.matchAll(/uses: (.*)$/gm)].map(([, used]) => used);
    expect(uses.length).toBeGreaterThan(10);
    for (const used of uses) expect(used).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    // One version of each.
    expect(new Set(uses).size).toBe(new Set(uses.map((used) => used?.split("@")[0])).size);
  });

  test("a job may do what it needs: sign in, or comment, or neither", () => {
    for (const { permissions } of Object.values(github)) expect(permissions).toEqual({});
    for (const job of all) expect(job.permissions["id-token"]).toBe(signsIn(job) ? "write" : undefined);
    const writers = all.filter(({ permissions }) =>
      Object.entries(permissions).some(([name, access]) => name !== "id-token" && access === "write"),
    );
    expect(writers).toEqual([github.plan.jobs.comment]);
    expect(github.plan.jobs.comment?.permissions).toEqual({ "pull-requests": "write" });
  });

  test("what the sources bring along runs neither where comments can be written, nor where a deploy signs in", () => {
    for (const job of all.filter((one) => runs(one, /^(npm|npx) /))) {
      expect(job.permissions).not.toHaveProperty("pull-requests");
      if (signsIn(job)) expect(roleOf(job)).toBe(githubRoleName("acme"));
    }
  });

  test("no two deploys meet, and none is cut off", () => {
    expect(github.deploy.concurrency).toEqual({ group: "deploy", "cancel-in-progress": false });
  });

  test("each deploy signs in by its environment, and plans sign in to plan", () => {
    for (const job of Object.values(github.deploy.jobs).filter(signsIn)) {
      if (!runs(job, / deploy /)) expect(roleOf(job)).toBe("fleet-plan");
      else {
        expect(roleOf(job)).toBe(`fleet-${job.environment}`);
        expect(runs(job, new RegExp(`--stage ${job.environment} `))).toBe(true);
      }
    }
    expect(Object.values(github.deploy.jobs).filter(({ environment }) => environment)).toHaveLength(3);
  });

  test("jobs that are run once more can hand on their files once more", () => {
    const uploads = all.flatMap(({ steps }) =>
      steps.filter(({ uses }) => uses?.startsWith("actions/upload-artifact@")),
    );
    expect(uploads.map(({ with: given }) => given?.overwrite)).toEqual([true, true, true, true]);
  });

  test("a shard knows how many there are", () => {
    const { strategy, steps } = github.deploy.jobs.production as GithubJob;
    expect(steps.at(-1)?.run).toContain(`--shard "\${{ matrix.shard }}/${strategy?.matrix.shard.length}"`);
  });

  test("what was checked is deployed, stage after stage", () => {
    const { assemble: _, ...rest } = github.deploy.jobs;
    expect(Object.entries(rest).map(([name, { needs }]) => [needs, name])).toEqual([
      ["assemble", "plan-staging"],
      ["plan-staging", "staging"],
      ["staging", "plan-production"],
      ["plan-production", "canary"],
      ["canary", "production"],
    ]);
    for (const job of Object.values(rest)) {
      expect(job.steps[0]?.with).toEqual({ name: "assembly", path: "assembly" });
      expect(job.steps.some(({ uses }) => uses?.startsWith("actions/checkout@"))).toBe(false);
    }
  });
});

describe("on GitLab", () => {
  const jobs = Object.entries(gitlab.jobs);
  const deploys = jobs.filter(([, { script }]) => script.some((line) => / deploy /.test(line)));

  test("only jobs that sign in have a token", () => {
    expect(gitlab.signedIn.id_tokens).toEqual({ TOKEN: { aud: "https://gitlab.com" } });
    for (const [, job] of jobs) {
      expect(job.id_tokens).toBeUndefined();
      expect(job.variables?.AWS_ROLE_ARN !== undefined).toBe(job.extends === ".aws");
    }
    expect(gitlab.jobs.assemble?.extends).toBeUndefined();
  });

  test("a merge request is planned, and nothing else happens because of it", () => {
    const forRequests = jobs.filter(([, { rules }]) => rules?.some((rule) => /merge_request/.test(rule.if)));
    expect(forRequests.map(([name]) => name)).toEqual(["plan"]);
    expect(meridianCommands(gitlab.jobs.plan?.script ?? []).join("\n")).not.toMatch(/ deploy /);
  });

  test("no two deploys meet, and a person starts that of production", () => {
    expect(deploys.map(([name]) => name)).toEqual(["staging", "production"]);
    for (const [name, { environment, resource_group, variables }] of deploys) {
      expect([environment, resource_group]).toEqual([name, "deploy"]);
      expect(variables?.AWS_ROLE_ARN).toMatch(new RegExp(`role/fleet-${name}$`));
    }
    expect(gitlab.jobs.production?.rules).toEqual([
      { if: "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", when: "manual" },
    ]);
  });

  test("plans are kept for a day, for those who work on the project", () => {
    for (const [, { artifacts }] of jobs.filter(([, job]) => job.artifacts?.paths.includes("plans"))) {
      expect(artifacts).toMatchObject({ expire_in: "1 day", access: "developer" });
    }
  });
});

test("both do the same, but for how waves are dealt", () => {
  const same = (commands: readonly string[]) =>
    [
      ...new Set(
        commands.map((line) =>
          line.replace(/ --(wave|shard) \S+/g, "").replace(/ --markdown \S+/, " --markdown <file>"),
        ),
      ),
    ].sort();
  const onGitlab = meridianCommands(Object.values(gitlab.jobs).flatMap(({ script }) => script));
  expect(same(onGitlab)).toEqual(same([...githubCommands(github.plan), ...githubCommands(github.deploy)]));
});

test("roles have the names that bootstrap gives them, and nothing asks for a secret", () => {
  const roles = (option: string) =>
    new Set([...ciPage.matchAll(new RegExp(`${option} (meridian-\\w+)`, "g"))].map(([, name]) => name));
  expect(roles(" --role")).toEqual(new Set([planRoleName(defaultDeployRole)]));
  expect(roles("--record-role")).toEqual(new Set([recordRoleName(defaultDeployRole)]));
  expect(roleOf(github.plan.jobs.plan as GithubJob)).toBe(githubRoleName("acme"));
  expect(ciPage).not.toMatch(/\bsecrets\.\w/);
});
