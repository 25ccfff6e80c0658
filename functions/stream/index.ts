import { setTimeout } from "node:timers/promises";

const lines = 5;
const pause = 200; // ms

/** Counts, a line at a time, to a viewer who sees each line as it is written. For a service with `streaming: true`. */
export const handler = awslambda.streamifyResponse(async (_event, stream) => {
  const answer = awslambda.HttpResponseStream.from(stream, {
    statusCode: 200,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  });
  for (let line = 1; line <= lines; line += 1) {
    answer.write(`${line} of ${lines}\n`);
    await setTimeout(pause);
  }
  answer.end();
});
