import {
  type App,
  TerraformDataSource,
  TerraformElement,
  TerraformProvider,
  TerraformResource,
  TerraformStack,
} from "cdktf";
import type { IConstruct } from "constructs";

/**
 * Refuses an app in which Terraform would pick a provider by itself: an AWS resource or data source without an explicit
 * provider of its own stack lands wherever the shell's credentials point, and neither `cdktf synth` nor
 * `terraform validate` notices. Refuses providers without an alias, two with one alias, and ids that collide, too.
 *
 * Looks at every stack of the app, whatever made it, before anything is written.
 *
 * @throws Error naming each mistake with its construct path
 */
export function checkProviders(app: App): void {
  const mistakes = app.node
    .findAll()
    .filter((construct) => TerraformStack.isStack(construct))
    .flatMap(findMistakes);
  if (mistakes.length === 0) return;
  throw new Error(["stacks break the rules about providers:", ...mistakes].join("\n  "));
}

function findMistakes(stack: TerraformStack): string[] {
  const constructs = stack.node.findAll();
  return [
    ...constructs.flatMap((construct) => providerMistake(stack, construct)),
    ...aliasMistakes(constructs.filter((construct) => construct instanceof TerraformProvider)),
    ...idMistakes(constructs.filter((construct) => TerraformElement.isTerraformElement(construct))),
  ];
}

function providerMistake(stack: TerraformStack, construct: IConstruct): string[] {
  if (!(construct instanceof TerraformResource || construct instanceof TerraformDataSource)) return [];
  const { provider, terraformResourceType: type } = construct;
  if (!type.startsWith("aws_")) return [];
  // A path is made on each demand, so only for what is wrong.
  const subject = () => `${type} at ${construct.node.path}`;
  if (!provider) {
    return [
      `${subject()} names no provider: Terraform would use the shell's account and region. Pass "provider".`,
    ];
  }
  if (TerraformStack.of(provider) !== stack) {
    return [`${subject()} uses a provider of another stack (${provider.node.path}). Use one of its own.`];
  }
  return [];
}

function aliasMistakes(providers: readonly TerraformProvider[]): string[] {
  const seen = new Map<string, TerraformProvider>();
  return providers.flatMap((provider) => {
    const { alias } = provider;
    if (!alias) {
      return [`${provider.node.path} has no alias: it would serve every resource that names no provider.`];
    }
    const key = `${provider.terraformResourceType}.${alias}`;
    const first = seen.get(key);
    seen.set(key, provider);
    return first
      ? [`the alias ${alias} is used twice: by ${first.node.path} and by ${provider.node.path}.`]
      : [];
  });
}

function idMistakes(elements: readonly TerraformElement[]): string[] {
  const seen = new Map<string, TerraformElement>();
  return elements.flatMap((element) => {
    const type =
      "terraformResourceType" in element ? String(element.terraformResourceType) : element.constructor.name;
    if (element instanceof TerraformProvider) return [];
    const key = `${type}.${element.friendlyUniqueId}`;
    const first = seen.get(key);
    seen.set(key, element);
    return first
      ? [`${key} stands for two things: ${first.node.path} and ${element.node.path}. Rename one.`]
      : [];
  });
}
