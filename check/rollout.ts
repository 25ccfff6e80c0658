import type { Path, Problem } from "../fleet/diagnostics";
import { cellsWithoutWave, resolveRollout, stagesInOrder } from "../fleet/rollout";
import { covers } from "../fleet/routes";
import type { FleetFile, RolloutEntry } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { count, listed, nearest, suggest } from "../fleet/wording";
import { problem } from "./rules";
import { entryOf, isWritten, routesOf } from "./written";

/** The order of the stages, and how each is rolled out. */
export function rollout(input: CheckInput): readonly Problem[] {
  const { file } = input;
  return [
    ...stageOrder(input),
    ...listedStages(input),
    ...Object.entries(file.rollout ?? {}).flatMap(([stage, entry]) => ofStage(input, stage, entry)),
  ];
}

function stageOrder(input: CheckInput): readonly Problem[] {
  const { file } = input;
  const cells = Object.entries(file.cells);
  const stages = stagesInOrder(
    {},
    cells.map(([, { stage }]) => stage),
  );
  if (!isWritten(input, ["stages"])) {
    if (stages.length < 2) return [];
    return [
      problem("no-stage-order", ["cells"], {
        message: `the cells have the stages ${listed(stages)}, but "stages" does not say in which order`,
        fix: `add "stages: [${stages.join(", ")}]", in the order in which they shall be rolled out`,
        atKey: true,
      }),
    ];
  }
  const inOrder = file.stages;
  if (!inOrder || !isWhole(input, ["stages"], inOrder)) return [];
  return stages
    .filter((stage) => !inOrder.includes(stage))
    .map((stage) => {
      const cell = cells.find(([, entry]) => entry.stage === stage)?.[0] ?? "";
      const near = nearest(stage, inOrder);
      return problem("stage-not-in-order", ["cells", cell, "stage"], {
        message: `cell "${cell}" has the stage "${stage}", which "stages" does not list`,
        fix: `add "${stage}" to "stages" at its place in the order${near === undefined ? "" : `, or write "${near}"`}`,
        other: { path: ["stages"], atKey: true },
      });
    });
}

function listedStages({ declared, file }: CheckInput): readonly Problem[] {
  const stages = file.stages ?? [];
  return stages.flatMap((stage, index) => {
    const path = ["stages", index];
    if (stages.indexOf(stage) < index) {
      return [
        problem("duplicate-stage", path, {
          message: `stage "${stage}" is listed twice`,
          fix: "remove one of the two",
          other: { path: ["stages", stages.indexOf(stage)] },
        }),
      ];
    }
    if (!declared.stages || declared.stages.includes(stage)) return [];
    const near = nearest(
      stage,
      declared.stages.filter((other) => !stages.includes(other)),
    );
    return [
      problem("stage-without-cell", path, {
        message: `no cell has the stage "${stage}"`,
        fix: near === undefined ? "remove it, or give a cell this stage" : `write "${near}"`,
      }),
    ];
  });
}

function ofStage(input: CheckInput, stage: string, entry: RolloutEntry): readonly Problem[] {
  const { declared } = input;
  const path = ["rollout", stage];
  if (declared.stages && !declared.stages.includes(stage)) {
    return [
      problem("unknown-stage", path, {
        message: `no cell has the stage "${stage}"`,
        fix: declared.stages.length > 0 ? suggest(stage, declared.stages) : "remove it",
        atKey: true,
      }),
    ];
  }
  return [
    ...namedCells(input, stage, entry),
    ...shares(input, stage, entry),
    ...verification(input, stage, entry),
  ];
}

