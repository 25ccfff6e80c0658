import { TerraformElement, TerraformProvider, type TerraformStack } from "cdktf";
import { addressTwice } from "../provider-rules";
import { ExtensionError, extensionAt } from "./errors";

/**
 * Refuses what an extension calls as something else of its stack is called: resources by their ids, providers by their
 * aliases.
 *
 * @throws {ExtensionError}
 */
export function requireOwnAddresses(stack: TerraformStack): void {
  const elements = stack.node.findAll().filter((each) => TerraformElement.isTerraformElement(each));
  for (const { address, first, second } of addressTwice(elements)) {
    // The one of an extension is the one that has to give way, whichever came first.
    const [own, other] = extensionAt(second.node.path) === undefined ? [first, second] : [second, first];
    const extension = extensionAt(own.node.path);
    if (extension === undefined) continue;
    const isProvider = TerraformProvider.isTerraformProvider(own);
    throw new ExtensionError([extension], own.node.path, {
      what: `it is ${address} in the JSON, which ${other.node.path} is, too`,
      why: "Terraform knows each by this address: of two, one would be lost",
      fix: isProvider
        ? "give it another alias, with the name of the extension in it, and `target.alias` where a stack has several targets"
        : "leave out overrideLogicalId(), or give it another id",
    });
  }
}
