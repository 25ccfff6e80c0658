import type { Account } from "../../../fleet/account";
import { fleetStacks } from "../../../fleet/stacks";
import type { AwsSession } from "../../../operations/aws/role-credentials";
import type { PlannedStack } from "../../../operations/plan/plan-stack";
import {
  deleteLeft,
  functionsToLeave,
  losingStacks,
  type Removed,
} from "../../../operations/removal/left-functions";
import type { FleetStore, LeftFunction, RunRecord, StackState } from "../../../operations/store/model";
import { fleetOf, smallFile } from "../../support/fleet";

const fleet = fleetOf(smallFile);
const [cell] = fleet.cells;
if (!cell) throw new Error("the small fleet has no cell");
const account: Account = cell.front.account;

const gone: LeftFunction = {
  stack: "initech_front",
  account,
  region: "us-east-1",
  name: "acme__bodies_initech",
};
const own: LeftFunction = { ...gone, stack: "globex_front", name: "acme__bodies_globex" };

/** A state with a function, and one of a service beside it. */
function stateWith({ account: { id }, name, region }: LeftFunction, skip_destroy = true): StackState {
  const attributes = {
    arn: `arn:aws:lambda:${region}:${id}:function:${name}`,
    function_name: name,
    skip_destroy,
  };
  const functions = [attributes, { ...attributes, function_name: "acme_initech_hello", skip_destroy: false }];
  return {
    serial: 1,
    lineage: "l",
    outputs: {},
    resources: functions.map((each, index) => ({
      mode: "managed",
      type: "aws_lambda_function",
      name: `f${index}`,
      provider: "p",
      instances: [{ attributes: each }],
    })),
  };
}

function storeWith(states: Readonly<Record<string, StackState>>, runs: readonly Partial<RunRecord>[] = []) {
  return {
    state: async ({ stack }: { readonly stack: string }) => states[stack],
    runs: async () => runs,
  } as unknown as FleetStore;
}

test("what may be left is what stacks lose and what earlier runs left, each once; no function of a service", async () => {
  const store = storeWith({ initech_front: stateWith(gone) }, [{ left: [gone] }, {}, { left: [own] }]);
  const losing = [
    { stack: "initech_front", account, cell: "initech" },
    { stack: "never_deployed", account },
  ];
  expect(await functionsToLeave(fleet, store, losing)).toEqual([gone, own]);
});

test("a run that ended has carried on what was left before it", async () => {
  const store = storeWith({}, [
    { left: [gone] },
    { outcome: "failed" },
    { left: [own], outcome: "succeeded" },
  ]);
  expect(await functionsToLeave(fleet, store, [])).toEqual([gone]);
});

test("a run that was side by side with that one may have left what it did not know of", async () => {
  const third = { ...own, name: "acme__bodies_third" };
  const store = storeWith({}, [
    { left: [gone], outcome: "succeeded", started: "17:20:01", ended: "17:30:00" },
    { left: [own], outcome: "succeeded", started: "17:20:00", ended: "17:29:00" },
    { left: [third], outcome: "succeeded", started: "16:20:00", ended: "16:29:00" },
  ]);
  expect(await functionsToLeave(fleet, store, [])).toEqual([gone, own]);
});

test("a function that a rollout makes may be left, too: it can be taken back", async () => {
  const losing = [{ stack: "globex_front", account, cell: "globex" }];
  expect(await functionsToLeave(fleet, storeWith({}), losing)).toEqual([own]);
});

test("stacks that lose or get such a function are orphans, and fronts whose plans say so", () => {
  const [front, target] = ["front", "target"].map((kind) =>
    fleetStacks(fleet).find((each) => each.kind === kind),
  );
  if (!front || !target) throw new Error("the small fleet has no front");
  const planned = (stack: typeof front, address: string) =>
    ({ stack, actions: new Map([[address, "update"]]) }) as unknown as PlannedStack;
  const orphan = { ...target, name: "initech_target", cell: "initech" };
  const [bodies, other] = ["aws_lambda_function.bodies", "aws_cloudfront_distribution.front"] as const;
  expect(losingStacks([planned(front, bodies), planned(target, bodies)], [orphan])).toEqual([
    { stack: "globex_front", account: front.account, cell: "globex" },
    { stack: "initech_target", account, cell: "initech" },
  ]);
  expect(losingStacks([planned(front, other)], [])).toEqual([]);
});

test("a state that cannot be read holds up nothing", async () => {
  const store = {
    ...storeWith({}, [{ left: [own] }]),
    state: async () => Promise.reject(new Error("half a file")),
  } as unknown as FleetStore;
  expect(await functionsToLeave(fleet, store, [{ stack: "initech_front", account }])).toEqual([own]);
});

/** Deletes what is left, and tells what was asked and said. */
async function play(
  functions: readonly LeftFunction[],
  store: FleetStore,
  answer: Removed | Error = "deleted",
) {
  const said: string[] = [];
  const asked: string[] = [];
  const still = await deleteLeft(
    {
      fleet,
      store,
      session: {} as AwsSession,
      say: (line) => said.push(line),
      remove: async ({ name }) => {
        asked.push(name);
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    functions,
  );
  return { asked, said: said.join("\n"), still };
}

test("what nothing needs is deleted, and said", async () => {
  const { asked, said, still } = await play([gone], storeWith({}));
  expect(asked).toEqual(["acme__bodies_initech"]);
  expect(said).toBe("Deleted the function acme__bodies_initech of globex.");
  expect(still).toEqual([]);
});

test("what AWS keeps is kept in mind, with the command that deletes it", async () => {
  const { said, still } = await play([gone], storeWith({}), "kept");
  expect(still).toEqual([gone]);
  expect(said).toMatch(/until CloudFront has deleted its copies, which takes hours/);
  expect(said).toContain(
    "aws lambda delete-function --region us-east-1 --function-name acme__bodies_initech",
  );
});

test("what cannot be asked is kept in mind, with the reason", async () => {
  const { said, still } = await play([gone], storeWith({}), new Error("no route to host"));
  expect(still).toEqual([gone]);
  expect(said).toMatch(
    /^note: the function acme__bodies_initech of globex cannot be deleted yet: .*no route to host/,
  );
});

test("what somebody has deleted meanwhile is no news", async () => {
  expect(await play([gone], storeWith({}), "missing")).toEqual({
    ...{ asked: [gone.name], said: "", still: [] },
  });
});

test("what cannot be deleted in an account that has left the fleet is up to its owner", async () => {
  const left = { ...gone, account: { ...account, id: "999999999999", name: "initech" } };
  const { said, still } = await play([left], storeWith({}), new Error("not authorized"));
  expect(still).toEqual([]);
  expect(said).toMatch(/cannot be deleted: .*up to you: aws lambda delete-function/s);
});

test("what a stack still has is left alone, and what the fleet wants again is kept in mind", async () => {
  const { asked, said, still } = await play([gone, own], storeWith({ initech_front: stateWith(gone) }));
  expect({ asked, said, still }).toEqual({ asked: [], said: "", still: [own] });
});
