import { occurs } from "./expressions";
import { type Schedule, scheduleArn } from "./schedules";

/** Runs schedules when it is their time. */
export interface Clock {
  /** Begins, if it has not. */
  readonly start: () => void;
  readonly stop: () => void;
}

/** AWS is as precise as a minute; here a schedule runs within a second of its time. */
const tickMs = 1000;

/** Seconds since 1970, as the API has dates, in milliseconds. */
function dateOf(seconds: unknown): number | undefined {
  return typeof seconds === "number" ? seconds * 1000 : undefined;
}

/**
 * A clock that stands still at first.
 *
 * @param schedules by ARN; one that is done with, and says that it is to go then, is taken out
 */
export function createClock(schedules: Map<string, Schedule>, run: (schedule: Schedule) => unknown): Clock {
  let timer: NodeJS.Timeout | undefined;
  let last = 0;

  function tick(): void {
    const stretch = { after: last, until: Date.now() };
    last = stretch.until;
    for (const schedule of [...schedules.values()]) {
      const { created, expression, settings, timeZone } = schedule;
      const start = dateOf(settings.StartDate) ?? created;
      const isOver = stretch.until > (dateOf(settings.EndDate) ?? Number.POSITIVE_INFINITY);
      if (settings.State !== "ENABLED" || isOver || stretch.until < start) continue;
      if (!occurs(expression, start, timeZone, stretch)) continue;
      run(schedule);
      const isLast = expression.kind === "at" && settings.ActionAfterCompletion === "DELETE";
      if (isLast) schedules.delete(scheduleArn(schedule));
    }
  }

  return {
    start() {
      if (timer) return;
      // A rate runs as soon as it is made, which is a moment ago.
      last = Date.now() - tickMs;
      timer = setInterval(tick, tickMs);
      timer.unref();
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
