// What a synth thread runs: see threads.ts.
import { parentPort, workerData } from "node:worker_threads";
import { type PartResult, takeNoMore } from "./parts";
import { synthParts } from "./synth-here";
import { sent, type ThreadData } from "./threads";
import { runApp } from "./user-app";

const { app, job, outdir }: ThreadData = workerData;

function* results(): Generator<PartResult> {
  try {
    const { extensions } = app ? runApp(app) : {};
    yield* synthParts(job, outdir, extensions);
  } catch (error) {
    // The user's main.ts may fail here alone, and what it says of that is what helps.
    takeNoMore(job);
    yield { index: job.parts.length, stacks: {}, error };
  }
}

parentPort?.postMessage([...results()].map(sent));
