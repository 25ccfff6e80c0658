import { type App, TerraformElement, TerraformProvider, TerraformStack } from "cdktf";
import type { Fleet } from "../../fleet/model";
import { isKnownInCells } from "../../fleet/resource-types";
import type { FleetStack } from "../../fleet/stacks";
import { isMap, sortBy } from "../../fleet/values";
import { type Block, blocksOf, referencesOf } from "./blocks";
import { boundaryMistake } from "./bounded";
import { requireOwnAddresses } from "./collisions";
import { environmentMistake } from "./environment";
import { ExtensionError, extensionAt, type Mistake } from "./errors";
import { addressOf, writtenOut } from "./expressions";
import { settingsMistake } from "./settings";
import { TakenNames } from "./taken-names";

/**
 * Holds an app that extensions have added to against what always holds, before and while it is written: no stack reads
 * another's resources or waits for one that the list of stacks does not say; and in the JSON, which is what will be
 * deployed, whatever aspects and overrides have made of it, providers and state are where they were, and each resource has
 * the provider of its place, refers to what is there, has a name of its own, can be made by the deploy role if it is a role,
 * has the variables that it should have if it is a function, and in a cell with a zone is of a type of which somebody knows
 * what it can hold.
 *
 * @throws {ExtensionError} naming the extension and the path of the construct
 */
export function checkExtended(app: App, fleet: Fleet, stacks: readonly FleetStack[]): void {
  const extensions = fleet.extensions.map(({ name }) => name);
  const listed = new Map(stacks.map((stack) => [stack.name, stack]));
  const names = new TakenNames();
  const crossings = keepApart(app);
  for (const construct of app.node.children) {
    const stack = listed.get(construct.node.id);
    if (!TerraformStack.isStack(construct) || !stack) continue;
    requireOrder(construct, stack, extensions);
    const inZone = fleet.cells.some(
      ({ name, zone, zones }) => name === stack.cell && (zone ?? zones[0]) !== undefined,
    );
    requireOwnAddresses(construct);
    const original = construct.toTerraform.bind(construct);
    const aliases = aliasesOf(construct);
    construct.toTerraform = () => {
      const [crossing] = crossings;
      if (crossing) throw crossingError(crossing, extensions);
      const json = original();
      const changed = settingsMistake(construct, json);
      if (changed) throw new ExtensionError(extensions, changed.path, changed.mistake);
      // Those of extensions last: it is them that a name is refused to.
      const blocks = sortBy(blocksOf(json), ({ path }) => extensionAt(path) ?? "");
      const there = new Set(blocks.map(({ address }) => address));
      for (const block of blocks) {
        const mistake =
          providerMistake(block, aliases) ??
          referenceMistake(block, there) ??
          names.mistake(block, json, stack.cell ?? "") ??
          boundaryMistake(block, json, fleet) ??
          environmentMistake(block, stack, fleet) ??
          (inZone ? typeMistake(block, fleet) : undefined);
        if (mistake) throw new ExtensionError(whoDid(block.path, extensions), block.path, mistake);
      }
      return json;
    };
  }
}

function whoDid(path: string, all: readonly string[]): readonly string[] {
  const extension = extensionAt(path);
  return extension === undefined ? all : [extension];
}

/** A reference of one stack to another. */
interface Crossing {
  readonly from: TerraformStack;
  readonly to: TerraformStack;
  readonly identifier: string;
}

/**
 * Keeps CDKTF from making one stack wait for another, and read its state, because it refers to it.
 *
 * @returns the references between stacks that have been met, all of them once the first stack is written
 */
function keepApart(app: App): readonly Crossing[] {
  const crossings: Crossing[] = [];
  // Not thrown here: CDKTF would put "Resolution error:" in front, once for each level of what it resolves.
  app.crossStackReference = (from, to, identifier) => {
    crossings.push({ from, to, identifier });
    return identifier;
  };
  return crossings;
}

function crossingError({ from, identifier, to }: Crossing, extensions: readonly string[]): ExtensionError {
  const path = elementThat(to, identifier)?.node.path ?? to.node.path;
  const origin = from.node.findAll().find((each) => isPartOf(identifier, addressOf(each)));
  const extension = extensionAt(path) ?? extensionAt(origin?.node.path ?? "");
  return new ExtensionError(extension === undefined ? extensions : [extension], path, {
    what: `it refers to ${origin?.node.path ?? identifier}, which is in another stack`,
    why: "its stack would have to wait for that one, and could not be planned while the other's region is down",
    fix: "name the resource instead of reading it: a name from the context's name() is known beforehand, and so is an ARN with it",
  });
}

