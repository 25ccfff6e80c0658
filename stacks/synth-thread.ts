// What a synth thread runs: see threads.ts.
import { parentPort, workerData } from "node:worker_threads";
import { synthParts } from "./synth-here";
import type { ThreadData } from "./threads";

const { job, outdir }: ThreadData = workerData;
parentPort?.postMessage([...synthParts(job, outdir)]);
