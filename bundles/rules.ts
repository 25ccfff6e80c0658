import { error, type Rules, reporter } from "../fleet/rule";

/** Rules about the sources of services. */
export const bundleRules = {
  "source-missing": error("a source file that does not exist", "the service has no code to deploy"),
  "source-does-not-bundle": error(
    "a source with errors, or without its handler",
    "what cannot be bundled cannot be deployed",
  ),
  "bundle-too-large": error(
    "a bundle over 50 MB zipped or 250 MB unzipped",
    "the upload would be refused in every target",
  ),
} as const satisfies Rules;

/** A finding about a source. */
export const problem = reporter(bundleRules);
