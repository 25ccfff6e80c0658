// What a synth thread runs: see threads.ts.
import { parentPort, workerData } from "node:worker_threads";
import { synthParts } from "./synth-here";
import { sent, type ThreadData } from "./threads";
import { runApp } from "./user-app";

const { app, job, outdir }: ThreadData = workerData;
const { extensions } = app ? runApp(app) : {};
parentPort?.postMessage([...synthParts(job, outdir, extensions)].map(sent));
