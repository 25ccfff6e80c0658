import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { checkProviders } from "../../stacks/provider-rules";

let outdir: string;

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "meridian-rules-"));
});

afterEach(() => rmSync(outdir, { recursive: true, force: true }));

/** Synthesizes an app of one stack that a test fills. */
function synth(build: (stack: TerraformStack, app: App) => void): void {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "stack");
  build(stack, app);
  checkProviders(app);
  app.synth();
}

const provider = (stack: TerraformStack, id: string, alias?: string) =>
  new AwsProvider(stack, id, { alias, region: "eu-central-1" });

test("a stack in which everything names its provider is accepted", () => {
  expect(() =>
    synth((stack) => {
      new CloudwatchLogGroup(stack, "logs", { provider: provider(stack, "aws", "globex"), name: "logs" });
    }),
  ).not.toThrow();
});

test("a resource without a provider is refused, whatever stack it is in, and nothing is written", () => {
  expect(() =>
    synth((stack, app) => {
      new CloudwatchLogGroup(stack, "logs", { provider: provider(stack, "aws", "globex"), name: "logs" });
      new CloudwatchLogGroup(new TerraformStack(app, "other"), "logs", { name: "logs" });
    }),
  ).toThrow(/aws_cloudwatch_log_group at other\/logs names no provider/);
  expect(readdirSync(join(outdir, "stacks"))).toEqual([]);
  expect(existsSync(join(outdir, "manifest.json"))).toBe(false);
});

test("the mistakes of all stacks are named at once", () => {
  expect(() =>
    synth((stack, app) => {
      new DataAwsCallerIdentity(stack, "me");
      new DataAwsCallerIdentity(new TerraformStack(app, "other"), "me");
    }),
  ).toThrow(/at stack\/me names no provider.*\n.*at other\/me names no provider/);
});

test("a data source without a provider is refused", () => {
  expect(() => synth((stack) => new DataAwsCallerIdentity(stack, "me"))).toThrow(
    /aws_caller_identity at stack\/me names no provider/,
  );
});

test("a provider of another stack is refused", () => {
  expect(() =>
    synth((stack, app) => {
      const other = provider(new TerraformStack(app, "other"), "aws", "globex");
      new CloudwatchLogGroup(stack, "logs", { provider: other, name: "logs" });
    }),
  ).toThrow(/uses a provider of another stack \(other\/aws\)/);
});

test("a provider without an alias is refused", () => {
  expect(() => synth((stack) => provider(stack, "aws"))).toThrow(/stack\/aws has no alias/);
});

test("two providers of one alias are refused", () => {
  expect(() =>
    synth((stack) => {
      provider(stack, "one", "globex");
      provider(stack, "two", "globex");
    }),
  ).toThrow(/the alias globex is used twice: by stack\/one and by stack\/two/);
});

test("two resources whose ids come out the same are refused", () => {
  expect(() =>
    synth((stack) => {
      const aws = provider(stack, "aws", "globex");
      new CloudwatchLogGroup(stack, "a.b", { provider: aws, name: "one" });
      new CloudwatchLogGroup(stack, "ab", { provider: aws, name: "two" });
    }),
  ).toThrow(/aws_cloudwatch_log_group.ab stands for two things/);
});
