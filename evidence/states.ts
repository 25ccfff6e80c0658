/** Which regions are not up. A drained region is asked by nobody, so whether it is down as well makes no difference. */
export interface State {
  readonly down: readonly string[];
  readonly drained: readonly string[];
}

/** Regions up to which every state is looked at: 3 to the power of 6 is 729. */
const exhaustiveUpTo = 6;

/** Regions not up at a time where there are more. */
const atMostOtherwise = 2;

/** How many of so many regions are not up at a time in the states that are looked at. */
export function mostNotUp(regions: number): number {
  return regions <= exhaustiveUpTo ? regions : atMostOtherwise;
}

/** Every state that is looked at, the fewest regions not up first: the first that fails is the smallest example. */
export function statesOf(regions: readonly string[]): readonly State[] {
  let found: readonly State[] = [{ down: [], drained: [] }];
  const most = mostNotUp(regions.length);
  for (const region of regions) {
    found = found.flatMap((state) => [
      state,
      ...(notUp(state) < most
        ? [
            { ...state, down: [...state.down, region] },
            { ...state, drained: [...state.drained, region] },
          ]
        : []),
    ]);
  }
  // Of equally many, what a person does not do by hand comes first. The sort is stable.
  return found.toSorted((a, b) => notUp(a) - notUp(b) || a.drained.length - b.drained.length);
}

function notUp({ down, drained }: State): number {
  return down.length + drained.length;
}

/** `eu-central-1 is down, eu-west-1 is drained`, or `nothing is down or drained`. */
export function describeState({ down, drained }: State): string {
  const parts = [areAll(down, "down"), areAll(drained, "drained")].filter(Boolean);
  return parts.join(", ") || "nothing is down or drained";
}

function areAll(regions: readonly string[], what: string): string {
  return regions.length === 0
    ? ""
    : `${regions.join(" and ")} ${regions.length === 1 ? "is" : "are"} ${what}`;
}
