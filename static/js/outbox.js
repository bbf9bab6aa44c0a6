// Answers on their way to the server. Each is kept in this browser until the server has acknowledged it, with its place
// in the order of this learner's changes: one that is sent again keeps its place, so the server can tell an old one.
// One request a path is in flight; the latest value wins; a failure is tried again, slower each time.
import { api, ask, facts, learner, pause } from "./common.js";
import { change, open, unsaved } from "./boxes.js";

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 20_000;
const DAY = 24 * 3600 * 1000;
const UNTIMED = 7 * DAY;

const same = (one, other) => one?.order === other.order && JSON.stringify(one?.body) === JSON.stringify(other.body);

export class Outbox {
  /**
   * `on` has the callbacks: change(), saved(path, data, entry), refused(path, entry), closed(), superseded(),
   * signedOut(), page(): the page token that holds now.
   */
  constructor(on) {
    this.on = on;
    this.entries = new Map(); // path -> {body, order, n}
    this.flying = new Set();
    this.stored = new WeakSet(); // the entries that are in this browser's store, so that closing it loses none
    this.wait = FIRST_WAIT;
    this.quietUntil = 0; // the server asked to be left alone until then
    this.failing = false;
    this.stopped = false;
    this.savedAt = null;
    addEventListener("online", () => this.retryNow());
  }

  /** Takes what an earlier visit could not send, and begins to send. Answers the box as it was found. */
  async open() {
    const box = await open({ learner: learner(), attempt: facts.attempt, section: facts.section });
    this.name = box.name;
    const given = [...this.entries]; // while it was being opened
    const left = Object.entries(box.waiting);
    const orders = left.map(([, entry]) => (entry.order ?? 0) + 1);
    this.next = Math.max(1, Number(facts.order) || 1, box.next ?? 1, ...orders);
    this.entries = new Map(left);
    for (const [, entry] of left) this.stored.add(entry);
    for (const [path, entry] of left) if (!entry.order) this.keep(path, entry);
    for (const [path, entry] of given) this.keep(path, entry);
    if (this.size) this.on.change();
    this.retryNow();
    return box;
  }

  get size() {
    return this.entries.size;
  }

  /** How many of them this browser keeps already. */
  get kept() {
    return [...this.entries.values()].filter((entry) => this.stored.has(entry)).length;
  }

  /** What waits, as [path, body]. */
  *waiting() {
    for (const [path, { body }] of this.entries) yield [path, body];
  }

  /** `n` is the question's number, for what is told of it later; `more` as in `note`, kept in the same step. */
  put(path, body, n, more) {
    this.keep(path, { body, n }, more);
    this.on.change(); // though it cannot be sent: the box is not open yet, or this page may not send any more
    this.send(path);
  }

  /** Keeps facts of this section beside the answers. */
  note(more) {
    return this.name ? change(this.name, (box) => ({ ...box, ...more(box) })) : undefined;
  }

  retryNow() {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const path of this.entries.keys()) this.send(path);
  }

  /** True as soon as nothing waits, false when `ms` have passed first. */
  async flush(ms) {
    const until = performance.now() + ms;
    this.retryNow();
    while (this.size && !this.stopped && performance.now() < until) await pause(100);
    return this.size === 0;
  }

  /** No more sending; what is not saved stays in this browser. */
  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.on.change();
  }

  async send(path) {
    if (this.stopped || !this.name || this.flying.has(path) || !this.entries.has(path)) return;
    if (performance.now() < this.quietUntil) return this.later();
    const entry = this.entries.get(path);
    // A page that does not say where the order begins is an older server's: it would not know what to do with it.
    const ordered = facts.order !== undefined && path.startsWith("responses/");
    this.flying.add(path);
    this.on.change();
    let answer = null;
    try {
      answer = await ask("PUT", api(path), ordered ? { ...entry.body, order: entry.order } : entry.body);
    } catch { /* no network */ }
    this.flying.delete(path);
    if (!this.stopped) this.settle(path, entry, answer);
    this.on.change();
  }

  settle(path, entry, answer) {
    const { body } = entry;
    // Not any 200 will do: a hotel's sign-in page answers so, too. A flag is answered by the flag, without a receipt.
    if (answer?.ok && (answer.data.saved_at || (body.flagged !== undefined && answer.data.flagged === body.flagged))) {
      this.failing = false;
      this.wait = FIRST_WAIT;
      this.savedAt = answer.data.saved_at ?? this.savedAt;
      this.done(path, entry);
      this.on.saved?.(path, answer.data, entry);
      if (this.entries.has(path)) this.send(path); // it changed meanwhile
      return;
    }
    if (answer?.status === 409 && answer.problem === "page-superseded") {
      if (answer.page !== this.on.page()) this.send(path); // sent just before this page got a newer token
      else this.end("superseded");
      return;
    }
    if (answer?.status === 409 && answer.problem === "section-closed") return this.end("closed");
    if (answer?.problem === "unauthenticated") return this.end("signedOut");
    // Another tab signed up or in: this page's token belongs to the session before. A new page has the right one.
    if (answer?.problem === "csrf") return this.end("superseded");
    // Only the server itself can refuse for good: a page between (a proxy's 403, a hotel's 404) names no problem of ours.
    const passing = !answer?.problem || answer.status >= 500 || answer.status === 429 || answer.status === 408;
    if (!passing) {
      this.done(path, entry);
      this.on.refused?.(path, entry);
      this.send(path);
      return;
    }
    this.failing = true;
    if (answer) this.quietUntil = Math.max(this.quietUntil, performance.now() + Math.min(answer.retryMs, LONGEST_WAIT));
    this.later();
  }

  /** Tries again, not before the server wants it, and not all at the same instant. */
  later() {
    const quiet = Math.max(0, this.quietUntil - performance.now());
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
      this.retryNow();
    }, Math.max(quiet + (Math.random() * this.wait) / 2, this.wait * (0.75 + Math.random() / 2)));
  }

  /** Closed: what waits is too late, and the next page says so (leftovers.js). */
  async end(why) {
    this.stop();
    if (why === "closed") await this.lose();
    this.on[why]?.();
  }

  async lose() {
    this.entries.clear();
    await this.note((box) => ({ waiting: {}, lost: unsaved(box) }))?.catch(() => {});
  }

  /** Into the browser's store; at once into memory, from which it is sent. */
  keep(path, entry, more) {
    entry.order = this.name ? this.next++ : undefined;
    this.entries.set(path, entry);
    const until = Date.now() + (facts.remainingMs === undefined ? UNTIMED : Number(facts.remainingMs) + DAY);
    this.note((box) => ({ ...more?.(box), next: this.next, until, waiting: { ...box.waiting, [path]: entry } }))
      ?.then(() => {
        this.stored.add(entry);
        this.on.change();
      })
      .catch(() => {});
  }

  /** Only this value: another tab may have kept a newer one. */
  done(path, entry) {
    if (this.entries.get(path) === entry) this.entries.delete(path);
    this.note((box) => {
      const waiting = { ...box.waiting };
      if (same(waiting[path], entry)) delete waiting[path];
      return { waiting };
    })?.catch(() => {});
  }
}
