// The player. In a mock exam each start is asked of the server first, and a recording runs to its end: no pause, no
// seeking. In practice (no data-plays-left) it is free, and can replay one sentence.
import { api, ask, facts, say, write } from "./common.js";
import { recording } from "./recording.js";

const players = new Map(); // testlet -> Player: it outlives its element when the page is turned

const TICKET = (testlet) => `synaq-ticket:${facts.attempt}:${testlet}`;

/** The name of a play that is asked for, until it is granted. */
function ticket(testlet) {
  const fresh = globalThis.crypto?.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  try {
    const kept = sessionStorage.getItem(TICKET(testlet)) ?? fresh;
    sessionStorage.setItem(TICKET(testlet), kept);
    return kept;
  } catch {
    return fresh; // no storage: it holds for this page
  }
}

function spent(testlet) {
  try {
    sessionStorage.removeItem(TICKET(testlet));
  } catch { /* as above */ }
}

class Player {
  constructor(data) {
    this.testlet = data.testlet;
    this.src = data.src;
    this.sha256 = data.sha256;
    this.counted = data.playsLeft !== undefined;
    this.of = Number(data.plays ?? data.playsLeft);
    this.left = Number(data.playsLeft);
    this.lengthMs = Number(data.durationMs) || 0;
    this.granted = false; // a play the server has counted and that has not reached its end
    this.busy = false;
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.audio.addEventListener("timeupdate", () => this.moved());
    this.audio.addEventListener("ended", () => this.ended());
    this.audio.addEventListener("pause", () => this.paused());
    this.audio.addEventListener("error", () => this.granted && this.fail("sound-failed"));
    this.load().catch(() => {}); // quietly: a click tries again and tells
  }

  /** Shows this player in `root` (again, after a page was turned). */
  attach(root, on) {
    this.on = on;
    if (root.dataset.playsLeft !== undefined) this.left = Math.min(this.left, Number(root.dataset.playsLeft));
    if (root === this.root) return this.draw();
    this.root = root;
    this.button = root.querySelector(".play");
    this.note = root.querySelector(".player-note");
    this.bar = root.querySelector("progress");
    this.leftText = root.querySelector(".plays-left b");
    this.before = this.bar ? this.note.textContent : ""; // that it runs to its end
    this.button.type = "button";
    this.button.addEventListener("click", () => this.pressed());
    root.querySelector("audio")?.remove(); // the one of the page without scripts
    this.draw();
  }

  load() {
    this.loading ??= recording(this.src, { sha256: this.sha256, damaged: () => this.tell("broken") }).then(
      (blob) => { if (this.audio.paused) this.audio.src = URL.createObjectURL(blob); },
      (error) => { this.loading = undefined; throw error; },
    );
    return this.loading;
  }

  /** Runs inside the gesture: Safari lets this element sound later only if play() was called in it. */
  pressed() {
    if (this.busy || this.button.getAttribute("aria-disabled") === "true") return;
    if (!this.counted && !this.audio.paused) return this.audio.pause();
    if (!this.audio.src) this.audio.src = this.src;
    if (this.audio.paused) {
      this.audio.play().catch(() => {});
      this.audio.pause();
    }
    this.until = undefined;
    this.start();
  }

  async start() {
    const resumed = this.granted ? this.audio.currentTime : 0;
    this.busy = true;
    this.draw("loading");
    try {
      await this.load();
    } catch {
      return this.fail("sound-failed");
    }
    if (this.counted && !this.granted && !(await this.grant())) return;
    for (const other of players.values()) if (other !== this) other.audio.pause();
    this.granted = true;
    try {
      this.audio.currentTime = resumed;
      await this.audio.play();
    } catch {
      return this.fail("sound-failed");
    }
    this.busy = false;
    this.draw("playing");
  }

