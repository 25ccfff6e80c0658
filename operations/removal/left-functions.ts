import { DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { globalRegion } from "../../fleet/geography/regions";
import type { Fleet } from "../../fleet/model";
import { hashFunctionName } from "../../fleet/names";
import { hashesBodies } from "../../fleet/routes";
import { type FleetStack, fleetStacks } from "../../fleet/stacks";
import { openAccountAsker } from "../aws/account-asker";
import { describeError, isRefusal } from "../aws/errors";
import { type AwsSession, deployRole } from "../aws/role-credentials";
import type { PlannedStack } from "../plan/plan-stack";
import type { FleetStore, LeftFunction, RunRecord, StackPlace, StackState } from "../store/model";

/** Runs that are looked through for what they have left: more than builds deploy a wave side by side. */
const runsLookedAt = 100;

/** Functions that Terraform lets go of instead of deleting them, as they stand in a stack's state. */
export function heldFunctions(
  { account, stack }: StackPlace,
  state: StackState | undefined,
): readonly LeftFunction[] {
  const functions = state?.resources.filter(
    ({ mode, type }) => mode === "managed" && type === "aws_lambda_function",
  );
  return (functions ?? []).flatMap(({ instances }) =>
    instances.flatMap(({ attributes = {} }) => {
      const { arn, function_name: name, skip_destroy } = attributes;
      if (skip_destroy !== true || typeof arn !== "string" || typeof name !== "string") return [];
      return [{ stack, account, region: arn.split(":")[3] ?? "", name }];
    }),
  );
}

/** A stack that a run may leave without a function that it has, or gives one that a rollback takes back again. */
export interface LosingStack extends StackPlace {
  /** Of a front. */
  readonly cell?: string;
}

/** Orphans, and the fronts that lose or get a function by their plans. */
export function losingStacks(
  planned: Iterable<PlannedStack>,
  orphans: readonly FleetStack[],
): readonly LosingStack[] {
  const fronts = [...planned].flatMap(({ actions, stack }) =>
    stack.kind === "front" &&
    [...actions.keys()].some((address) => address.startsWith("aws_lambda_function."))
      ? [stack]
      : [],
  );
  return [...fronts, ...orphans].map(({ account, cell, name }) => ({ stack: name, account, cell }));
}

/**
 * What may be left once a run is over: what earlier runs left, and what the stacks have, or will have, that this one changes
 * in this respect. Known before anything changes, so that a run that is killed has written it down.
 */
export async function functionsToLeave(
  fleet: Fleet,
  store: FleetStore,
  losing: readonly LosingStack[],
): Promise<readonly LeftFunction[]> {
  const [runs, held] = await Promise.all([
    store.runs(runsLookedAt),
    Promise.all(
      losing.map(async (place) => [
        // A state that cannot be read holds up its own stack, and no other.
        ...heldFunctions(place, await store.state(place).catch(() => undefined)),
        ...toBeMade(fleet, place),
      ]),
    ),
  ]);
  const all = [...sinceLastEnd(runs).flatMap(({ left = [] }) => left), ...held.flat()];
  return [...new Map(all.map((each) => [keyOf(each), each])).values()];
}

/**
 * The newest runs, up to one that ended: it carried on what those before it had left. Those that went on while that one
 * began were side by side with it, and it may not have known what they would leave.
 *
 * @param runs newest first
 */
function sinceLastEnd(runs: readonly RunRecord[]): readonly RunRecord[] {
  const index = runs.findIndex(({ outcome }) => outcome !== undefined);
  const last = runs[index];
  if (!last) return runs;
  const older = runs.slice(index + 1).filter(({ ended }) => ended !== undefined && ended > last.started);
  return [...runs.slice(0, index + 1), ...older];
}

function toBeMade(fleet: Fleet, { account, cell: name, stack }: LosingStack): readonly LeftFunction[] {
  const cell = fleet.cells.find((each) => each.name === name);
  if (cell?.front.stack !== stack || !hashesBodies(cell)) return [];
  return [{ stack, account, region: globalRegion, name: hashFunctionName(fleet.name, cell.name) }];
}

function keyOf({ account, name, region }: LeftFunction): string {
  return `${account.id} ${region} ${name}`;
}

/** What {@link deleteLeft} works with. */
export interface LeftContext {
  readonly fleet: Fleet;
  readonly store: Pick<FleetStore, "state">;
  readonly session: AwsSession;
  readonly say: (line: string) => void;
  /** @default asks Lambda */
  readonly remove?: (left: LeftFunction) => Promise<Removed>;
}

/** What became of a function: AWS may keep it, or somebody may have deleted it before. */
export type Removed = "deleted" | "kept" | "missing";

/**
 * Deletes what nothing needs any more, as far as AWS lets it, and says what is left.
 *
 * @returns what is still there, and what the fleet wants again, which no state holds yet
 */
export async function deleteLeft(
  context: LeftContext,
  functions: readonly LeftFunction[],
): Promise<readonly LeftFunction[]> {
  const { fleet, say, store } = context;
  const remove = context.remove ?? ((left) => removeFromAws(context, left));
  const still: LeftFunction[] = [];
  for (const left of functions) {
    const { account, name, stack } = left;
    try {
      const held = heldFunctions(left, await store.state({ stack, account }));
      if (held.some((each) => each.name === name)) continue;
      if (isWanted(fleet, left)) still.push(left);
      else {
        const removed = await remove(left);
        if (removed === "deleted") say(`Deleted the function ${name} of ${account.name}.`);
        if (removed === "kept") {
          still.push(left);
          say(keptLine(left));
        }
      }
    } catch (error) {
      const isLater = isInFleet(fleet, left);
      if (isLater) still.push(left);
      const what = `the function ${name} of ${account.name} cannot be deleted${isLater ? " yet" : ""}`;
      say(`note: ${what}: ${describeError(error)}`);
      if (!isLater) say(`The account has left the fleet, so it is up to you: ${commandFor(left)}`);
    }
  }
  return still;
}

/** Whether a front of the fleet is to have a function of that name: it takes it over as it is. */
export function isWanted(fleet: Fleet, { account, name }: LeftFunction): boolean {
  return fleet.cells.some(
    (cell) =>
      hashesBodies(cell) &&
      cell.front.account.id === account.id &&
      hashFunctionName(fleet.name, cell.name) === name,
  );
}

/** Whether its account is still the fleet's, so that a later run may have more luck. */
function isInFleet(fleet: Fleet, { account: { id } }: LeftFunction): boolean {
  const accounts = [
    ...fleetStacks(fleet).map(({ account }) => account.id),
    ...(fleet.organization?.members ?? []).map((member) => member.id),
  ];
  return accounts.includes(id);
}

function commandFor({ name, region }: LeftFunction): string {
  return `aws lambda delete-function --region ${region} --function-name ${name}`;
}

function keptLine(left: LeftFunction): string {
  return [
    `note: AWS keeps the function ${left.name} of ${left.account.name} until CloudFront has deleted its copies, which takes hours.`,
    `The next deploy deletes it, or you do: ${commandFor(left)}`,
  ].join("\n");
}

async function removeFromAws(
  { fleet, session }: LeftContext,
  { account, name, region }: LeftFunction,
): Promise<Removed> {
  const asker = openAccountAsker(() => session.assumeRole(deployRole(fleet.name, account)), session);
  try {
    const client = asker.client(LambdaClient, region);
    const command = new DeleteFunctionCommand({ FunctionName: name });
    await asker.call(`deleting a function in ${region}`, (limit) => client.send(command, limit));
    return "deleted";
  } catch (error) {
    if (isRefusal(error, "ResourceNotFoundException")) return "missing";
    if (isReplicated(error)) return "kept";
    throw error;
  } finally {
    asker.close();
  }
}

/** "Lambda was unable to delete … because it is a replicated function": https://github.com/hashicorp/terraform-provider-aws/issues/1721 */
function isReplicated(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === "InvalidParameterValueException" &&
    error.message.includes("replicated function")
  );
}
