import { App, Aspects, TerraformStack } from "cdktf";
import type { Extension, TargetContext } from "../../../stacks/extensions/extension";
import { fleetOf, smallFile } from "../../support/fleet";
import { synthJson } from "../../support/synth";

const stackName = "globex_globex_eu-central-1";
const providerPath = `${stackName}/globex_eu_central_1/provider`;

const synthesize = (extension: Extension) => synthJson(fleetOf(smallFile, [extension]), [extension]);

const inTarget = (change: (context: TargetContext) => unknown): Extension => ({
  name: "own",
  target(context) {
    change(context);
  },
});

const override = (path: string, value: unknown) =>
  inTarget(({ scope }) => TerraformStack.of(scope).addOverride(path, value));

const ofProvider = (keys: string) => `extension "own" at ${providerPath}: it changes ${keys} of the provider`;
const otherState = `extension "own" at ${stackName}: it changes where the state of the stack lies`;

describe("refused is an extension that says", () => {
  test.each<readonly [string, Extension, string]>([
    [
      "another region for its target",
      inTarget(({ provider }) => {
        provider.region = "us-east-1";
      }),
      ofProvider("`region`"),
    ],
    [
      "another account and role",
      inTarget(({ provider }) => {
        provider.allowedAccountIds = ["444444444444"];
        provider.assumeRole = [{ roleArn: "arn:aws:iam::444444444444:role/other" }];
      }),
      ofProvider("`allowed_account_ids`, `assume_role`"),
    ],
    [
      "other tags",
      inTarget(({ provider }) => {
        provider.defaultTags = [];
      }),
      ofProvider("`default_tags`"),
    ],
    [
      "another alias",
      inTarget(({ provider }) => {
        provider.alias = "other";
      }),
      ofProvider("`alias`"),
    ],
    [
      "other endpoints, in an aspect",
      inTarget(({ provider }) =>
        Aspects.of(provider).add({
          visit: () => {
            provider.endpoints = [{ sqs: "https://example.com" }];
          },
        }),
      ),
      ofProvider("`endpoints`"),
    ],
    [
      "another region, in the JSON of the stack",
      override("provider.aws.0.region", "us-east-1"),
      ofProvider("`region`"),
    ],
    [
      "another region of a stack that is not its own",
      {
        name: "own",
        front: ({ scope }) =>
          App.of(scope)
            .node.children.filter((each) => TerraformStack.isStack(each))
            .find(({ node }) => node.id === stackName)
            ?.addOverride("provider.aws.0.region", "us-east-1"),
      },
      ofProvider("`region`"),
    ],
    [
      "one more provider, in the JSON of the stack",
      override("provider.aws.1", { alias: "another", region: "eu-west-1" }),
      `extension "own" at ${stackName}: it adds a provider of AWS to the JSON`,
    ],
    ["another file for the state", override("terraform.backend.local.path", "elsewhere.tfstate"), otherState],
    ["another kind of state", override("terraform.backend", { http: { address: "x" } }), otherState],
    ["HCP Terraform for the state", override("terraform.cloud", { organization: "acme" }), otherState],
  ])("%s", (_, extension, message) => {
    expect(() => synthesize(extension)).toThrow(message);
  });
});

test("how often a provider asks again, and which tags it leaves alone, may be said", () => {
  const extension = inTarget(({ provider }) => {
    provider.maxRetries = 3;
    provider.ignoreTags = [{ keyPrefixes: ["cost-tool/"] }];
  });
  const [provider] = synthesize(extension).get(stackName)?.provider.aws ?? [];
  expect(provider).toMatchObject({ region: "eu-central-1", max_retries: 3 });
});
