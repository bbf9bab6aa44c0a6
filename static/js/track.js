// The track of a paced section: it plays by itself, as far as the clock has come, and nobody stops it. It begins when the
// page does; where the browser wants a click first, there is one button. It is not thrown about: what is at most LATE_MS
// behind the clock plays on, what is more goes on where the clock is, and the page says so.
import { show, write } from "./common.js";
import { format } from "./clock.js";
import { holdMediaKeys } from "./player.js";
import { kept } from "./recording.js";

const LATE_MS = 15_000; // less than the shortest time for questions, so that what was late is still heard to its end

const NOTE = "synaq-track";

/** Whether this track has begun to sound: then a page that is loaded again goes on where the clock is. */
function noted(src) {
  try {
    return sessionStorage.getItem(NOTE) === src;
  } catch {
    return false; // no storage: a few seconds at the start may be heard again
  }
}

function note(src) {
  try {
    sessionStorage.setItem(NOTE, src);
  } catch { /* as above */ }
}

class Track {
  /** `position` tells where the clock is, in milliseconds; `follow` is called with the ordinal of what comes. */
  constructor(root, { position, follow }) {
    Object.assign(this, JSON.parse(root.querySelector("#track-facts").textContent), { position, follow });
    this.src = root.dataset.track;
    this.heard = Number(root.dataset.ordinal);
    this.begun = false;
    this.fresh = Number(root.dataset.positionMs) < LATE_MS && !noted(this.src); // it has not sounded on any page of this browser
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.audio.addEventListener("timeupdate", () => this.moved());
    this.audio.addEventListener("playing", () => this.sounds());
    this.audio.addEventListener("waiting", () => this.tell("loading"));
    this.audio.addEventListener("pause", () => !this.audio.ended && this.wants("stopped"));
    this.audio.addEventListener("error", () => this.wants("failed"));
    holdMediaKeys();
    setInterval(() => this.draw(), 500);
  }

  /** Shows itself in `root` (again, after a page was turned). */
  attach(root) {
    if (root === this.root) return;
    this.root = root;
    this.button = root.querySelector("#track-start");
    this.button.addEventListener("click", () => this.start());
    show(this.button, Boolean(this.wanted));
    if (this.begun && !this.wanted) root.dataset.sounds = "";
    this.tell(this.told);
    this.draw();
  }

  word(key, values = {}) {
    return (this.words[key] ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  /** Where the sound is; before it begins, where the clock is. */
  at() {
    return this.begun ? this.audio.currentTime * 1000 : this.position();
  }

  get late() {
    return this.position() - this.audio.currentTime * 1000;
  }

  async load() {
    if (this.audio.src && !this.audio.error) return;
    const blob = await kept(this.src); // fetched ahead, or else as it comes
    const at = this.audio.currentTime;
    this.audio.src = blob ? URL.createObjectURL(blob) : this.src;
    if (at) this.audio.currentTime = at;
  }

  async start() {
    this.wanted = false;
    show(this.button, false);
    this.tell("loading");
    await this.load();
    if (this.late > (this.begun || this.fresh ? LATE_MS : 0)) this.toTheClock();
    try {
      await this.audio.play();
      this.begun = true;
    } catch (error) {
      this.wants(error?.name === "NotAllowedError" ? "blocked" : "failed");
    }
  }

  /** What the clock has left behind is not heard any more. */
  toTheClock() {
    const missed = this.begun;
    this.audio.currentTime = Math.min(this.position(), this.total_ms - 1) / 1000;
    if (missed) this.lately = true;
  }

  sounds() {
    this.begun = true;
    note(this.src);
    this.wanted = false;
    this.root.dataset.sounds = "";
    show(this.button, false);
    this.tell(this.lately ? "late" : undefined);
  }

  moved() {
    if (this.begun && !this.audio.ended && this.late > LATE_MS) this.toTheClock(); // the computer slept, the network was away
    this.draw();
  }

  /** There is something that only a click can mend. */
  wants(why) {
    this.wanted = true;
    delete this.root.dataset.sounds;
    show(this.button);
    this.tell(why);
  }

  tell(key) {
    this.told = key;
    const note = this.root?.querySelector(".track-trouble");
    write(note, key ? this.word(key) : "");
  }

  draw() {
    if (!this.root) return;
    const at = this.at();
    const part = this.parts.find(([, , , end]) => end > at);
    if (!part) {
      write(this.root.querySelector(".track-now"), this.word("over"));
      show(this.root.querySelector(".track-time"), false);
      return;
    }
    const [ordinal, nth, start, end] = part;
    const what = nth ? this.word("nth", { nth, of: this.plays }) : this.word("answer");
    write(this.root.querySelector(".track-now"), `${this.titles[ordinal - 1]} · ${what}`);
    show(this.root.querySelector(".track-time"), nth === 0 && at >= start);
    if (nth === 0) write(this.root.querySelector(".track-time b"), format(end - at));
    this.root.querySelector("progress").value = Math.max(0, ((at - start) / (end - start)) * 100);
    if (ordinal !== this.heard) {
      const before = this.heard;
      this.heard = ordinal;
      this.follow?.(ordinal, before);
    }
    const go = this.root.parentElement.querySelector(".track-go");
    if (go) {
      const button = go.querySelector("button");
      button.dataset.t = ordinal;
      show(go, button.closest("#desk").dataset.t !== String(ordinal));
    }
  }
}

/** The track of this page, or null where there is none. */
export function mountTrack(on) {
  const root = document.getElementById("track");
  if (!root) return null;
  const track = new Track(root, on);
  track.attach(root);
  track.start();
  return track;
}
