/** The direction of the arrows: see docs/architecture.md. */
const only = (from, allowed) => ({
  name: `${from}-reaches-no-further`,
  comment: `${from}/ may import from ${allowed.join(", ") || "itself only"}.`,
  severity: "error",
  from: { path: `^${from}/` },
  to: {
    path: "^(main\\.ts|bin|fleet|access|bundles|edge|check|modules|terraform-state|stacks|evidence|operations|sandbox|cli|__tests__)",
    pathNot: `^(${[from, ...allowed].join("|")})/`,
  },
});

const forbidPackages = (from, packages, comment) => ({
  name: `${from}-knows-nothing-of-${packages[0].replace(/\W/g, "")}`,
  comment,
  severity: "error",
  from: { path: `^${from}/` },
  to: { path: packages.map((name) => `node_modules/${name}/`) },
});

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    only("fleet", []),
    only("edge", []),
    only("access", ["fleet"]),
    only("bundles", ["fleet"]),
    only("check", ["fleet", "access", "bundles", "edge"]),
    only("modules", ["fleet", "access", "edge"]),
    only("terraform-state", ["fleet"]),
    only("stacks", ["fleet", "check", "access", "bundles", "edge", "modules", "terraform-state"]),
    only("evidence", ["fleet"]),
    only("operations", ["fleet", "access", "terraform-state"]),
    only("sandbox", ["fleet"]),
    only("cli", [
      "fleet",
      "access",
      "bundles",
      "check",
      "edge",
      "stacks",
      "terraform-state",
      "evidence",
      "operations",
      "sandbox",
    ]),
    forbidPackages("fleet", ["cdktf", "constructs", "@cdktf"], "The model knows nothing of Terraform."),
    forbidPackages(
      "evidence",
      ["cdktf", "constructs", "@cdktf"],
      "Evidence is read off the synthesized JSON alone.",
    ),
    forbidPackages("sandbox", ["cdktf", "constructs", "@cdktf"], "The sandbox serves whatever calls it."),
    {
      name: "modules-read-no-files",
      comment: "Modules know nothing of files or the command line.",
      severity: "error",
      from: { path: "^modules/" },
      to: { path: "^(node:)?(fs|child_process|process)", dependencyTypes: ["core"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { extensions: [".ts", ".js", ".json"] },
  },
};
