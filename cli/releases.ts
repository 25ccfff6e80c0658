import { UserError } from "../fleet/errors";
import type { Fleet } from "../fleet/model";
import { cellStacks, fleetStacks } from "../fleet/stacks";
import { suggest } from "../fleet/wording";
import { otherEndpoint } from "../operations/aws/endpoint";
import { awsSession, stsRegions } from "../operations/aws/role-credentials";
import type { FleetStore, StackPlace } from "../operations/store/model";
import { mapFew } from "../operations/store/objects";
import { currentRelease } from "../operations/store/releases";
import { reason } from "../operations/store/states";
import { openStore } from "../operations/store/store";
import { orJsonError, printJson } from "./output/json";
import { releasesReport, type StackReleases } from "./output/releases-report";
import { cellsNamed } from "./shared/cells";
import { caller } from "./shared/environment";
import { extensionFacts } from "./shared/facts";
import { deployedFleet } from "./shared/fleet";

/** Options of `meridian releases`. */
export interface ReleasesOptions {
  readonly stack?: readonly string[];
  readonly json?: boolean;
}

/**
 * `meridian releases`: what the stacks of a cell, or these stacks, were deployed with, and which of it they have now. Exit
 * code 1 where that cannot be read of one of them.
 *
 * @throws {UserError} there is no such cell or stack; {@link NoCredentials}
 */
export async function releases(
  file: string,
  cell: string | undefined,
  { json = false, stack: stacks = [] }: ReleasesOptions,
): Promise<void> {
  const endpoint = otherEndpoint(process.env);
  const found = await orJsonError(json, { endpoint }, async () => {
    if (cell === undefined && stacks.length === 0) {
      throw new UserError(
        "no cell and no stack is named",
        "each stack has releases of its own",
        "npx meridian releases <cell>, or --stack <name>",
      );
    }
    const fleet = await deployedFleet(file, { extensions: await extensionFacts() });
    const store = openStore(fleet, awsSession(stsRegions(fleet), caller));
    try {
      const places = await placesOf(fleet, store, cell, stacks);
      return await mapFew(places, (place) => releasesOf(store, place));
    } finally {
      store.close();
    }
  });
  if (json) printJson(found.map((one) => ({ ...one, ...(endpoint !== undefined && { endpoint }) })));
  else process.stdout.write(releasesReport(found, endpoint));
  if (found.some(({ ok }) => !ok)) process.exitCode = 1;
}

/** The stacks that are asked about. One that the fleet file does not have any more is looked for among the states. */
async function placesOf(
  fleet: Fleet,
  store: FleetStore,
  cell: string | undefined,
  names: readonly string[],
): Promise<readonly StackPlace[]> {
  const ofCell =
    cell === undefined ? [] : cellsNamed(fleet, cell).flatMap((cell) => cellStacks(cell, fleet.extensions));
  const own = fleetStacks(fleet);
  const isOwn = (name: string) => own.some((stack) => stack.name === name);
  const others = names.some((name) => !isOwn(name)) ? (await store.states()).places : [];
  const named = names.map((name) => {
    const stack = own.find((one) => one.name === name);
    const place = stack
      ? { stack: name, account: stack.account }
      : others.find((other) => other.stack === name);
    if (place) return place;
    throw new UserError(
      `there is no stack "${name}"`,
      "it is neither in the fleet file nor among the states",
      suggest(
        name,
        [...own.map((one) => one.name), ...others.map((one) => one.stack)].filter((one) => one !== name),
      ),
    );
  });
  const places = [...ofCell.map(({ account, name }) => ({ stack: name, account })), ...named];
  return [...new Map(places.map((place) => [place.stack, place])).values()];
}

async function releasesOf(store: FleetStore, place: StackPlace): Promise<StackReleases> {
  const about = { stack: place.stack, account: place.account.id };
  try {
    const [state, kept] = await Promise.all([store.state(place), store.releases(place)]);
    const current = currentRelease(state, kept)?.id;
    return {
      ...about,
      ok: true,
      deployed: state !== undefined && state.resources.length > 0,
      current,
      releases: kept.map(({ at, by, fingerprint, id, revision, run, verification }) => ({
        ...{ id, at, by, revision, run, fingerprint, verification },
      })),
    };
  } catch (error) {
    return { ...about, ok: false, releases: [], error: reason(error) };
  }
}
