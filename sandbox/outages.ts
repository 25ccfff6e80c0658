/** The regions that do not answer at the moment. Shared by the gateway and by the function URLs. */
export interface Outages {
  readonly isDown: (region: string) => boolean;
  readonly begin: (region: string) => void;
  readonly end: (region: string) => void;
  /** Sorted. */
  readonly regions: () => readonly string[];
}

/** No region is down at first. */
export function createOutages(): Outages {
  const down = new Set<string>();
  return {
    isDown: (region) => down.has(region),
    begin: (region) => void down.add(region),
    end: (region) => void down.delete(region),
    regions: () => [...down].sort(),
  };
}
