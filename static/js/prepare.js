// Before the exam: a sound check, and the recordings fetched ahead and checked, so that a slow network cannot disturb.
import { say, show, write } from "./common.js";
import { keepOnly, recording } from "./recording.js";

const byId = (id) => document.getElementById(id);

// ---------- sound check ----------

const box = byId("sound");
if (box) {
  const audio = new Audio();
  audio.preload = "auto";
  audio.src = box.dataset.src;
  fetch(box.dataset.src) // Safari plays from memory what it would not play from an answer without ranges
    .then((answer) => (answer.ok ? answer.blob() : undefined))
    .then((blob) => { if (blob && audio.paused) audio.src = URL.createObjectURL(blob); })
    .catch(() => {});
  const status = byId("sound-status");
  byId("sound-play").addEventListener("click", () => {
    audio.currentTime = 0;
    audio.play().then(
      () => {
        write(status, say("sound-playing"));
        show(byId("sound-yes"));
        show(byId("sound-no"));
      },
      () => {
        write(status, say("sound-failed"));
        audio.load();
      },
    );
  });
  audio.addEventListener("ended", () => write(status, ""));
  byId("sound-yes").addEventListener("click", () => answer(true));
  byId("sound-no").addEventListener("click", () => answer(false));
  const answer = (heard) => {
    show(byId("sound-good"), heard);
    show(byId("sound-help"), !heard);
    write(status, "");
  };
}

// ---------- recordings ----------

const rows = [...(byId("recordings")?.querySelectorAll("li[data-src]") ?? [])];
const start = byId("start-button");
const retry = byId("recordings-retry");
const status = byId("recordings-status");

function draw(row, state, values) {
  row.classList.toggle("in", state === "in");
  row.classList.toggle("failed", state === "failed");
  row.querySelector(".state").textContent = say(state, values);
}

async function load(row) {
  const bar = row.querySelector("progress");
  const progress = (share) => {
    bar.value = Math.round(share * 100);
    draw(row, "loading", { percent: bar.value });
  };
  try {
    progress(0);
    await recording(row.dataset.src, {
      sha256: row.dataset.sha256,
      bytes: Number(row.dataset.bytes),
      progress,
      damaged: () => draw(row, "broken"),
    });
    bar.value = 100;
    draw(row, "in");
    return true;
  } catch {
    draw(row, "failed");
    return false;
  }
}

async function loadAll() {
  show(retry, false);
  start.disabled = true;
  let done = 0;
  for (const row of rows) { // one after another: a poor network is not divided by four
    write(status, say("loading-all", { done, of: rows.length }));
    if (row.classList.contains("in") || (await load(row))) done += 1;
  }
  const all = done === rows.length;
  write(status, say(all ? "all-in" : "some-failed"));
  show(retry, !all);
  start.disabled = false; // even then: the exam loads them itself
}

if (rows.length && start) {
  retry.addEventListener("click", loadAll);
  addEventListener("online", () => { if (!retry.hidden) loadAll(); });
  keepOnly(rows.map((row) => row.dataset.src)).catch(() => {});
  loadAll();
}
