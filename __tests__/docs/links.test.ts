import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../../fleet/project";
import packageJson from "../../package.json";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "terraform-state/README.md",
  "sandbox/README.md",
  ...(readdirSync(join(projectRoot, "docs"), { recursive: true }) as string[]).map((name) => `docs/${name}`),
].filter((page) => page.endsWith(".md") && existsSync(join(projectRoot, page)));

const folders = readdirSync(projectRoot, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && /^\w/.test(entry.name))
  .map(({ name }) => name)
  .filter((name) => !["node_modules", "dist", "cdktf.out"].includes(name));

const commands = readFileSync(join(projectRoot, "cli", "meridian.ts"), "utf8");

const read = (page: string) => readFileSync(join(projectRoot, page), "utf8");

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): readonly string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replace(/ /g, "-"),
  );
}

test("finds the pages of decisions", () => {
  expect(pages).toContain("docs/decisions/stack-per-target.md");
});

test("every page of docs/ is linked to by another", () => {
  const linked = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)]
      .map(([, path = ""]) => join(dirname(page), path))
      .filter((path) => path !== page),
  );
  expect(pages.filter((page) => page.startsWith("docs/") && !linked.includes(page))).toEqual([]);
});

describe.each(pages)("%s", (page) => {
  const text = read(page);
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found ?? "");

  test("links to files and headings that are there", () => {
    const links = all(/\]\((?!https?:)([^)]+)\)/g);
    const dead = links.filter((link) => {
      const [path = "", anchor] = link.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      if (!existsSync(join(projectRoot, file))) return true;
      return anchor !== undefined && !anchorsOf(file).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  test("names folders and files of the project that are there", () => {
    const paths = all(new RegExp(`\`((?:${folders.join("|")})/[\\w./-]*)\``, "g"));
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
