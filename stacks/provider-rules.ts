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
  const without = providers
    .filter(({ alias }) => !alias)
    .map(({ node }) => `${node.path} has no alias: it would serve every resource that names no provider.`);
  const twice = addressTwice(providers).map(
    ({ first, second }) =>
      `the alias ${(second as TerraformProvider).alias} is used twice: by ${first.node.path} and by ${second.node.path}.`,
  );
  return [...without, ...twice];
}

function idMistakes(elements: readonly TerraformElement[]): string[] {
  const others = elements.filter((element) => !TerraformProvider.isTerraformProvider(element));
  return addressTwice(others).map(
    ({ address, first, second }) =>
      `${address} stands for two things: ${first.node.path} and ${second.node.path}. Rename one.`,
  );
}

/** Two elements of a stack that the JSON cannot tell apart. */
export interface AddressTwice {
  readonly address: string;
  readonly first: TerraformElement;
  readonly second: TerraformElement;
}

/** Elements of a stack that come out with the address of another: providers by their aliases, all else by their ids. */
export function addressTwice(elements: readonly TerraformElement[]): readonly AddressTwice[] {
  const seen = new Map<string, TerraformElement>();
  return elements.flatMap((second) => {
    const address = addressOf(second);
    if (address === undefined) return [];
    const first = seen.get(address);
    seen.set(address, second);
    return first ? [{ address, first, second }] : [];
  });
}

function addressOf(element: TerraformElement): string | undefined {
  if (TerraformProvider.isTerraformProvider(element))
    return element.alias && `provider.${element.terraformResourceType}.${element.alias}`;
  const type =
    "terraformResourceType" in element ? String(element.terraformResourceType) : element.constructor.name;
  return `${type}.${element.friendlyUniqueId}`;
}
