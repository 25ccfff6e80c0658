import type { Cell, Fleet, Target } from "../../fleet/model";
import { isRouted } from "../../fleet/routes";
import { plainRequest, signedRequest } from "../../operations/aws/signed-request";
import type { Outputs } from "../../operations/terraform/cdktf";
import { accountCredentials } from "./sandbox-request";

/** Something that answers in a sandbox: a cell's front, or one of the function URLs behind it. */
export interface Address {
  readonly kind: "front" | "function url";
  readonly cell: string;
  readonly service: string;
  /** Path to ask for: the shortest that the service's first route matches. */
  readonly path: string;
  /** The Host header. */
  readonly host: string;
  /** Where it should be answered from. */
  readonly account: string;
  readonly region: string;
}

/** What a target stack says of a target: `output` is the name of the construct. */
interface TargetOutput {
  readonly output: { readonly functions: Readonly<Record<string, { readonly host?: string }>> };
}

/** Where a viewer is answered of whom the sandbox knows no country. */
function expectedTarget({ defaultCountry, front, targets }: Cell): Target | undefined {
  const [region] = front.routing.get(defaultCountry)?.regions ?? [];
  return targets.find((target) => target.region === region);
}

/** Every front and every function URL of a deployed fleet, cell by cell. */
export function addressesOf(fleet: Fleet, outputs: Outputs, port: number): readonly Address[] {
  return fleet.cells.flatMap((cell) => {
    const expected = expectedTarget(cell);
    const services = cell.services.filter(isRouted);
    const fronts = expected
      ? services.map((service) => ({
          ...common(cell, service, expected),
          kind: "front" as const,
          host: `${cell.name}.localhost:${port}`,
        }))
      : [];
    const urls = cell.targets.flatMap((target) =>
      services.map((service) => ({
        ...common(cell, service, target),
        kind: "function url" as const,
        host: functionHost(outputs, target, service.name),
      })),
    );
    return [...fronts, ...urls];
  });
}

function common(cell: Cell, service: Cell["services"][number], target: Target) {
  const path = (service.routes[0]?.path ?? "/").replaceAll("*", "").replaceAll("?", "x");
  return { cell: cell.name, service: service.name, path, account: target.account.id, region: target.region };
}

function functionHost(outputs: Outputs, target: Target, service: string): string {
  const output = outputs[target.stack]?.[target.alias] as TargetOutput | undefined;
  const host = output?.output.functions[service]?.host;
  if (!host) throw new Error(`stack ${target.stack} has no output for ${service} in ${target.alias}`);
  return host;
}

/** What an address answered. */
export interface Reply extends Address {
  readonly status: number;
  /** Who answered: taken from the function's ARN, which only the sandbox tells. */
  readonly answeredBy?: { readonly account: string; readonly region: string };
  /** Whether it came from where it should, and was no error of a server. */
  readonly ok: boolean;
}

/** Asks an address of the sandbox, and notes which account and region answered. */
export async function ask(address: Address, endpoint: string): Promise<Reply> {
  const { account, host, kind, path, region } = address;
  const { headers, status } =
    kind === "front"
      ? await plainRequest({ endpoint, method: "GET", path, headers: { host } })
      : await signedRequest({
          endpoint,
          service: "lambda",
          region,
          path,
          host,
          credentials: accountCredentials(account),
        });
  const arn = String(headers["x-sandbox-answered-by"] ?? "").split(":");
  const answeredBy = arn[3] && arn[4] ? { region: arn[3], account: arn[4] } : undefined;
  const ok = status < 500 && answeredBy?.account === account && answeredBy.region === region;
  return { ...address, status, answeredBy, ok };
}
