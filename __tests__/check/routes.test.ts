import { quotas } from "../../check/quotas";
import { routes } from "../../check/routes";
import { formatPath } from "../../fleet/diagnostics";
import type { CellEntry, FleetFile, ServiceEntry } from "../../fleet/schema/fleet-file";

const source = "a.ts";
const regions = ["eu-central-1", "eu-west-1"];

function found(services: Readonly<Record<string, ServiceEntry>>, cell: Partial<CellEntry> = {}) {
  const cells = { web: { stage: "dev", targets: { web: regions }, ...cell } };
  const file: FleetFile = { fleet: "acme", accounts: { web: { id: "111111111111" } }, services, cells };
  const input = { file, declared: {} };
  return [...routes(input), ...quotas(input)].map(({ code, path }) => `${code} ${formatPath(path)}`);
}

describe("a service that events alone call", () => {
  const hello = { source };
  const worker = { source, routes: [] };

  test("takes no request, so nothing of it is held against the front", () => {
    const slow = { ...worker, timeout: 900 };
    expect(found({ hello, slow })).toEqual([]);
    expect(found({ hello, slow: { ...slow, routes: ["/slow"] } })).toEqual([
      "timeout-beyond-front services.slow.timeout",
    ]);
  });

  test("needs no origin of the hundred", () => {
    const services = Object.fromEntries(
      Array.from({ length: 51 }, (_, index) => [`s${index}`, { source, routes: [`/${index || "*"}`] }]),
    );
    expect(found(services)).toEqual(["too-many-origins cells.web.targets"]);
    expect(found({ ...services, s50: worker })).toEqual([]);
  });

  test("can be one in some cells only", () => {
    const cell = { services: { hello: { routes: [] } } };
    expect(found({ hello, other: { source, routes: ["/other"] } }, cell)).toEqual([
      "no-default-route cells.web.services",
    ]);
    expect(found({ worker }, { services: { worker: { routes: ["/*"] } } })).toEqual([]);
  });

  test("cannot be all that a cell has", () => {
    expect(found({ worker })).toEqual(["no-routes services"]);
  });
});

test("a service that was left out because of its shape may have the routes that are missing", () => {
  const file: FleetFile = {
    fleet: "acme",
    accounts: {},
    services: { worker: { source, routes: [] } },
    cells: { web: { stage: "dev", targets: {} } },
  };
  expect(routes({ file, declared: { services: ["worker", "hello"] } })).toEqual([]);
});
