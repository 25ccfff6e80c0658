import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { globalRegion } from "../../../fleet/geography/regions";
import { unlessMissing } from "../../aws/answers";
import { type PlannedCreate, textOf } from "../planned";
import type { Asker } from "./asker";
import { type Found, type Lookup, tagsOf } from "./model";

async function findRole({ values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const name = textOf(values, "name") ?? "";
  const client = asker.client(IAMClient, globalRegion);
  const command = new GetRoleCommand({ RoleName: name });
  const answer = asker.call("asking IAM", (limit) => client.send(command, limit));
  const found = await unlessMissing(answer, "NoSuchEntity", "NoSuchEntityException");
  return found ? [{ id: name, what: `the role ${name}`, tags: tagsOf(found.Role?.Tags) }] : [];
}

/** What IAM refuses to make twice. A role's own policies are put, whether they are there or not. */
export const iamLookups = {
  aws_iam_role: { identity: ["name"], isGlobal: true, find: findRole },
} as const satisfies Readonly<Record<string, Lookup>>;
