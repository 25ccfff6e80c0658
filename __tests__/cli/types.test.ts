import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { declarations, environmentTypes } from "../../cli/types";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { extendedEnvironment } from "../../stacks/extended-environment";
import type { Extension } from "../../stacks/extensions/extension";
import { checkedOf, fleetOf, smallFile } from "../support/fleet";
import { runNode } from "../support/run-node";

const source = "functions/hello/index.ts";
const file: FleetFile = {
  ...smallFile,
  tables: { orders: { key: { id: "string" } }, "page-views": { key: { id: "string" } } },
  services: {
    hello: { source, tables: { orders: "read", "page-views": "write" } },
    worker: { source, tables: { orders: "write" } },
  },
};

const queue: Extension = {
  name: "mail-queue",
  target({ service, target }) {
    for (const name of ["hello", "worker"]) service(name).environment.set("MAIL_QUEUE_URL", "https://x");
    if (target.region === "eu-west-1") service("worker").environment.set("BACKUP", "yes");
  },
};

function typesOf(extensions: readonly Extension[], written = file): string {
  const fleet = fleetOf(written, extensions);
  return environmentTypes(declarations(fleet, extendedEnvironment(checkedOf(fleet), extensions)));
}

test("every variable of tables and extensions is declared, optional where not every function has it", () => {
  expect(typesOf([queue])).toBe(`// Written by \`npx meridian types\`. Do not edit.
declare namespace NodeJS {
  interface ProcessEnv {
    /** In worker: set by the extension "mail-queue". */
    BACKUP?: string;
    /** In hello, worker: set by the extension "mail-queue". */
    MAIL_QUEUE_URL: string;
    /** In hello, worker: the table "orders", as AWS calls it. */
    TABLE_ORDERS: string;
    /** In hello: the table "page-views", as AWS calls it. */
    TABLE_PAGE_VIEWS?: string;
  }
}
`);
});

test("the order of services, tables and extensions changes nothing", () => {
  const other: Extension = {
    name: "another",
    target: ({ service }) => service("hello").environment.set("A", "1"),
  };
  const turned: FleetFile = {
    ...file,
    services: {
      worker: { source, tables: { orders: "write" } },
      hello: { source, tables: { "page-views": "write", orders: "read" } },
    },
  };
  expect(typesOf([other, queue], turned)).toBe(typesOf([queue, other]));
});

test("a handler that reads a name that is not declared as a string does not compile", () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-types-"));
  try {
    const [declared, handler] = ["environment.d.ts", "handler.ts"].map((name) => join(folder, name));
    writeFileSync(declared as string, typesOf([queue]));
    writeFileSync(
      handler as string,
      "const all: string = process.env.TABLE_ORDERS;\nconst some: string = process.env.TABLE_PAGE_VIEWS;\nexport { all, some };\n",
    );
    const program = ts.createProgram([declared as string, handler as string], {
      strict: true,
      noEmit: true,
      types: ["node"],
      typeRoots: [join(__dirname, "..", "..", "node_modules", "@types")],
      skipLibCheck: true,
    });
    const found = ts
      .getPreEmitDiagnostics(program)
      .map(({ file: of, messageText, start = 0 }) => [
        of?.getLineAndCharacterOfPosition(start).line,
        ts.flattenDiagnosticMessageText(messageText, "\n"),
      ]);
    expect(found).toEqual([
      [1, expect.stringContaining("'string | undefined' is not assignable to type 'string'")],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("functions/environment.d.ts is what the command writes for the example fleet", async () => {
  const stdout = "functions/environment.d.ts: up to date, 1 variable\n";
  expect(await runNode("bin/meridian.js", ["types", "--check"])).toMatchObject({ code: 0, stdout });
});

describe("the command", () => {
  let folder: string;
  const run = (...words: readonly string[]) =>
    runNode("bin/meridian.js", ["types", ...words], { cwd: folder });
  const fleet = (access: string) =>
    [
      "fleet: acme",
      'accounts: { globex: { id: "333333333333" } }',
      "tables: { orders: { key: { id: string } } }",
      `services: { hello: { source: functions/hello.ts, routes: ["/*"]${access} } }`,
      "cells: { globex: { stage: production, targets: { globex: [eu-central-1] } } }",
    ].join("\n");
  const place = () => join(folder, "functions", "environment.d.ts");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "meridian-types-"));
    mkdirSync(join(folder, "functions"));
    writeFileSync(join(folder, "functions", "hello.ts"), "export const handler = async () => ({});\n");
    writeFileSync(join(folder, "fleet.yaml"), fleet(", tables: { orders: read }"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("writes the file, and --check then finds it up to date until the fleet changes", async () => {
    expect(await run("--check")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("not up to date"),
    });
    expect(await run()).toMatchObject({
      code: 0,
      stdout: "functions/environment.d.ts: written, 1 variable\n",
    });
    expect(readFileSync(place(), "utf8")).toContain("    TABLE_ORDERS: string;\n");
    expect(await run("--check")).toMatchObject({ code: 0 });
    writeFileSync(join(folder, "fleet.yaml"), fleet(""));
    expect(await run("--check")).toMatchObject({ code: 1 });
  });

  test("writes nothing where there is nothing to declare, and takes another place", async () => {
    writeFileSync(join(folder, "fleet.yaml"), fleet(""));
    expect(await run("--out", "types/env.d.ts")).toMatchObject({ code: 0 });
    expect(() => readFileSync(join(folder, "types", "env.d.ts"))).toThrow("ENOENT");
    writeFileSync(join(folder, "fleet.yaml"), fleet(", tables: { orders: read }"));
    expect(await run("--out", "types/env.d.ts")).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, "types", "env.d.ts"), "utf8")).toContain("TABLE_ORDERS");
  });

  test("does not overwrite what somebody else has written", async () => {
    writeFileSync(place(), "declare const mine: string;\n");
    const { code, stderr } = await run();
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("was not written by") });
    expect(readFileSync(place(), "utf8")).toBe("declare const mine: string;\n");
  });
});
