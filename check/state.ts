import type { Path, Problem } from "../fleet/diagnostics";
import { replicaName } from "../fleet/foundation/state-bucket";
import { findRegion } from "../fleet/geography/regions";
import { limits } from "../fleet/limits";
import { nameLimits } from "../fleet/names";
import type { FleetFile, StateEntry } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { count, listed } from "../fleet/wording";
import { problem } from "./rules";
import { entryOf, isWritten } from "./written";

/** Settings of the bucket for Terraform's state that cannot work. */
export function state(input: CheckInput): readonly Problem[] {
  const { state } = input.file;
  if (!state) return [];
  if (!isWritten(input, ["state", "account"])) return withoutAccount(state);
  return [
    ...incomplete(input, state),
    ...contradictions(input, state),
    ...tooManyAccounts(input.file, state),
    ...longReplicaName(state),
    ...outsideZones(input.file, state),
    ...optIn(state),
  ];
}

const settings = (path: Path, message: string, fix: string, atKey = true) =>
  problem("state-bucket-settings", path, { message, fix, atKey });

/** Without an account, nothing is made: an existing bucket is used, or none. */
function withoutAccount(state: StateEntry): readonly Problem[] {
  const forBucket =
    state.backend === "s3" ? (["replica"] as const) : (["bucket", "region", "prefix", "replica"] as const);
  const written = forBucket.filter((key) => state[key] !== undefined);
  const [first] = written;
  if (first === undefined) return [];
  return [
    settings(
      ["state", first],
      `the state has ${listed(written)}, but no "account" to make a bucket in`,
      `add "account", or remove ${listed(written)}`,
    ),
  ];
}

function incomplete(input: CheckInput, { account }: StateEntry): readonly Problem[] {
  const missing = ["bucket", "region"].filter((key) => !isWritten(input, ["state", key]));
  if (missing.length === 0 || account === undefined) return [];
  return [
    settings(
      ["state", "account"],
      `account "${account}" should get a bucket for the state, but there is no ${missing.map((key) => `"${key}"`).join(" and no ")}`,
      `add ${listed(missing)}`,
    ),
  ];
}

function contradictions(input: CheckInput, state: StateEntry): readonly Problem[] {
  const { account = "", region, replica } = state;
  const isWaiting = entryOf(input.file.accounts, account) && !isWritten(input, ["accounts", account, "id"]);
  return [
    ...(state.backend === "s3" && state.kmsKey !== undefined
      ? [
          settings(
            ["state", "kmsKey"],
            `the bucket in account "${account}" gets a key of its own, but "kmsKey" names another`,
            'remove "kmsKey", or remove "account" if the bucket already exists',
          ),
        ]
      : []),
    ...(state.backend === "s3" && isWaiting
      ? [
          settings(
            ["state", "account"],
            `the state cannot be in a bucket of account "${account}", which has no id yet`,
            'write "backend: local" until the bucket exists',
            false,
          ),
        ]
      : []),
    ...(replica !== undefined && replica === region
      ? [
          settings(
            ["state", "replica"],
            `the replica is in "${replica}", the same region as the bucket`,
            "write another region of the same zone, or remove it",
            false,
          ),
        ]
      : []),
  ];
}

/** How much of the policy one more deploy role name takes, in accounts: at most 88 bytes, while an account takes 33. */
const accountsPerRole = 3;

function tooManyAccounts(file: FleetFile, { account, bucket }: StateEntry): readonly Problem[] {
  const open = Object.values(file.accounts).filter(({ closed, id }) => !closed && id !== undefined);
  const roles = new Set(open.map(({ deployRole }) => deployRole ?? file.defaults?.deployRole));
  const places = open.length + accountsPerRole * (roles.size - 1);
  if (account === undefined || bucket === undefined || places <= limits.stateAccounts) return [];
  const others = roles.size - 1;
  return [
    problem("too-many-state-accounts", ["state", "account"], {
      message: `${count(open.length, "account")}${others > 0 ? ` with ${count(others, "deploy role")} besides the default one` : ""} would keep their state in one bucket of account "${account}"`,
      fix: `use an existing bucket with a policy of your own (remove "account"), or divide the fleet`,
    }),
  ];
}

/** The replica's name is the bucket's, plus a few characters. */
function longReplicaName({ bucket, replica }: StateEntry): readonly Problem[] {
  if (bucket === undefined || replica === undefined) return [];
  const name = replicaName(bucket);
  if (name.length <= nameLimits.bucket) return [];
  return [
    problem("out-of-range", ["state", "bucket"], {
      message: `the replica would be called "${name}", which has ${name.length} characters, but S3 allows ${nameLimits.bucket}`,
      fix: `use a name of at most ${nameLimits.bucket - (name.length - bucket.length)} characters`,
    }),
  ];
}

function outsideZones(file: FleetFile, { account, region, replica }: StateEntry): readonly Problem[] {
  const zone = entryOf(file.accounts, account)?.zone;
  const regions = entryOf(file.zones, zone)?.regions;
  if (regions) {
    return (["region", "replica"] as const).flatMap((key) => {
      const written = key === "region" ? region : replica;
      if (written === undefined || regions.includes(written) || !findRegion(written)) return [];
      return [
        problem("outside-zone", ["state", key], {
          message: `the state would be in "${written}", outside zone "${zone}" of account "${account}"`,
          fix: `use a region of the zone: ${listed(regions)}`,
        }),
      ];
    });
  }
  if (region === undefined || replica === undefined || !findRegion(replica)) return [];
  const zones = Object.entries(file.zones ?? {}).filter(([, entry]) => entry.regions.includes(region));
  if (zones.length === 0 || zones.some(([, entry]) => entry.regions.includes(replica))) return [];
  const others = [...new Set(zones.flatMap(([, entry]) => entry.regions))].filter((one) => one !== region);
  return [
    problem("replica-outside-zone", ["state", "replica"], {
      message: `the state in "${region}" is in zone ${listed(zones.map(([name]) => name))}, but the replica in "${replica}" is not`,
      fix:
        others.length > 0
          ? `use another region of the zone: ${listed(others)}`
          : "remove it, or add regions to the zone",
    }),
  ];
}

function optIn({ account, region, replica }: StateEntry): readonly Problem[] {
  const places = [
    { key: "region", code: region },
    { key: "replica", code: replica },
  ] as const;
  return places.flatMap(({ code, key }) => {
    if (code === undefined || !findRegion(code)?.optIn) return [];
    return [
      problem("opt-in-region", ["state", key], {
        message: `account "${account}" must opt in to region "${code}" first`,
        fix: `run "aws account enable-region --region-name ${code}" in the account once, and wait until it is ENABLED`,
      }),
    ];
  });
}
