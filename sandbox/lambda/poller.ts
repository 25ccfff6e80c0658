import { randomUUID } from "node:crypto";
import type { Outages } from "../outages";
import type { Message, Queues } from "../sqs/queues";
import type { Mapping, Mappings } from "./event-source-mappings";
import { messagesDone, queueEvent } from "./queue-events";
import type { Runner } from "./runner";
import type { Store } from "./store";

/** What reads the queues of all mappings. */
export interface Poller {
  /** Begins, if it has not. It does nothing as long as there are no mappings. */
  readonly start: () => void;
  /** Reads no further. A batch that is under way is left to itself. */
  readonly close: () => void;
}

/** What it works on. */
export interface PollerOptions {
  readonly mappings: Mappings;
  readonly store: Store;
  readonly runner: Runner;
  readonly queues: Queues;
  readonly outages: Outages;
  /** Told what keeps a mapping from being read. */
  readonly onProblem: (mapping: Mapping, problem: unknown) => void;
}

/** Between two looks into an empty queue. AWS waits for messages up to 20 seconds in one call, which moto does not need. */
const pauseMs = 500;

/** SQS hands out no more at once: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const mostAtOnce = 10;

/**
 * Reads queues and calls functions, one batch of each mapping at a time. Nothing in a region that is down is read. What a
 * function has not done with stays in its queue, which hands it out again, or to its dead-letter queue.
 */
export function createPoller(options: PollerOptions): Poller {
  const { mappings, onProblem, outages, queues, runner, store } = options;
  const busy = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const mayPoll = ({ queue, settings }: Mapping) => settings.enabled && !outages.isDown(queue.region);

  async function receive({ queue, settings }: Mapping): Promise<readonly Message[]> {
    const messages: Message[] = [];
    while (messages.length < settings.batchSize) {
      const more = await queues.receive(queue, Math.min(mostAtOnce, settings.batchSize - messages.length));
      if (more.length === 0) break;
      messages.push(...more);
    }
    return messages;
  }

  async function handle(mapping: Mapping, messages: readonly Message[]): Promise<void> {
    const state = store.get(mapping.function);
    const event = queueEvent(mapping.queueArn, messages);
    const { outcome } = await runner.runBuffered(state, mapping.qualifier, event, randomUUID());
    // The region may have gone down meanwhile: whatever was done, the queue is not told.
    if (outcome.kind === "failed" || outages.isDown(mapping.queue.region)) return;
    const { reportsFailures } = mapping.settings;
    await queues.remove(mapping.queue, messagesDone(messages, outcome.payload.toString(), reportsFailures));
  }

  /** Reads until the queue is empty, or something is in the way. */
  async function poll(mapping: Mapping): Promise<void> {
    busy.add(mapping.uuid);
    try {
      // As it is by then: it may have been changed, or be gone.
      for (
        let now: Mapping | undefined = mapping;
        timer && now && mayPoll(now);
        now = mappings.get(now.uuid)
      ) {
        const messages = await receive(now);
        if (messages.length === 0) return;
        await handle(now, messages);
      }
    } catch (error) {
      onProblem(mapping, error);
    } finally {
      busy.delete(mapping.uuid);
    }
  }

  return {
    start() {
      timer ??= setInterval(() => {
        for (const mapping of mappings.values()) {
          if (!busy.has(mapping.uuid) && mayPoll(mapping)) void poll(mapping);
        }
      }, pauseMs);
      timer.unref();
    },
    close() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
