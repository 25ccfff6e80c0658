import { error, type Rules, warning } from "../../fleet/rule";

/** Rules about the order of the stages, and about the waves of each. */
export const rolloutRules = {
  "no-stage-order": warning(
    "several stages without `stages`",
    "their order is then only a guess: by the alphabet, with production last",
  ),
  "stage-not-in-order": error(
    "a cell's stage that `stages` does not list",
    "nothing says when it is the turn of its cells",
  ),
  "stage-without-cell": warning("a stage in `stages` that no cell has", "nothing is rolled out in it"),
  "duplicate-stage": error("the same stage twice in `stages`", "a stage is rolled out once"),
  "cell-of-other-stage": error(
    "a wave with a cell of another stage",
    "a stage's rollout reaches only its own cells",
  ),
  "cell-in-two-waves": error("the same cell twice in the waves of a stage", "a cell is rolled out once"),
  "empty-wave": error("a share after a wave of 100%", "no cell is left for it, however many there are"),
  "cells-without-wave": error(
    "waves that leave out cells of their stage",
    "a change to all would never reach these cells",
  ),
  "verify-without-route": error(
    "a path to verify that no route of a cell matches",
    "the front would answer 404, and every rollout would fail",
  ),
  "rollback-without-verify": error(
    "`rollback: automatic` without `verify`",
    "without a verification, nothing shows that a region has to go back",
  ),
} as const satisfies Rules;
