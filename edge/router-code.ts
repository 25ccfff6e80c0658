import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { projectRoot } from "../fleet/project";

/** What the router of a cell needs to know. */
export interface RouterConfig {
  /** Path pattern and the origins that serve it, the preferred one first; in the order of the behaviours. */
  readonly routes: readonly (readonly [pattern: string, originIds: readonly string[]])[];
  /** Answers of the first origin that make CloudFront ask the second. */
  readonly failoverOn: readonly number[];
}

let minified: string | undefined;

/**
 * The code of a cell's router, as CloudFront runs it: `edge/router.js`, minified, with the cell's own facts in front.
 */
export function routerCode(config: RouterConfig): string {
  minified ??= minify(readFileSync(join(projectRoot, "edge", "router.js"), "utf8"));
  const routes = config.routes.map(([pattern, origins]) => [patternToRegExp(pattern), origins]);
  return minified.replace(importLine, `$&\nconst config=${JSON.stringify({ ...config, routes })};\n`);
}

const importLine = /^import cf from ?"cloudfront";/;

/** Names stay, because CloudFront calls `handler` by its own; so does the syntax, because its engine knows no more. */
function minify(source: string): string {
  return transformSync(source, {
    minifyWhitespace: true,
    target: "es2017",
    legalComments: "none",
  }).code.trim();
}

/** CloudFront's wildcards: `*` for any characters, `?` for exactly one. */
function patternToRegExp(pattern: string): string {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return `^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`;
}
