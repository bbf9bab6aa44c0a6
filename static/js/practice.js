// Practice: an answer is checked at once; when all are given, the recording's text appears and can be replayed
// sentence by sentence. Without this script the page's own button does the checking.
import { api, ask, attemptPage, facts, pause, say, show, stateOf, write } from "./common.js";
import { Clock, leftNow } from "./clock.js";
import { Outbox } from "./outbox.js";
import { mountPlayer } from "./player.js";

const desk = document.getElementById("desk");
const items = [...desk.querySelectorAll(".item")];
const player = mountPlayer(desk, { moved: follow });
let sentences = [];

// ---------- answers ----------

const outbox = new Outbox({
  change: drawWaiting,
  page: () => facts.page,
  saved: (path, data, { body }) => {
    const item = itemOf(path);
    if (!item || isAnswered(item)) return; // of another text, or shown already
    if (data.feedback) {
      choose(item, data.option); // the first answer counts, which another page may have given
      feedback(item, data.feedback);
    } else if (isKeptBack(item) && data.option === body.option) kept(item);
    else overtaken();
  },
  refused: (path) => {
    lock(itemOf(path), false);
    note(itemOf(path), say("refused"));
  },
  closed: () => location.reload(),
  superseded: () => location.reload(),
  signedOut: () => location.reload(),
});

/** Another device answered later, or this page knows too little: it is loaded again, once the answer is kept no more. */
async function overtaken() {
  await outbox.note(() => ({}))?.catch(() => {});
  location.reload();
}

// Where a school looks on, the page says that it is there.
if (facts.everyMs) setInterval(() => ask("GET", api("time")).catch(() => {}), Number(facts.everyMs));

const itemOf = (path) => desk.querySelector(`.item[data-item="${CSS.escape(path.split("/").pop())}"]`);
const isAnswered = (item) => item.classList.contains("answered");
const isKept = (item) => item.classList.contains("kept");
/** Whether the school keeps the key back: then an answer can be changed until the end. */
const isKeptBack = (item) => item.dataset.keptBack !== undefined;
const options = (item) => [...(item?.querySelectorAll('input[type="radio"]') ?? [])];

function choose(item, letter) {
  for (const option of options(item)) option.checked = option.value === letter;
}

/** Where the key is told at once the first answer counts, so that no other can be chosen once one is on its way. */
function lock(item, on = true) {
  for (const option of options(item)) option.disabled = on && !option.checked; // the chosen one keeps the focus
}

function note(item, text) {
  const place = item?.querySelector(".feedback");
  if (!place) return;
  show(place);
  write(place, text);
}

function drawWaiting() {
  for (const [path] of outbox.waiting()) {
    const item = itemOf(path);
    if (item && !isAnswered(item)) note(item, say(outbox.failing ? "waiting" : "saving"));
  }
}

function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function feedback(item, answer) {
  if (!item || !answer || isAnswered(item)) return;
  item.classList.add("answered");
  lock(item);
  for (const option of item.querySelectorAll(".option")) {
    const input = option.querySelector("input");
    const isKey = input.value === answer.key;
    if (!isKey && !input.checked) continue;
    option.classList.add(isKey ? "is-key" : "is-wrong");
    const words = isKey && input.checked ? [say("yours"), say("correct").toLowerCase()] : [say(isKey ? "key" : "yours")];
    option.append(element("span", words.join(", "), "verdict-word"));
  }
  const place = item.querySelector(".feedback");
  place.classList.toggle("correct", answer.correct);
  const quote = element("blockquote", answer.evidence ?? "");
  quote.lang = "kk";
  const why = element("p", answer.explanation ?? "");
  if (answer.explanation_lang) why.lang = answer.explanation_lang; // not the page's where a translation is missing
  place.replaceChildren(element("h2", say(answer.correct ? "correct" : "wrong")), ...(answer.evidence ? [quote] : []), why);
  show(place);
  highlight(answer.evidence);
  drawProgress();
  if (items.every(isAnswered)) reveal();
}

/** An answer whose key the school keeps back: it can be changed until the end. */
function kept(item) {
  if (!item || isAnswered(item)) return;
  item.classList.add("kept");
  note(item, say("kept"));
  drawProgress();
}

/** Marks the evidence in a reading text, where it stands within one paragraph. */
function highlight(evidence) {
  if (!evidence) return;
  for (const paragraph of desk.querySelectorAll(".stimulus-text p")) {
    for (const node of paragraph.childNodes) {
      const at = node.nodeType === Node.TEXT_NODE ? node.data.indexOf(evidence) : -1;
      if (at < 0) continue;
      const found = node.splitText(at);
      found.splitText(evidence.length);
      const mark = document.createElement("mark");
      found.replaceWith(mark);
      mark.append(found);
      return;
    }
  }
}

