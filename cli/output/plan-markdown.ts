import type { Picture } from "../../operations/plan/picture-schema";
export function planMarkdown(p: Picture): string {
  return JSON.stringify(p);
}
