/** The direction of the arrows: see docs/architecture.md. */
const only = (from, allowed) => ({
  name: `${from}-reaches-no-further`,
  comment: `${from}/ may import from ${allowed.join(", ") || "itself only"}.`,
  severity: "error",
  from: { path: `^${from}/` },
  to: {
    path: "^(main|bin|fleet|stacks|modules|edge|sandbox|evidence|cli|terraform-state|__tests__)",
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
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    only("edge", []),
    only("fleet", ["edge"]),
    only("modules", ["fleet"]),
    only("terraform-state", ["fleet"]),
    only("stacks", ["fleet", "modules", "terraform-state"]),
    only("sandbox", ["fleet"]),
    only("evidence", ["fleet"]),
    only("cli", ["fleet", "stacks", "sandbox", "evidence"]),
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
