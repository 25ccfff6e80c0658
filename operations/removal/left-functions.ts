import { DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { Fleet } from "../../fleet/model";
import { hashFunctionName } from "../../fleet/names";
import { hashesBodies } from "../../fleet/routes";
import { describeError } from "../aws/errors";
import { type AwsSession, deployRole } from "../aws/role-credentials";
import { openAsker } from "../recovery/lookups/asker";
import type { FleetStore, LeftFunction, RunRecord, StackPlace, StackState } from "../store/model";

/** Runs that are looked through for what they have left: more than go on side by side. */
const runsLookedAt = 10;

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

/**
 * What may be left once a run is over: what earlier runs left, and what the stacks have that this one takes it from. Known
 * before anything changes, so that a run that is killed has written it down.
 *
 * @param losing stacks whose plan lets go of a function, or that are taken away
 */
export async function functionsToLeave(
  store: FleetStore,
  losing: readonly StackPlace[],
): Promise<readonly LeftFunction[]> {
  const [runs, held] = await Promise.all([
    store.runs(runsLookedAt),
    Promise.all(losing.map(async (place) => heldFunctions(place, await store.state(place)))),
  ]);
  const all = [...runs.flatMap(({ left = [] }: RunRecord) => left), ...held.flat()];
  return [...new Map(all.map((each) => [keyOf(each), each])).values()];
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

/** Whether a function is gone, or AWS still keeps it. */
export type Removed = "gone" | "kept";

/**
 * Deletes what nothing needs any more, as far as AWS lets it, and says what is left.
 *
 * @returns what is still there
 */
export async function deleteLeft(
  context: LeftContext,
  functions: readonly LeftFunction[],
): Promise<readonly LeftFunction[]> {
  const { fleet, say, store } = context;
  const remove = context.remove ?? ((left) => removeFromAws(context, left));
  const used = new Set(
    fleet.cells.flatMap((cell) =>
      hashesBodies(cell) ? [`${cell.front.account.id} ${hashFunctionName(fleet.name, cell.name)}`] : [],
    ),
  );
  const still: LeftFunction[] = [];
  for (const left of functions) {
    const { account, name, stack } = left;
    try {
      const held = heldFunctions(left, await store.state({ stack, account }));
      if (used.has(`${account.id} ${name}`) || held.some((each) => each.name === name)) continue;
      if ((await remove(left)) === "gone") say(`Deleted the function ${name} of ${account.name}.`);
      else {
        still.push(left);
        say(keptLine(left));
      }
    } catch (error) {
      still.push(left);
      say(`note: the function ${name} of ${account.name} cannot be deleted yet: ${describeError(error)}`);
    }
  }
  return still;
}

function keptLine({ account, name, region }: LeftFunction): string {
  return [
    `note: AWS keeps the function ${name} of ${account.name} until CloudFront has deleted its copies, which takes hours.`,
    `The next deploy deletes it, or you do: aws lambda delete-function --region ${region} --function-name ${name}`,
  ].join("\n");
}

async function removeFromAws(
  { fleet, session }: LeftContext,
  { account, name, region, stack }: LeftFunction,
): Promise<Removed> {
  const asker = openAsker(stack, account.id, deployRole(fleet.name, account), session);
  try {
    const client = asker.client(LambdaClient, region);
    const command = new DeleteFunctionCommand({ FunctionName: name });
    await asker.call(`deleting a function in ${region}`, (limit) => client.send(command, limit));
    return "gone";
  } catch (error) {
    if (isMissing(error)) return "gone";
    if (isReplicated(error)) return "kept";
    throw error;
  } finally {
    asker.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === "ResourceNotFoundException";
}

/** "Lambda was unable to delete … because it is a replicated function": https://github.com/hashicorp/terraform-provider-aws/issues/1721 */
function isReplicated(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === "InvalidParameterValueException" &&
    error.message.includes("replicated function")
  );
}