  /**
   * Asks for a play. Without a network there is none, though the recording may be here: the count is the server's alone,
   * and a play that it learns of later could be one too many, or be heard and never be told. What was granted is heard
   * to its end whatever the network does. The ticket lets the server count a repeated request once, after a reload too.
   */
  async grant() {
    this.ticket ??= ticket(this.testlet);
    let answer;
    try {
      answer = await ask("POST", api(`plays/${this.testlet}`), undefined, { "idempotency-key": this.ticket });
    } catch {
      this.fail("play-failed");
      return false;
    }
    this.busy = false;
    if (answer.ok && answer.data.plays_left !== undefined) { // and not a network's sign-in page
      this.ticket = undefined;
      spent(this.testlet);
      this.left = answer.data.plays_left;
      this.on?.granted?.(this.testlet, this.left);
      return true;
    }
    if (answer.problem === "plays-used") {
      this.left = 0;
      this.draw("no-plays");
    } else if (!this.on?.problem?.(answer)) {
      this.fail("play-failed");
    }
    return false;
  }

  /** Practice: only from `start` to `end`, in milliseconds. Call it inside a click. */
  playRange(start, end) {
    this.until = end / 1000;
    if (!this.audio.src) this.audio.src = this.src;
    this.granted = true;
    this.audio.currentTime = start / 1000;
    const watch = () => { // finer than the timeupdate event, which comes four times a second
      if (this.until === undefined) return;
      this.moved();
      requestAnimationFrame(watch);
    };
    this.audio.play().then(() => { this.draw("playing"); watch(); }, () => this.fail("sound-failed"));
  }

  moved() {
    const length = this.audio.duration > 0 && Number.isFinite(this.audio.duration) ? this.audio.duration : this.lengthMs / 1000;
    if (this.bar && length) this.bar.value = Math.min(100, (this.audio.currentTime / length) * 100);
    if (this.until !== undefined && this.audio.currentTime >= this.until) {
      this.until = undefined;
      this.granted = false;
      this.audio.pause();
      this.draw();
    }
    this.on?.moved?.(this.audio.currentTime * 1000);
  }

  ended() {
    this.granted = false;
    this.draw(this.counted && this.left === 0 ? "no-plays" : undefined);
  }

  /** Not by us: a phone call, another recording, a headset's button. */
  paused() {
    if (!this.granted || this.audio.ended || this.busy) return;
    this.draw(this.counted ? "interrupted" : undefined);
  }

  fail(why) {
    this.busy = false;
    this.draw(why, true);
  }

  tell(key, bad = false) {
    if (!this.note) return;
    write(this.note, key ? say(key) : "");
    this.note.classList.toggle("bad", bad);
  }

  draw(note, bad = false) {
    if (!this.root) return;
    const running = this.granted && !this.audio.paused && !this.audio.ended;
    const none = this.counted && this.left <= 0 && !this.granted;
    const now = running ? (this.counted ? "playing" : "pause") : this.granted ? "continue" : "play";
    write(this.button, say(now));
    // aria-disabled, not disabled: the focus must not be lost while it plays
    this.button.setAttribute("aria-disabled", String(none || this.busy || (this.counted && running)));
    if (this.leftText) write(this.leftText, say("plays-left", { n: this.left, of: this.of }));
    const told = note === "playing" ? undefined : note ?? (none ? "no-plays" : undefined);
    this.tell(told, bad);
    if (!told && this.counted && !this.granted && this.left === this.of) write(this.note, this.before); // not played yet
  }
}

// A headset's or a keyboard's media keys must not pause or rewind an exam.
export function holdMediaKeys() {
  for (const action of ["pause", "stop", "seekbackward", "seekforward", "seekto", "previoustrack", "nexttrack"]) {
    try {
      navigator.mediaSession?.setActionHandler(action, () => {});
    } catch { /* this browser does not know the action */ }
  }
}

/** Makes the player inside `container` work; `on` has problem(answer), granted(testlet, left) and moved(ms). */
export function mountPlayer(container, on = {}) {
  const root = container.querySelector(".player[data-src]");
  if (!root) return null;
  const { testlet } = root.dataset;
  if (!players.has(testlet)) players.set(testlet, new Player(root.dataset));
  const player = players.get(testlet);
  if (player.counted) holdMediaKeys();
  player.attach(root, on);
  return player;
}
