import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { knowErrorsOfNode } from "./local-aws";

/** What is asked of GetCostAndUsage. */
export interface CostQuery {
  readonly TimePeriod: { readonly Start: string; readonly End: string };
  readonly GroupBy: readonly object[];
  readonly NextPageToken?: string;
}

/** Answers one query. */
export type CostAnswer = (response: ServerResponse, query: CostQuery) => void;

/** A Cost Explorer that says what a test wants it to say. */
export interface FakeCostExplorer {
  /** What sends the SDK's calls there. */
  readonly env: Readonly<Record<string, string>>;
  readonly queries: CostQuery[];
  /** One for each query; the last one answers all that follow. */
  answers: readonly CostAnswer[];
  close(): Promise<void>;
}

/** Starts it on a port of its own. */
export async function startFakeCostExplorer(): Promise<FakeCostExplorer> {
  knowErrorsOfNode();
  const queries: CostQuery[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const query: CostQuery = JSON.parse(Buffer.concat(chunks).toString());
      const answer = fake.answers[Math.min(queries.push(query), fake.answers.length) - 1];
      answer?.(response, query);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const fake: FakeCostExplorer = {
    env: { AWS_ENDPOINT_URL_COST_EXPLORER: `http://127.0.0.1:${port}` },
    queries,
    answers: [],
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return fake;
}

/** A cost as `[account, stack, amount, unit]`; the empty stack is what has no tag. */
export type FakeCost = readonly [account: string, stack: string, amount: string, unit?: string];

/** A page of costs. */
export function costsPage(
  costs: readonly FakeCost[],
  more: { readonly NextPageToken?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): CostAnswer {
  const { headers, NextPageToken } = more;
  const Groups = costs.map(([account, stack, Amount, Unit = "USD"]) => ({
    Keys: [account, `meridian:stack$${stack}`],
    Metrics: { UnblendedCost: { Amount, Unit } },
  }));
  return (response, { TimePeriod }) => {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1", ...headers });
    response.end(JSON.stringify({ NextPageToken, ResultsByTime: [{ TimePeriod, Estimated: true, Groups }] }));
  };
}

/** A refusal, as AWS words it. */
export function refusal(name: string, message: string, status = 400): CostAnswer {
  return (response) => {
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify({ __type: name, message }));
  };
}
