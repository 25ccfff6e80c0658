import type { Path, Problem } from "../fleet/diagnostics";
import { frontAccount } from "../fleet/front-place";
import { globalRegion } from "../fleet/geography/regions";
import type { CellEntry, FleetFile, FrontEntry } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { listed } from "../fleet/wording";
import { problem } from "./rules";
import { entryOf, isWritten } from "./written";

/** ACM accepts no longer name as a certificate's own: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html */
const certificateNameLength = 64;

type DomainEntry = NonNullable<FrontEntry["domain"]>;

/** Settings of a front's domain and web ACL that cannot work. */
export function front(input: CheckInput): readonly Problem[] {
  const { file } = input;
  const cells = Object.entries(file.cells);
  return [
    ...cells.flatMap(([cell, entry]) => accountless(input, cell, entry)),
    ...cells.flatMap(([cell, entry]) => certificates(file, cell, entry)),
    ...duplicateDomains(cells),
    ...cells.flatMap(([cell, entry]) => rateLimits(cell, entry)),
  ];
}

/** Before it had to be said, the first account by name was taken: there the front of a deployed cell is. */
function accountless(input: CheckInput, cell: string, entry: CellEntry): readonly Problem[] {
  const path = ["cells", cell, "front"];
  const unreadable = entry.front === undefined ? path : [...path, "account"];
  if (frontAccount(entry) !== undefined || isWritten(input, unreadable)) return [];
  const accounts = Object.keys(entry.targets).sort();
  if (accounts.length === 0) return [];
  return [
    problem("front-without-account", ["cells", cell, "targets"], {
      message: `cell "${cell}" has several accounts (${listed(accounts)}), and none of them is said to be that of its front`,
      fix: `write "front: { account: ${accounts[0]} }" in the cell, which is where its front is if it has been deployed; otherwise any of them will do`,
      atKey: true,
    }),
  ];
}

function certificates(file: FleetFile, cell: string, entry: CellEntry): readonly Problem[] {
  const domain = entry.front?.domain;
  if (!domain) return [];
  const path = ["cells", cell, "front", "domain"];
  const { certificate, hostedZone, name } = domain;
  if ((certificate === undefined) === (hostedZone === undefined)) {
    const has = certificate === undefined ? "neither" : "both";
    const write = certificate === undefined ? "add one of the two" : "remove one of the two";
    return [
      problem("domain-certificate", path, {
        message: `domain "${name}" has ${has} a certificate ${has === "both" ? "and" : "nor"} a hosted zone`,
        fix: `${write}: an existing certificate, or the hosted zone to make one in`,
        atKey: true,
      }),
    ];
  }
  if (certificate !== undefined) return certificatePlace(file, entry, certificate, [...path, "certificate"]);
  if (name.length <= certificateNameLength) return [];
  return [
    problem("out-of-range", [...path, "name"], {
      message: `domain "${name}" has ${name.length} characters, but ACM makes certificates for ${certificateNameLength} at most`,
      fix: "use a shorter name, or your own certificate that lists it as an additional name",
    }),
  ];
}

function certificatePlace(
  file: FleetFile,
  entry: CellEntry,
  certificate: string,
  path: Path,
): readonly Problem[] {
  const [, , , region, owner] = certificate.split(":");
  const account = frontAccount(entry);
  const id = entryOf(file.accounts, account)?.id;
  const problems: Problem[] = [];
  // CloudFront accepts only certificates in this region.
  if (region !== globalRegion) {
    problems.push(
      problem("certificate-region", path, {
        message: `the certificate is in "${region}"`,
        fix: `request or import it in ${globalRegion} too, and use that one`,
      }),
    );
  }
  if (id !== undefined && owner !== id) {
    problems.push(
      problem("certificate-account", path, {
        message: `the certificate is in account ${owner}, but the front is in account "${account}" (${id})`,
        fix: `use one from account "${account}", or set the front's "account"`,
        other: { path: ["accounts", account ?? "", "id"] },
      }),
    );
  }
  return problems;
}

/** Every cell's domain, with the cell. */
function domainsOf(cells: readonly (readonly [string, CellEntry])[]) {
  return cells.flatMap(([cell, entry]): readonly { readonly cell: string; readonly domain: DomainEntry }[] =>
    entry.front?.domain ? [{ cell, domain: entry.front.domain }] : [],
  );
}

function duplicateDomains(cells: readonly (readonly [string, CellEntry])[]): readonly Problem[] {
  const owners = new Map<string, string>();
  return domainsOf(cells).flatMap(({ cell, domain: { name } }) => {
    const owner = owners.get(name);
    if (owner === undefined) {
      owners.set(name, cell);
      return [];
    }
    return [
      problem("duplicate-domain", ["cells", cell, "front", "domain", "name"], {
        message: `cells "${owner}" and "${cell}" both have the domain "${name}"`,
        fix: "give each cell a name of its own",
        other: { path: ["cells", owner, "front", "domain", "name"] },
      }),
    ];
  });
}

function rateLimits(cell: string, entry: CellEntry): readonly Problem[] {
  if (entry.front?.rateLimit === undefined || entry.front.webAcl !== undefined) return [];
  return [
    problem("rate-limit-without-web-acl", ["cells", cell, "front", "rateLimit"], {
      message: `the front of cell "${cell}" has a rate limit, but no web ACL`,
      fix: 'add "webAcl: managed", or remove the rate limit',
      atKey: true,
    }),
  ];
}
