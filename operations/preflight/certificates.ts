import { ACMClient, type CertificateDetail, DescribeCertificateCommand } from "@aws-sdk/client-acm";
import { GetHostedZoneCommand, type GetHostedZoneResponse, Route53Client } from "@aws-sdk/client-route-53";
import { globalRegion } from "../../fleet/geography/regions";
import type { Domain } from "../../fleet/model";
import type { AccountAsker } from "../aws/account-asker";
import { unlessMissing } from "../aws/answers";
import { isRefusal } from "../aws/errors";
import type { AccountScope, Answer, Check } from "./model";

/** The certificate, or the hosted zone, of each front of an account that has a domain of its own. */
export function certificateChecks({ account, fleet, now, stacks }: AccountScope): readonly Check[] {
  const selected = new Set(stacks.map(({ name }) => name));
  return fleet.cells
    .filter(({ front }) => front.account.id === account.id && selected.has(front.stack))
    .flatMap(({ front }) => (front.domain ? [domainCheck(front.domain, now)] : []));
}

function domainCheck(domain: Domain, now: Date): Check {
  if ("hostedZone" in domain) return zoneCheck(domain);
  const { certificate: arn, name } = domain;
  return {
    subject: `certificate of ${name}`,
    region: globalRegion,
    asks: ["acm:DescribeCertificate"],
    ask: async (asker) => {
      const answer = asker.call("asking ACM", (limit) =>
        asker
          .client(ACMClient, globalRegion)
          .send(new DescribeCertificateCommand({ CertificateArn: arn }), limit),
      );
      const found = await unlessMissing(answer, "ResourceNotFoundException");
      return certificateAnswer(name, arn, found?.Certificate, now);
    },
  };
}

/** What CloudFront takes: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html */
function certificateAnswer(
  domain: string,
  arn: string,
  certificate: CertificateDetail | undefined,
  now: Date,
): Answer {
  const wrong = certificate ? wrongWith(domain, certificate, now) : `there is no ${arn}`;
  return {
    status: wrong === undefined ? "fine" : "fails",
    needed: `it is issued, and for ${domain}`,
    found: wrong ?? "it is",
    raise: `request one for ${domain} in us-east-1 of the front's account, prove the domain (https://docs.aws.amazon.com/acm/latest/userguide/gs-acm-request-public.html), and name it in front.domain`,
  };
}

function wrongWith(
  domain: string,
  { DomainName, NotAfter, Status, SubjectAlternativeNames = [] }: CertificateDetail,
  now: Date,
): string | undefined {
  const names = [...new Set([DomainName ?? "", ...SubjectAlternativeNames])].filter((name) => name !== "");
  if (Status !== "ISSUED") return `its status is ${Status}`;
  if (NotAfter !== undefined && NotAfter <= now) return `it ended on ${NotAfter.toISOString().slice(0, 10)}`;
  return names.some((name) => covers(name, domain)) ? undefined : `it is for ${names.join(", ")}`;
}

/** Whether a certificate's name is for a domain; a `*` stands for one label. */
function covers(name: string, domain: string): boolean {
  const [own, whole] = [name.toLowerCase(), domain.toLowerCase()];
  return own === whole || (own.startsWith("*.") && own.slice(1) === whole.slice(whole.indexOf(".")));
}

function zoneCheck({ hostedZone, name }: Extract<Domain, { hostedZone: string }>): Check {
  return {
    subject: `hosted zone of ${name}`,
    region: globalRegion,
    asks: ["route53:GetHostedZone"],
    ask: async (asker) => {
      const wrong = await zoneProblem(hostedZone, name, asker);
      return {
        status: wrong === undefined ? "fine" : "fails",
        needed: `${hostedZone} holds ${name}, and is public`,
        found: wrong ?? "it does",
        raise: "name the hosted zone of the domain in front.domain; it has to be in the front's account",
      };
    },
  };
}

/** What is wrong with a zone. Route 53 lets nobody into those of another account, so that it counts as denied. */
async function zoneProblem(id: string, domain: string, asker: AccountAsker): Promise<string | undefined> {
  const client = asker.client(Route53Client, globalRegion);
  try {
    const found = await asker.call("asking Route 53", (limit) =>
      client.send(new GetHostedZoneCommand({ Id: id }), limit),
    );
    return wrongWithZone(domain, found);
  } catch (error) {
    if (isRefusal(error, "NoSuchHostedZone")) return "there is no such zone";
    if (isRefusal(error, "AccessDenied", "AccessDeniedException")) return `it is denied: ${error.message}`;
    throw error;
  }
}

function wrongWithZone(domain: string, { HostedZone }: GetHostedZoneResponse): string | undefined {
  const name = HostedZone?.Name ?? "";
  if (HostedZone?.Config?.PrivateZone) return `${name} is private`;
  const ending = name.startsWith(".") ? name : `.${name}`;
  return `.${domain.toLowerCase()}.`.endsWith(ending.toLowerCase()) ? undefined : `it is for ${name}`;
}
