const { basename } = require("node:path");

/** Milliseconds between two pictures of what is running. */
const interval = 60_000;

/** Files that run, with when they began, in milliseconds since the epoch, and the test that they are at. */
/** @typedef {ReadonlyMap<string, { readonly began: number, readonly title?: string }>} Running */

const nameOf = (path) => basename(path, ".e2e.ts");

/** `45 s`, `3 min 5 s` */
function duration(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * A line for each file that runs: since when, and what it is doing.
 *
 * @param {Running} running
 * @param {number} now milliseconds since the epoch
 */
function picture(running, now) {
  const names = [...running.keys()];
  const width = Math.max(0, ...names.map((name) => name.length));
  return [...running].map(
    ([name, { began, title }]) =>
      `  ${name.padEnd(width)}  ${duration(now - began).padStart(11)}  ${title ?? "preparing"}`,
  );
}

/**
 * Says when a file begins and, each minute, what every file that runs is doing, on a terminal or not. How a file ended
 * is said by Jest's own reporter.
 */
class Progress {
  #running = new Map();
  #began = 0;
  #done = 0;
  #total = 0;
  #timer;
  #print;
  #now;

  /** @param {{ print?: (text: string) => void, now?: () => number }} [effects] */
  constructor(_globalConfig, { print = (text) => process.stderr.write(text), now = Date.now } = {}) {
    this.#print = print;
    this.#now = now;
  }

  onRunStart({ numTotalTestSuites }) {
    this.#began = this.#now();
    this.#total = numTotalTestSuites;
    this.#timer = setInterval(() => this.#show(), interval).unref();
  }

  onTestFileStart({ path }) {
    this.#running.set(nameOf(path), { began: this.#now() });
    this.#print(`${nameOf(path)} begins\n`);
  }

  onTestCaseStart({ path }, { title }) {
    const file = this.#running.get(nameOf(path));
    if (file) this.#running.set(nameOf(path), { ...file, title });
  }

  onTestFileResult({ path }) {
    const { began } = this.#running.get(nameOf(path)) ?? { began: this.#now() };
    this.#running.delete(nameOf(path));
    this.#done++;
    this.#print(`${nameOf(path)} took ${duration(this.#now() - began)}; ${this.#summary()}\n`);
  }

  onRunComplete() {
    clearInterval(this.#timer);
  }

  #summary() {
    return `${this.#done} of ${this.#total} files done after ${duration(this.#now() - this.#began)}`;
  }

  #show() {
    this.#print(`${[this.#summary(), ...picture(this.#running, this.#now())].join("\n")}\n`);
  }
}

module.exports = Progress;
