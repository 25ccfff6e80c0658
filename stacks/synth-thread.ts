// What a synth thread runs: see threads.ts.
import { parentPort, workerData } from "node:worker_threads";
import { type Job, writeParts } from "./parts";

parentPort?.postMessage([...writeParts(workerData as Job)]);
