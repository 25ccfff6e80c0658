import { error, type Rules, reporter, warning } from "../fleet/rule";

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
  // https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html; what comes out otherwise:
  // https://github.com/aws/aws-lambda-go/issues/565 and https://middy.js.org/docs/intro/streamify-response
  "streaming-handler": warning(
    "`streaming: true` without `awslambda.streamifyResponse` in the source, or the other way round",
    "viewers would get another status, and headers as text",
  ),
} as const satisfies Rules;

/** A finding about a source. */
export const problem = reporter(bundleRules);
