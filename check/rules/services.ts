import { error, info, type Rules, warning } from "../../fleet/rule";

/** Rules about services and their tags, and advice. */
export const serviceRules = {
  "environment-too-large": error(
    "more than 4 KB of environment variables",
    "Lambda allows 4,096 bytes for keys and values together",
  ),
  "reserved-variable": error(
    "an environment variable that Lambda or Meridian sets itself",
    "Lambda refuses functions that set one of its own",
  ),
  "secret-in-environment": warning(
    "what looks like a secret in an environment variable",
    "it would be readable in the file, the JSON, the state and the console",
  ),
  "unknown-placeholder": warning(
    "a placeholder other than `{region}` and `{account}`, and, in `secrets`, `{cell}` and `{stage}`",
    "it would reach AWS unchanged",
  ),
  "layer-region": error(
    "a layer from a region other than the target's",
    "Lambda accepts only layers from its own region",
  ),
  "reserved-tag": error(
    "a tag under `aws:` or `meridian:`",
    "AWS refuses the first, and Meridian sets the second itself",
  ),
  "too-many-tags": error("more than 50 tags on the resources of a cell", "AWS allows 50 per resource"),
  "single-region": info("a cell with one region", "nothing answers while that region is down"),
  "simpler-single-region": info(
    "several regions that nobody seems to need",
    "every further region is one more to deploy, watch and pay for",
  ),
} as const satisfies Rules;