function isPartOf(identifier: string, address: string | undefined): boolean {
  return address !== undefined && (identifier === address || identifier.startsWith(`${address}.`));
}

/** The element of a stack whose JSON has a reference. */
function elementThat(stack: TerraformStack, identifier: string): TerraformElement | undefined {
  return stack.node
    .findAll()
    .filter((each) => TerraformElement.isTerraformElement(each))
    .find((element) => JSON.stringify(writtenOut(stack, element.toTerraform()))?.includes(identifier));
}

function requireOrder(construct: TerraformStack, { after, name }: FleetStack, extensions: readonly string[]) {
  const added = construct.dependencies.find(({ node }) => !after.includes(node.id));
  if (!added) return;
  throw new ExtensionError(extensions, name, {
    what: `it makes the stack wait for ${added.node.id}`,
    why: "the list of stacks says which come after which, and a region that is down would hold up others",
    fix: "remove addDependency; a stack of Meridian's comes after what it needs",
  });
}

/** Alias of the provider of each scope that has one, by the scope's path. */
function aliasesOf(stack: TerraformStack): ReadonlyMap<string, string> {
  const providers = stack.node
    .findAll()
    .filter((construct) => TerraformProvider.isTerraformProvider(construct))
    .filter(({ terraformResourceType }) => terraformResourceType === "aws");
  return new Map(
    providers.map(({ alias = "", node }) => [node.path.split("/").slice(0, -1).join("/"), alias]),
  );
}

function* placesAround(path: string): Iterable<string> {
  const parts = path.split("/");
  for (let length = parts.length; length > 0; length -= 1) yield parts.slice(0, length).join("/");
}

function providerMistake(
  { attributes, path, type }: Block,
  aliases: ReadonlyMap<string, string>,
): Mistake | undefined {
  if (!type.startsWith("aws_") && type !== "module") return undefined;
  const [place] = [...placesAround(path)].filter((each) => aliases.has(each));
  const own = [...(place === undefined ? aliases.values() : [aliases.get(place)])].map(
    (each) => `aws.${each}`,
  );
  const { providers } = attributes;
  const provider = type === "module" ? isMap(providers) && providers.aws : attributes.provider;
  if (typeof provider === "string" && own.includes(provider)) return undefined;
  return {
    what: `${type} has ${provider ? `the provider "${String(provider)}"` : "no provider"} in the JSON, and that of its place is "${own[0]}"`,
    why: "Terraform would make it in another account or region",
    fix: `pass the context's: ${type === "module" ? "{ providers: [provider] }" : "{ provider }"}, and override it nowhere`,
  };
}

/** References that aspects make to other stacks end here, too: CDKTF does not see them. */
function referenceMistake(block: Block, there: ReadonlySet<string>): Mistake | undefined {
  const missing = referencesOf(block).find((address) => isOfAws(address) && !there.has(address));
  if (missing === undefined) return undefined;
  return {
    what: `it refers to ${missing}, which is not in its stack`,
    why: "Terraform cannot plan the stack, and a stack of another target must not be read",
    fix: "refer to what the same hook has made, or name the resource instead of reading it",
  };
}

/** In a cell with a zone, of whatever is made there somebody has to know whether it holds data. */
function typeMistake({ address, attributes, type }: Block, fleet: Fleet): Mistake | undefined {
  const isResource = type !== "module" && !address.startsWith("data.");
  if (!isResource || isKnownInCells(type, attributes)) return undefined;
  if (fleet.extensions.some(({ resourceTypes }) => Object.hasOwn(resourceTypes, type))) return undefined;
  return {
    what: `${type} is a type that Meridian does not know, in a cell with a zone`,
    why: "nobody has said whether it can hold viewers' data, and where AWS keeps that",
    fix: `say so in \`resourceTypes\` of the extension: ${type}: { holdsData: true, what: "…" }, or false; scope: "global" where AWS does not keep it in the region`,
  };
}

const isOfAws = (address: string) => /^(data\.)?aws_/.test(address);
