import { randomUUID } from "node:crypto";
import { notServed, type OwnService } from "../http";
import type { Organizations } from "../organizations/organizations";
import { jsonAnswer, readObject } from "../protocols/json";
import { findOperation } from "../protocols/rest";
import { baselineOperations } from "./baselines";
import { controlOperations } from "./controls";
import { landingZoneOperations } from "./landing-zone";
import {
  type ControlTowerAccount,
  type ControlTowerContext,
  type ControlTowerInput,
  type ControlTowerOperation,
  emptyControlTower,
  invalid,
  type JsonMap,
  missing,
} from "./store";

function readTags({ tags = {} }: ControlTowerInput): Readonly<Record<string, string>> {
  const entries = Object.entries(tags ?? {}).map(([key, value]) => [key, String(value)]);
  return Object.fromEntries(entries);
}

/** @throws {AwsError} ResourceNotFoundException */
function tagsOf({ account, params }: ControlTowerContext) {
  const { Arn: arn = "" } = params;
  const before = account.tags.get(arn);
  if (!before) throw missing(`The resource ${arn} does not exist.`);
  return { arn, before };
}

const tagOperations: readonly ControlTowerOperation[] = [
  {
    name: "ListTagsForResource",
    method: "GET",
    path: "/tags/{Arn}",
    run: (context) => ({ tags: tagsOf(context).before }),
  },
  {
    name: "TagResource",
    method: "POST",
    path: "/tags/{Arn}",
    run: (context) => {
      const { arn, before } = tagsOf(context);
      context.account.tags.set(arn, { ...before, ...context.tags });
      return {};
    },
  },
  {
    name: "UntagResource",
    method: "DELETE",
    path: "/tags/{Arn}",
    run: (context) => {
      const { arn, before } = tagsOf(context);
      const gone = context.query.getAll("tagKeys");
      const kept = Object.entries(before).filter(([key]) => !gone.includes(key));
      context.account.tags.set(arn, Object.fromEntries(kept));
      return {};
    },
  },
];

/** The operations of Control Tower: https://docs.aws.amazon.com/controltower/latest/APIReference/API_Operations.html */
export const controlTowerOperations: readonly ControlTowerOperation[] = [
  ...landingZoneOperations,
  ...baselineOperations,
  ...controlOperations,
  ...tagOperations,
];

/** Operations that answer in every region. */
const everywhere: ReadonlySet<string> = new Set(["CreateLandingZone", "ListLandingZones"]);

/**
 * Where there is a landing zone, all but its home region know of nothing.
 *
 * @throws {AwsError} ResourceNotFoundException
 */
function requireHome({ landingZone }: ControlTowerAccount, operation: string, region: string): void {
  if (!landingZone || landingZone.region === region || everywhere.has(operation)) return;
  throw missing(`AWS Control Tower is not set up in ${region}.`);
}

/**
 * Control Tower of every management account: the landing zone, and the baselines and controls of units. It only remembers
 * them, but for the services that it enables in the organization.
 */
export function createControlTower(organizations: Organizations): OwnService {
  const accounts = new Map<string, ControlTowerAccount>();
  const notAnObject = () => invalid("The body of the request is no JSON object.");
  return {
    operations: controlTowerOperations.map(({ name }) => name),
    handle: async (call) => {
      const account = accounts.get(call.account) ?? emptyControlTower();
      accounts.set(call.account, account);
      const found = findOperation(controlTowerOperations, call);
      if (!found) throw notServed(`controltower ${call.method} ${call.path.split("?")[0]}`);
      const { operation, params, query } = found;
      requireHome(account, operation.name, call.region);
      const input = readObject(call.body, notAnObject) as JsonMap;
      const output = operation.run({
        account,
        organizations,
        input,
        call,
        tags: readTags(input),
        params,
        query,
      });
      return jsonAnswer(200, output, { "x-amzn-requestid": randomUUID() });
    },
  };
}
