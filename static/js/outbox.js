// Answers on their way to the server. Each lives in localStorage until the server has acknowledged it.
// One request a path is in flight; the latest value wins; a failure is tried again, slower each time.
import { api, ask, pause } from "./common.js";

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 20_000;

export class Outbox {
  /**
   * `on` has the callbacks: change(), saved(path, data), refused(path), closed(), superseded(), signedOut(), page(): the
   * page token that holds now.
   */
  constructor(name, on) {
    this.name = `synaq-outbox:${name}`;
    this.on = on;
    this.entries = new Map(); // path -> body
    this.flying = new Set();
    this.wait = FIRST_WAIT;
    this.failing = false;
    this.stopped = false;
    this.savedAt = null;
    try {
      for (const [path, body] of JSON.parse(localStorage.getItem(this.name) ?? "[]")) this.entries.set(path, body);
    } catch { /* private mode or a broken value: the memory alone must do */ }
    addEventListener("online", () => this.retryNow());
  }

  get size() {
    return this.entries.size;
  }

  put(path, body) {
    this.entries.set(path, body);
    this.keep();
    this.send(path);
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
    while (this.size && performance.now() < until) await pause(100);
    return this.size === 0;
  }

  /** No more sending; what is not saved is forgotten only when `forget` says so. */
  stop(forget = false) {
    this.stopped = true;
    clearTimeout(this.timer);
    if (forget) {
      this.entries.clear();
      this.keep();
    }
    this.on.change();
  }

  async send(path) {
    if (this.stopped || this.flying.has(path) || !this.entries.has(path)) return;
    const body = this.entries.get(path);
    this.flying.add(path);
    this.on.change();
    let answer = null;
    try {
      answer = await ask("PUT", api(path), body);
    } catch { /* no network */ }
    this.flying.delete(path);
    if (!this.stopped) this.settle(path, body, answer);
    this.on.change();
  }

  settle(path, body, answer) {
    // Not any 200 will do: a hotel's sign-in page answers so, too. A flag is answered by the flag, without a receipt.
    if (answer?.ok && (answer.data.saved_at || (body.flagged !== undefined && answer.data.flagged === body.flagged))) {
      this.failing = false;
      this.wait = FIRST_WAIT;
      this.savedAt = answer.data.saved_at ?? this.savedAt;
      if (this.entries.get(path) === body) this.entries.delete(path);
      this.keep();
      this.on.saved?.(path, answer.data);
      if (this.entries.has(path)) this.send(path); // it changed meanwhile
      return;
    }
    if (answer?.status === 409 && answer.problem === "page-superseded") {
      if (answer.page !== this.on.page()) this.send(path); // sent just before this page got a newer token
      else this.end("superseded");
      return;
    }
    if (answer?.status === 409 && answer.problem === "section-closed") return this.end("closed", true);
    if (answer?.status === 401) return this.end("signedOut");
    // Another tab signed up or in: this page's token belongs to the session before. A new page has the right one.
    if (answer?.problem === "csrf") return this.end("superseded");
    const passing = !answer || answer.ok || answer.status >= 500 || answer.status === 429 || answer.status === 408;
    if (!passing) {
      if (this.entries.get(path) === body) this.entries.delete(path);
      this.keep();
      this.on.refused?.(path, answer);
      this.send(path);
      return;
    }
    this.failing = true;
    if (answer) this.wait = Math.min(Math.max(this.wait, answer.retryMs), LONGEST_WAIT); // it is there, and asks for time
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
      this.retryNow();
    }, this.wait * (0.75 + Math.random() / 2));
  }

  end(why, forget = false) {
    this.stop(forget);
    this.on[why]?.();
  }

  keep() {
    try {
      if (this.entries.size) localStorage.setItem(this.name, JSON.stringify([...this.entries]));
      else localStorage.removeItem(this.name);
    } catch { /* see the constructor */ }
  }
}
