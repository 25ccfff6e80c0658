import type { Picture } from "../../operations/plan/picture-schema";
export function planReport(p: Picture): string {
  return JSON.stringify(p, null, 1) + "\n";
}
