import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RouterInput, routerCode } from "../edge/router-code";
import { regionCountries } from "./geography/regions";
import { projectRoot } from "./project";

let source: string | undefined;

/** The code of a cell's router: `edge/router.js` with what the cell is. */
export function resolveRouter(input: Omit<RouterInput, "regionCountries">): string {
  source ??= readFileSync(join(projectRoot, "edge", "router.js"), "utf8");
  return routerCode(source, { ...input, regionCountries });
}