function namedCells({ file }: CheckInput, stage: string, { waves = [] }: RolloutEntry): readonly Problem[] {
  const firsts = new Map<string, Path>();
  return waves.flatMap((wave, index) =>
    (Array.isArray(wave) ? wave : []).flatMap((cell, position) => {
      const path = ["rollout", stage, "waves", index, position];
      const other = entryOf(file.cells, cell)?.stage ?? stage;
      if (other !== stage) {
        return [
          problem("cell-of-other-stage", path, {
            message: `cell "${cell}" is of stage "${other}", not of "${stage}"`,
            fix: `remove it here; it can be a wave of "rollout.${other}"`,
            other: { path: ["cells", cell, "stage"] },
          }),
        ];
      }
      const first = firsts.get(cell);
      if (!first) {
        firsts.set(cell, path);
        return [];
      }
      return [
        problem("cell-in-two-waves", path, {
          message: `cell "${cell}" is listed twice in the waves of "${stage}"`,
          fix: "remove one of the two",
          other: { path: first },
        }),
      ];
    }),
  );
}

/** Cells that a message names. */
const shownCells = 5;

function someOf(cells: readonly string[]): string {
  const shown = listed(cells.slice(0, shownCells));
  const more = cells.length - shownCells;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function cellsOf(file: FleetFile, stage: string): readonly { readonly name: string }[] {
  return Object.entries(file.cells)
    .filter(([, entry]) => entry.stage === stage)
    .map(([name]) => ({ name }));
}

function shares(input: CheckInput, stage: string, entry: RolloutEntry): readonly Problem[] {
  const { file } = input;
  const { waves } = entry;
  if (!waves) return [];
  const path = ["rollout", stage, "waves"];
  const whole = waves.indexOf("100%");
  const late = waves.flatMap((wave, index) =>
    whole === -1 || index <= whole || Array.isArray(wave)
      ? []
      : [
          problem("empty-wave", [...path, index], {
            message: `wave ${index + 1} of "${stage}" comes after one of 100%, which has all cells that no list names`,
            fix: "remove it, or write it before the one of 100%",
          }),
        ],
  );
  // A name that leads nowhere is reported already, and most likely means one of the cells that are left out.
  const isKnown = (wave: unknown) =>
    !Array.isArray(wave) || wave.every((cell) => Object.hasOwn(file.cells, cell));
  const isRead =
    isWhole(input, path, waves) &&
    waves.every((wave, index) => isKnown(wave) && isWhole(input, [...path, index], wave));
  const left = isRead ? cellsWithoutWave(cellsOf(file, stage), resolveRollout(entry)) : [];
  if (left.length === 0) return late;
  return [
    ...late,
    problem("cells-without-wave", path, {
      message: `the waves of "${stage}" leave out ${count(left.length, "cell")}: ${someOf(left.map(({ name }) => name))}`,
      fix: 'add "100%" as the last wave: all cells that are left',
      atKey: true,
    }),
  ];
}

/** Whether nothing of a list was left out because of its shape: that is reported already. */
function isWhole({ declared }: CheckInput, path: Path, list: unknown): boolean {
  return !Array.isArray(list) || (declared.length?.(path) ?? list.length) === list.length;
}

function verification(
  input: CheckInput,
  stage: string,
  { rollback, verify }: RolloutEntry,
): readonly Problem[] {
  const path = ["rollout", stage];
  if (rollback === "automatic" && !isWritten(input, [...path, "verify"])) {
    return [
      problem("rollback-without-verify", [...path, "rollback"], {
        message: `the rollout of "${stage}" has "rollback: automatic", but no "verify"`,
        fix: 'add "verify: { path: / }", or write "manual"',
      }),
    ];
  }
  if (!verify) return [];
  const { file } = input;
  const without = Object.entries(file.cells).flatMap(([cell, entry]) => {
    const routes = routesOf(file, cell, entry);
    const isOther = entry.stage !== stage || routes.length === 0;
    return isOther || routes.some(({ route }) => covers(route, verify.path)) ? [] : [cell];
  });
  if (without.length === 0) return [];
  return [
    problem("verify-without-route", [...path, "verify", "path"], {
      message: `no route of ${count(without.length, "cell")} of "${stage}" matches "${verify.path}": ${someOf(without)}`,
      fix: "write a path that a service of every cell of the stage answers",
    }),
  ];
}
