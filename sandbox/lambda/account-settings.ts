import { type Operation, ok } from "./store";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, in bytes. */
const codeSizes = { CodeSizeZipped: 52_428_800, CodeSizeUnzipped: 262_144_000 };

/** GetAccountSettings: the limits of an account in a region, and what its functions take of them. */
export const getAccountSettings: Operation = ({ id, limits, store }) => {
  const { account, region } = id;
  const functions = store.list().filter((one) => one.id.account === account && one.id.region === region);
  const concurrency = limits.get("lambda-concurrency", { account, region });
  const reserved = functions.reduce((sum, one) => sum + (one.reservedConcurrency ?? 0), 0);
  const versions = functions.flatMap(({ latest, published }) => [latest, ...published]);
  return ok({
    AccountLimit: {
      TotalCodeSize: limits.get("lambda-code-storage", { account, region }),
      ...codeSizes,
      ConcurrentExecutions: concurrency,
      UnreservedConcurrentExecutions: concurrency - reserved,
    },
    AccountUsage: {
      TotalCodeSize: versions.reduce((sum, { code }) => sum + code.size, 0),
      FunctionCount: functions.length,
    },
  });
};
