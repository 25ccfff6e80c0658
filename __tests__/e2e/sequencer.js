const { basename } = require("node:path");

/**
 * Files from the one that takes longest, where nothing is known of an earlier run. By size, as Jest would begin them, those
 * that mostly wait for AWS's own pace would be left for the end, with the cores idle. A file that is not here comes first.
 */
const longestFirst = [
  ...[
    "pipeline",
    "change-page",
    "example",
    "organization",
    "plan",
    "landing-zone",
    "take-over",
    "rollout",
    "tables",
    "kill",
  ],
  ...["package", "extensions", "changes", "remove", "front", "start", "routing", "ci"],
  ...["cdktf", "preflight-page", "dynamodb", "codebuild", "pipeline-validate", "bootstrap-template"],
];

const placeOf = ({ path }) => longestFirst.indexOf(basename(path, ".e2e.ts"));

/** What Jest asks in which order to begin. */
module.exports = class {
  sort(tests) {
    return [...tests].sort((a, b) => placeOf(a) - placeOf(b) || a.path.localeCompare(b.path, "en"));
  }

  shard(tests) {
    return tests;
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
};