function drawProgress() {
  const place = document.getElementById("progress");
  if (place) write(place, say("progress", { n: items.filter((item) => isAnswered(item) || isKept(item)).length, of: items.length }) || place.textContent);
}

// ---------- the transcript: the server puts it in the page once every item is answered ----------

async function reveal() {
  show(document.querySelector(".check"), false);
  if (!player || document.querySelector(".transcript")) return setUpSentences();
  try {
    const html = await (await fetch(`${attemptPage()}?t=${facts.t}`, { credentials: "same-origin", cache: "no-store" })).text();
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const transcript = fresh.getElementById("transcript");
    if (transcript) document.getElementById("transcript").replaceWith(document.adoptNode(transcript));
    const timed = fresh.querySelector(".player[data-sentences]");
    if (timed) desk.querySelector(".player").dataset.sentences = timed.dataset.sentences;
  } catch {
    addEventListener("online", reveal, { once: true });
  }
  setUpSentences();
}

function setUpSentences() {
  sentences = JSON.parse(desk.querySelector(".player")?.dataset.sentences ?? "[]");
  for (const line of desk.querySelectorAll(".transcript [data-sentence]")) {
    const button = line.querySelector("button");
    const range = sentences[Number(line.dataset.sentence)];
    if (!button || !range || !button.hidden) continue;
    line.querySelector(".replay-link")?.remove(); // plays the sentence where no script runs
    show(button);
    button.addEventListener("click", () => player.playRange(...range));
  }
  if (!sentences.length && player) offerWhole();
}

/** Of a human voice nobody knows when each sentence is heard: the whole of it then, with the browser's own controls. */
function offerWhole() {
  const place = document.getElementById("transcript");
  if (!place || document.getElementById("whole")) return;
  const audio = document.createElement("audio");
  audio.id = "whole";
  audio.controls = true;
  audio.preload = "none";
  audio.src = desk.querySelector(".player").dataset.src;
  audio.addEventListener("play", () => player.audio.pause());
  place.before(audio);
}

function follow(ms) {
  for (const line of desk.querySelectorAll(".transcript [data-sentence]")) {
    const [from, to] = sentences[Number(line.dataset.sentence)] ?? [0, 0];
    if (ms >= from && ms < to) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
}

// ---------- time: the server owns the deadline, this page only shows it ----------

async function timeUp() {
  for (const item of items) item.disabled = true;
  write(document.getElementById("progress"), say("time-up"));
  await outbox.flush(8_000);
  for (;;) { // until the server, which takes what was on its way a moment longer, says that the set is over
    try {
      const state = stateOf(await ask("GET", api("time")));
      if (state && state !== "running") return location.assign(attemptPage());
    } catch { /* asked again */ }
    await pause(1_000);
  }
}

if (facts.remainingMs !== undefined) {
  const clock = new Clock(document.getElementById("time-left"), document.getElementById("announce"), leftNow(facts.remainingMs), timeUp);
  const resync = async () => {
    if (document.visibilityState === "hidden") return;
    try {
      const answer = await ask("GET", api("time"));
      const state = stateOf(answer);
      if (state === "running") clock.set(answer.data.remaining_ms);
      else if (state) location.assign(attemptPage());
    } catch { /* the clock counts on by itself */ }
  };
  setInterval(resync, 30_000);
  addEventListener("online", resync);
  document.addEventListener("visibilitychange", resync);
}

// ---------- begin ----------

desk.addEventListener("change", (event) => {
  const item = event.target.closest(".item");
  if (!item || event.target.type !== "radio" || isAnswered(item)) return;
  if (!isKeptBack(item)) lock(item);
  outbox.put(`responses/${item.dataset.item}`, { option: event.target.value }, items.indexOf(item) + 1);
});
desk.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.value === "play") {
    event.preventDefault();
    player?.pressed();
  }
});
show(document.querySelector(".check"), false);
if (items.every(isAnswered)) setUpSentences();
for (const part of desk.querySelectorAll(".player > [hidden]")) show(part);
outbox.open().then(() => {
  for (const [path, body] of outbox.waiting()) { // answers that an earlier visit could not save
    const item = itemOf(path);
    if (!item || isAnswered(item)) continue;
    choose(item, body.option);
    if (!isKeptBack(item)) lock(item);
  }
});
