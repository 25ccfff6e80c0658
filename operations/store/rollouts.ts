import type { FailedCell, RolloutPart, RolloutWave } from "./model";
import { mapFew, type Objects } from "./objects";

const folder = "rollouts/";

/** Neither a stage nor a cell is called so. */
const runsFolder = "_runs/";

const folderOf = ({ id, stage, wave }: RolloutPart) =>
  stage === undefined || wave === undefined ? `${folder}${id}/` : `${folder}${id}/${stage}/${wave}/`;
const cellKey = (wave: RolloutWave, cell: string) => `${folderOf(wave)}${cell}`;

/** Says of a run that it belongs to a rollout: its record lies with those of all others. */
export function indexRun(objects: Objects, run: string, part: RolloutPart): Promise<void> {
  return objects.write(`${folderOf(part)}${runsFolder}${run}`, Buffer.from("\n"));
}

/** Ids of the runs of a rollout, or of one of its waves. */
export async function runsIn(objects: Objects, part: RolloutPart): Promise<readonly string[]> {
  const namesIn = async (place: string) => (await objects.list(`${place}${runsFolder}`)).names;
  const own = folderOf(part);
  if (part.wave !== undefined) return namesIn(own);
  const below = async (place: string) =>
    (await objects.list(place)).folders
      .map((name) => `${place}${name}/`)
      .filter((found) => !found.endsWith(`/${runsFolder}`));
  const stages = part.stage === undefined ? await below(own) : [`${own}${part.stage}/`];
  const waves = (await mapFew(stages, below)).flat();
  const places = part.stage === undefined ? [own, ...waves] : waves;
  return (await mapFew(places, namesIn)).flat();
}

/** Keeps that a cell failed. */
export function writeFailure(objects: Objects, wave: RolloutWave, failure: FailedCell): Promise<void> {
  return objects.write(cellKey(wave, failure.cell), Buffer.from(`${JSON.stringify(failure)}\n`));
}

/** Removes what was kept of a cell. */
export async function removeFailure(objects: Objects, wave: RolloutWave, cell: string): Promise<void> {
  await objects.remove(cellKey(wave, cell));
}

/** Names of the cells of which something is kept. */
export async function readFailedCells(objects: Objects, wave: RolloutWave): Promise<readonly string[]> {
  return (await objects.list(folderOf(wave))).names;
}

/** What was kept of a cell. */
export async function readFailure(
  objects: Objects,
  wave: RolloutWave,
  cell: string,
): Promise<FailedCell | undefined> {
  const found = await objects.read(cellKey(wave, cell));
  return found && (JSON.parse(found.bytes.toString("utf8")) as FailedCell);
}
