import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../fleet/project";

/** A step of a job on GitHub. */
export interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly "working-directory"?: string;
}

/** A job on GitHub. */
export interface GithubJob {
  readonly needs?: string;
  readonly if?: string;
  readonly environment?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly shard: readonly number[] } };
  readonly steps: readonly Step[];
}

/** A workflow on GitHub. */
export interface GithubWorkflow {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly concurrency: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly jobs: Readonly<Record<string, GithubJob>>;
}

/** A job on GitLab. */
export interface GitlabJob {
  readonly extends?: string;
  readonly id_tokens?: unknown;
  readonly needs?: readonly string[];
  readonly rules?: readonly { readonly if: string; readonly when?: string }[];
  readonly environment?: string;
  readonly resource_group?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly script: readonly string[];
  readonly artifacts?: {
    readonly paths: readonly string[];
    readonly access?: string;
    readonly expire_in?: string;
  };
}

/** The text of docs/ci.md. */
export const ciPage = readFileSync(join(projectRoot, "docs", "ci.md"), "utf8");

/** A file that docs/ci.md shows, by the name in its first line. */
function shown(name: string): unknown {
  const blocks = [...ciPage.matchAll(/^```yaml\n# (\S+)\n(.*?)^```$/gms)];
  const block = blocks.find(([, file]) => file === name)?.[2];
  if (block === undefined) throw new Error(`docs/ci.md shows no ${name}`);
  return parse(block);
}

/** The workflows for GitHub: of pull requests, and of what was merged. */
export const github = {
  plan: shown(".github/workflows/plan.yml") as GithubWorkflow,
  deploy: shown(".github/workflows/deploy.yml") as GithubWorkflow,
} as const;

const {
  default: _,
  stages,
  variables,
  workflow,
  ".aws": signedIn,
  ...jobs
} = shown(".gitlab-ci.yml") as Readonly<Record<string, unknown>>;

/** What GitLab is told. `.aws` is what all jobs that sign in have in common. */
export const gitlab = {
  signedIn: signedIn as GitlabJob,
  jobs: jobs as Readonly<Record<string, GitlabJob>>,
} as const;

/** The lines of a text that are commands of Meridian, as they are. */
export function meridianCommands(scripts: readonly (string | undefined)[]): readonly string[] {
  return scripts
    .flatMap((script) => script?.split("\n") ?? [])
    .filter((line) => /^(npx meridian|node meridian\.js) /.test(line));
}

/** All commands of a workflow on GitHub, job by job; those of a matrix once for each of its values. */
export function githubCommands({ jobs }: GithubWorkflow): readonly string[] {
  return Object.values(jobs).flatMap(({ steps, strategy }) =>
    (strategy?.matrix.shard ?? [1]).flatMap((shard) =>
      meridianCommands(steps.map(({ run }) => run)).map((line) =>
        line.replace(/\$\{\{ matrix\.shard \}\}/, String(shard)),
      ),
    ),
  );
}
