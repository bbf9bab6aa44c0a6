// The time left. The server owns the deadline: this only counts down what the server said, on a monotonic clock. That one
// stands still while most devices sleep: a sleep is noticed by the device's own clock, until the server is asked again.
import { say, write } from "./common.js";

const MARKS = [10, 5, 1]; // minutes at which a screen reader is told

export const CHANGE_MS = 20_000; // more than any delay on the way

export function format(ms) {
  const seconds = Math.ceil(Math.max(0, ms) / 1000);
  const pad = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

/** What is left by a page's own number: that was right when the page began to come, and its scripts may have come much later. */
export function leftNow(remainingMs) {
  const [page] = performance.getEntriesByType("navigation");
  const since = page?.responseStart > 0 ? performance.now() - page.responseStart : 0;
  return Number(remainingMs) - since;
}

export class Clock {
  /** Counts in `output`, announces in `announcer`, calls `onZero` once. */
  constructor(output, announcer, remainingMs, onZero) {
    Object.assign(this, { output, announcer, onZero, over: false });
    this.next = MARKS.filter((mark) => mark * 60_000 < remainingMs);
    this.set(remainingMs);
  }

  /** The server's word: from now on count from here. */
  set(remainingMs) {
    if (this.over || !Number.isFinite(remainingMs)) return;
    const changed = this.ends === undefined ? 0 : remainingMs - this.left();
    this.ends = performance.now() + remainingMs;
    this.endsAt = Date.now() + remainingMs; // right but for a device's clock that is set meanwhile
    if (Math.abs(changed) > CHANGE_MS) {
      this.next = MARKS.filter((mark) => mark * 60_000 < remainingMs);
      write(this.announcer, say("time-changed", { time: format(remainingMs) }));
    }
    this.tick();
  }

  left() {
    return this.ends - performance.now();
  }

  tick() {
    clearTimeout(this.timer);
    const slept = this.left() - (this.endsAt - Date.now());
    if (slept > CHANGE_MS) this.ends -= slept;
    const left = this.left();
    write(this.output, format(left));
    this.output.classList.toggle("short", left <= 5 * 60_000);
    const passed = this.next.filter((mark) => left <= mark * 60_000);
    if (passed.length) {
      write(this.announcer, say(`time-${Math.min(...passed)}`));
      this.next = this.next.filter((mark) => !passed.includes(mark));
    }
    if (left <= 0) {
      this.over = true;
      this.onZero();
    } else {
      this.timer = setTimeout(() => this.tick(), left % 1000 || 1000);
    }
  }
}
