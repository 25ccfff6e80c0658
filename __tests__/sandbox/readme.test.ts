import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createCloudFront } from "../../sandbox/cloudfront/cloudfront";
import { createCodePipeline } from "../../sandbox/codepipeline/codepipeline";
import { createDeployedStacks } from "../../sandbox/cost-explorer/stacks";
import { createIdentities } from "../../sandbox/gateway/identities";
import { type AwsCall, notServed } from "../../sandbox/http";
import { createOutages } from "../../sandbox/outages";
import { createOwnServices } from "../../sandbox/own-services";
import { createScheduler } from "../../sandbox/scheduler/scheduler";
import { services } from "../../sandbox/services";
import { createTestCodeBuild } from "./codebuild/support";
import { createTestLambda } from "./lambda/helpers";

const page = readFileSync(join(__dirname, "../../sandbox/README.md"), "utf8");

/** The names in the first column of each table that is headed so, among the lines of a section. */
function namesIn(section: string, heading: string): readonly string[] {
  const table = new RegExp(`^\\| ${heading} \\|.*\\n\\|[-|]+\\n((?:\\|.*\\n?)+)`, "gm");
  return [...section.matchAll(table)].flatMap(([, rows = ""]) =>
    rows
      .split("\n")
      .flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name = ""]) => name)),
  );
}

/** Operations by signing name, which stands in the heading of a section: `## Lambda (`lambda`)`. */
function describedOperations(): Readonly<Record<string, readonly string[]>> {
  const sections = page.split(/^## /m).slice(1);
  return Object.fromEntries(
    sections.flatMap((section) => {
      const name = /^.*\(`([\w-]+)`\)\n/.exec(section)?.[1];
      return name === undefined ? [] : [[name, [...namesIn(section, "Operations")].sort()]];
    }),
  );
}

const { lambda, close } = createTestLambda();
afterAll(close);

const builds = createTestCodeBuild();
afterAll(builds.close);
const moto = async ({ service }: AwsCall) => {
  throw notServed(service);
};

const own = createOwnServices({
  codeBuild: builds.codeBuild,
  lambda,
  cloudFront: createCloudFront(lambda.urls),
  identities: createIdentities(),
  stacks: createDeployedStacks(),
  codePipeline: createCodePipeline({
    ...{ builds: builds.codeBuild.builds, moto, ask: moto },
    assumeRole: () => Promise.reject(new Error("nobody asks")),
  }),
  moto,
  outages: createOutages(),
  scheduler: createScheduler({ invoke: lambda.run, outages: createOutages() }),
});

test.each(Object.keys(own))(
  "the page of the sandbox has exactly the operations of %s that are served",
  (name) => {
    expect(describedOperations()[name]).toEqual([...(own[name]?.operations ?? [])].sort());
  },
);

test("the page has a section for each service that is served here, and for no other", () => {
  expect(Object.keys(describedOperations()).sort()).toEqual(Object.keys(own).sort());
});

test("the page names exactly the services that moto serves", () => {
  const byMoto = Object.keys(services).filter((name) => services[name]?.by === "moto");
  expect([...namesIn(page, "Service")].sort()).toEqual(byMoto.sort());
});

test("every service of the gateway is served by somebody", () => {
  const byUs = Object.keys(services).filter((name) => services[name]?.by === "own");
  expect(byUs.sort()).toEqual(Object.keys(own).sort());
});
