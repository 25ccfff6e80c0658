import type { ExtensionFacts } from "../../fleet/model";
import type { Extension } from "./extension";

/** What the rest has to know of an extension. */
export function factsOf(extension: Extension): ExtensionFacts {
  const { deploy = [], name, resourceTypes = {} } = extension;
  const adds = (["target", "front", "cell"] as const).filter((hook) => extension[hook] !== undefined);
  return { name, adds, deploy, resourceTypes };
}
