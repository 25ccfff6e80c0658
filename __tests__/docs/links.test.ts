import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../../fleet/project";
import packageJson from "../../package.json";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "terraform-state/README.md",
  ...readdirSync(join(projectRoot, "docs")).map((name) => `docs/${name}`),
].filter((page) => page.endsWith(".md"));

const commands = readFileSync(join(projectRoot, "cli", "meridian.ts"), "utf8");

describe.each(pages)("%s", (page) => {
  const text = readFileSync(join(projectRoot, page), "utf8");
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found ?? "");

  test("links to files that are there", () => {
    const links = all(/\]\((?!https?:)([^)#]+)/g);
    expect(links.filter((link) => !existsSync(join(projectRoot, dirname(page), link)))).toEqual([]);
  });

  test("names folders and files of the project that are there", () => {
    const paths = all(/`((?:bench|bin|cli|docs|edge|fleet|modules|sandbox|stacks|__tests__)\/[\w./-]*)`/g);
    expect(paths.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });

  test("names commands that there are", () => {
    const names = all(/npx meridian (?:sandbox )?([a-z]+)/g);
    expect(names.filter((name) => !commands.includes(`.command("${name}`))).toEqual([]);
  });

  test("names npm scripts that there are", () => {
    expect(all(/npm run ([\w:]+)/g).filter((name) => !(name in packageJson.scripts))).toEqual([]);
  });
});
