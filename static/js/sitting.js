// The sitting: saves each answer as it is chosen, tells the truth about it, counts the time, turns the pages without
// losing anything, and takes a few keys. Without this script the same page is an ordinary form.
import { api, ask, attemptPage, clockTime, facts, main, pause, say, stateOf, write } from "./common.js";
import { lasting } from "./boxes.js";
import { CHANGE_MS, Clock, leftNow } from "./clock.js";
import { cleared } from "./kept.js";
import { mountKeys } from "./keys.js";
import { Outbox } from "./outbox.js";
import { mountPlayer } from "./player.js";
import { recording } from "./recording.js";
import * as shelf from "./shelf.js";
import { mountTrack } from "./track.js";

const ALONE_MS = 30_000;
const RESYNC_MS = Number(facts.everyMs) || ALONE_MS; // where a school looks on, this also says that the page is there
const FLUSH_MS = 8_000;
const PATIENCE_MS = 15_000; // a page that takes longer does not come
const SLOW_MS = 2_000; // then it is said
const OPENING_MS = 30_000; // a page that was kept may hear so late that the server had given a newer one
const STALE_MS = 24 * 3600 * 1000; // after the section's end nothing of it is kept longer

const receipt = document.getElementById("receipt");
const navigator_ = document.querySelector(".navigator");
const links = navigator_ ? [...navigator_.querySelectorAll("[data-item]")] : []; // buttons of the form
const chosen = new Map(); // item -> {option, flagged, overtaken}: what was changed here, newer than any page
const refused = new Map(); // path -> the question's number: what the server does not take
const pages = new Map(); // t -> html, fetched ahead so that a lost network does not stop the reading
let player = null;
let track = null;
let leaving = false;
let away = facts.kept !== undefined; // this page was kept and came without a network; true until the server answers
let over = false; // the time is up

// ---------- saving ----------

const outbox = new Outbox({
  change: drawReceipt,
  page: () => facts.page,
  saved: (path, data, { body, n }) => {
    const id = idOf(path);
    refused.delete(path);
    itemOf(id)?.querySelector(".not-saved")?.remove();
    drawItem(id);
    if (body.option !== undefined && data.option !== undefined && data.option !== body.option) adopt(path, data.option, n);
    away = false;
    if (Number.isFinite(data.remaining_ms)) setClock(data.remaining_ms);
  },
  refused: (path, { n }) => {
    refused.set(path, n ?? "?");
    // What is kept does not say it, so that it shows the answer no more.
    outbox.note((box) => ({ chosen: { ...box.chosen, [idOf(path)]: undefined } }));
    drawItem(idOf(path));
  },
  closed: () => shelf.dropPages().then(() => leave(attemptPage())),
  superseded: () => {
    const gone = giveUp();
    // A kept page was shown because the server was slow: the newer page is most likely its own, and came too late.
    if (facts.kept !== undefined && performance.now() < OPENING_MS) gone.finally(() => leave(attemptPage()));
    else openDialog("taken-over");
  },
  signedOut: () => { shelf.dropPages(); openDialog("signed-out"); },
});

/** Another page has the word: where that is not one of this browser, what is kept here gets old. */
async function giveUp() {
  const now = await outbox.note(() => ({}));
  if (now?.page === facts.page) await shelf.dropPages();
}

/** A new token is kept, too: a page that is opened without a network has none that is newer. */
function setPage(page) {
  facts.page = page;
  outbox.note(() => ({ page }));
}

function drawReceipt() {
  const waiting = outbox.size > 0 && (outbox.failing || outbox.stopped || away);
  receipt.classList.toggle("waiting", waiting);
  receipt.classList.toggle("refused", refused.size > 0);
  receipt.dataset.waiting = outbox.size;
  if (over) write(receipt, waiting ? say("time-up-waiting", { n: outbox.size }) : say("time-up"));
  // It says "waiting" of what it would still have if the browser were closed now.
  else if (waiting && outbox.kept) write(receipt, outbox.kept === 1 ? say("waiting-one") : say("waiting", { n: outbox.kept }));
  else if (outbox.size > 0) write(receipt, say("saving"));
  else if (refused.size) write(receipt, say("refused", { n: [...new Set(refused.values())].join(", ") }));
  else if (away) write(receipt, say("away"));
  else if (outbox.savedAt) write(receipt, say("saved", { time: clockTime(outbox.savedAt) }));
  else write(receipt, say("ready"));
}

const idOf = (path) => path.split("/").pop();
const itemOf = (id) => document.querySelector(`.item[data-item="${CSS.escape(id)}"]`);

/** The link of a question, and a word under it where the server has refused its answer or another one counts. */
function drawItem(id) {
  drawLink(id, chosen.get(id) ?? {});
  const item = itemOf(id);
  item?.querySelector(".told")?.remove();
  const isRefused = refused.has(`responses/${id}`) || refused.has(`flags/${id}`);
  if (!item || !(isRefused || chosen.get(id)?.overtaken)) return;
  const note = document.createElement("p");
  note.className = isRefused ? "told not-saved" : "told";
  note.textContent = isRefused ? say("not-saved") : say("overtaken", { n: item.dataset.position });
  item.append(note);
}

function changed(event) {
  const item = event.target.closest(".item");
  if (!item) return;
  const id = item.dataset.item;
  const mine = { ...chosen.get(id) };
  const put = (path, body) => outbox.put(path, body, Number(item.dataset.position), among(id, mine));
  chosen.set(id, mine);
  if (event.target.type === "radio") {
    mine.option = event.target.value;
    mine.overtaken = false;
    put(`responses/${id}`, { option: mine.option });
  } else if (event.target.name === `flag-${id}`) {
    mine.flagged = event.target.checked;
    put(`flags/${id}`, { flagged: mine.flagged });
  }
  drawItem(id);
}

/** Beside the pages that are kept, what is newer than they are. */
const among = (id, mine) => (box) => ({ chosen: { ...box.chosen, [id]: mine } });

/** Another device has answered later than this one did: what counts is shown, unless it was changed here meanwhile. */
function adopt(path, option, n) {
  if ([...outbox.waiting()].some(([other]) => other === path)) return;
  const id = idOf(path);
  const mine = { ...chosen.get(id), option, overtaken: true };
  chosen.set(id, mine);
  outbox.note(among(id, mine));
  drawItem(id);
  check(itemOf(id), option);
  write(document.getElementById("announce"), say("overtaken", { n: n ?? "?" }));
}

/** Checks this option of a question, or none. */
function check(item, option) {
  for (const radio of item?.querySelectorAll('input[type="radio"]') ?? []) radio.checked = radio.value === option;
}

// ---------- the navigator ----------

function drawLink(id, { option, flagged }) {
  const link = links.find((one) => one.dataset.item === id);
  if (!link) return;
  if (option !== undefined) link.classList.toggle("answered", option !== null && !refused.has(`responses/${id}`));
  if (flagged !== undefined) link.classList.toggle("flagged", flagged);
  const state = [say(link.classList.contains("answered") ? "answered" : "unanswered")];
  if (link.classList.contains("flagged")) state.push(say("flagged"));
  write(link.querySelector(".state"), `, ${state.join(", ")}`);
}

const items = () => [...document.querySelectorAll(".item")];
const current = () => document.querySelector(".item.current") ?? items()[0];

function setCurrent(item) {
  if (!item) return;
  for (const one of items()) one.classList.toggle("current", one === item);
  for (const link of links) {
    const here = link.dataset.item === item.dataset.item;
    link.classList.toggle("current", here);
    if (here) {
      link.setAttribute("aria-current", "true");
      const strip = navigator_.firstElementChild; // the strip of a phone: bring the number into view
      if (strip.scrollWidth > strip.clientWidth) strip.scrollLeft += link.getBoundingClientRect().left - strip.clientWidth / 2;
    } else link.removeAttribute("aria-current");
  }
}

function goTo(item) {
  if (!item) return;
  setCurrent(item);
  item.tabIndex = -1;
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block: "start" });
}

// ---------- turning the page ----------

const pageOf = (link) => link.dataset.t;
const addressOf = (t) => `${attemptPage()}?t=${t}`; // this page may be the answer to a form, at the form's address

async function fetchPage(t) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  let answer, html;
  try {
    const headers = { "synaq-page": facts.page ?? "" };
    answer = await fetch(addressOf(t), { credentials: "same-origin", cache: "no-store", headers, signal: stop.signal });
    html = await answer.text();
  } finally {
    clearTimeout(timer);
  }
  // As good as no network: the server fails, or it is not a page of ours (each has that mark) but one of somebody between.
  if (answer.status >= 500 || answer.status === 429 || !html.includes('id="kept"')) throw new Error(`status ${answer.status}`);
  if (answer.status === 409) return outbox.end("superseded");
  if (answer.redirected || !answer.ok || !html.includes('id="desk"')) return leave(answer.url || attemptPage());
  const page = /<main[^>]*\sdata-page="([^"]*)"/.exec(html)?.[1];
  if (page) setPage(page); // the server may give a new token; the newest is the one that holds
  pages.set(t, html);
  const stands = /\sdata-position-ms="(\d+)"/.exec(html)?.[1];
  if (stands) began = Number(stands) + clock.left(); // more time that was given leaves the track where it is
  return { html, headers: answer.headers };
}

let turns = 0;

async function turn(t, itemId) {
  turns += 1;
  const mine = turns;
  const tell = (word) => {
    if (mine !== turns) return;
    write(receipt, say(word));
    receipt.classList.add("waiting");
  };
  let html = pages.get(t) ?? (away ? await shelf.kept(addressOf(t)) : undefined);
  if (!html) {
    const timer = setTimeout(tell, SLOW_MS, "turn-slow");
    try {
      html = (await fetchPage(t))?.html;
    } catch {
      return tell("turn-waiting");
    } finally {
      clearTimeout(timer);
    }
  }
  if (!html || mine !== turns) return; // on the way to another page
  const old = document.getElementById("desk");
  const fresh = new DOMParser().parseFromString(html, "text/html");
  old.replaceWith(document.adoptNode(fresh.getElementById("desk")));
  write(document.getElementById("where"), fresh.getElementById("where")?.textContent ?? "");
  document.title = fresh.title;
  history.replaceState(null, "", addressOf(t));
  for (const group of navigator_?.querySelectorAll(":scope > ol > li") ?? []) {
    if (pageOf(group.querySelector("[data-t]")) === t) group.setAttribute("aria-current", "true");
    else group.removeAttribute("aria-current");
  }
  setUpDesk();
  drawReceipt();
  scrollTo(0, 0);
  const item = itemId && document.getElementById(itemId);
  if (item) goTo(item);
  else {
    setCurrent(items()[0]);
    main.focus({ preventScroll: true });
  }
}

/** Shows in a page what was chosen since the server made it. */
function setUpDesk() {
  for (const item of items()) {
    if (over) item.disabled = true;
    const mine = chosen.get(item.dataset.item);
    if (mine?.option !== undefined) check(item, mine.option);
    drawItem(item.dataset.item);
    const flag = item.querySelector('.flag input[type="checkbox"]');
    if (flag && mine?.flagged !== undefined) flag.checked = mine.flagged;
  }
  for (const input of document.querySelectorAll('#desk input[name="page"]')) input.value = facts.page;
  const sound = document.querySelector("#desk .player[data-plays-left]");
  const left = plays[sound?.dataset.testlet];
  if (left < Number(sound?.dataset.playsLeft)) sound.dataset.playsLeft = left;
  player = mountPlayer(document.getElementById("desk"), { problem, granted });
  const heard = document.getElementById("track");
  if (track && heard) track.attach(heard);
}

let plays = {}; // testlet -> how many are left: granted since the pages were kept

function granted(testlet, left) {
  plays[testlet] = left;
  outbox.note((box) => ({ plays: { ...box.plays, [testlet]: left } }));
}

/** Fetches the section, so that a lost network does not stop the reading, and keeps it, so that a reload does not either. */
async function fetchAhead() {
  await Promise.all([pause(1_500), cleared]);
  const keeps = lasting() && (await shelf.attend());
  if (keeps && !box.shelf) await shelf.dropPages(); // those of the section before
  if (keeps) await shelf.keepFiles().catch(() => {});
  const ends = facts.remainingMs === undefined ? undefined : Math.round(Date.now() + clock.left());
  const until = (ends ?? Date.now()) + STALE_MS;
  if (keeps) outbox.note(() => ({ shelf: true, until }));
  let whole = keeps;
  for (const t of new Set(links.map(pageOf))) {
    if (leaving || outbox.stopped) return;
    try {
      const found = await fetchPage(t);
      if (!found) return;
      if (!keeps) continue;
      await shelf.keep(addressOf(t), found.html, found.headers, { ends, until });
      const sound = /data-src="([^"]+)" data-sha256="([^"]+)"/.exec(found.html);
      if (sound) recording(sound[1], { sha256: sound[2] }).catch(() => {}); // loaded again when it is played
    } catch {
      whole = false; // it is asked for again when the page is turned
    }
  }
  // What was chosen before this page is in the pages now.
  const taken = [...chosen].filter(([id]) => !refused.has(`responses/${id}`));
  if (whole) await outbox.note(() => ({ chosen: Object.fromEntries(taken), plays: { ...plays } }));
  facts.ahead = whole ? "kept" : ""; // nothing more is fetched by itself
}

async function submitted(event) {
  const button = event.submitter;
  if (button?.name !== "go" || leaving) return;
  event.preventDefault();
  if (button.value.startsWith("play:")) player?.pressed();
  else if (button.value === "now") turn(button.dataset.t);
  else if (button.value === "save") outbox.retryNow(); // Enter in a question: every answer is on its way already
  else if (button.dataset.t) turn(button.dataset.t);
  else if ((await outbox.flush(FLUSH_MS)) && (await reached())) {
    leaving = true;
    if (button.dataset.href) location.assign(button.dataset.href);
    else button.click(); // the form's own way
  } else drawReceipt();
}

/** Whether the server answers now: else the page is not left, for a browser's own error page helps nobody. */
async function reached() {
  try {
    away = stateOf(await ask("GET", api("time"))) === undefined;
  } catch {
    away = true;
  }
  return !away;
}

// ---------- time ----------

function leave(url) {
  leaving = true;
  location.assign(url);
}

/** Problems that mean the same wherever they come from. True when this one was dealt with. */
function problem(answer) {
  if (answer.problem === "unauthenticated") outbox.end("signedOut");
  else if (answer.problem === "section-closed") outbox.end("closed");
  else if (["page-superseded", "csrf"].includes(answer.problem)) outbox.end("superseded");
  else return false;
  return true;
}

async function resync() {
  if (leaving || (document.visibilityState === "hidden" && RESYNC_MS === ALONE_MS)) return;
  try {
    const answer = await ask("GET", api("time"));
    const state = stateOf(answer);
    if (!state) return; // the server fails, or somebody else has answered
    const wasAway = away;
    away = false;
    if (!answer.ok) problem(answer);
    else if (answer.data.section === facts.section && state !== "finished") setClock(answer.data.remaining_ms);
    else return void (await outbox.flush(FLUSH_MS), leave(attemptPage()));
    if (wasAway) drawReceipt();
    if (answer.ok && outbox.failing) outbox.retryNow();
  } catch { /* the clock counts on by itself */ }
}

async function timeUp() {
  over = true;
  for (const item of items()) item.disabled = true;
  drawReceipt();
  if (document.querySelector("dialog[open]")) return;
  await outbox.flush(FLUSH_MS);
  while (!(await reached())) {
    drawReceipt();
    await pause(3_000);
  }
  await outbox.flush(FLUSH_MS); // what waited is sent first: the server takes it, or says that it came too late
  leave(attemptPage());
}

// A page that was kept knows when its section ends, by the clock of this device: that of the page was left behind.
const remaining = facts.kept ? Number(facts.kept) - Date.now() : leftNow(facts.remainingMs);
const clock = new Clock(document.getElementById("time-left"), document.getElementById("announce"), remaining, timeUp);

/** The server's word. Where it has changed the time, so have the pages that are kept. */
function setClock(remainingMs) {
  const before = clock.left();
  clock.set(remainingMs);
  if (Math.abs(remainingMs - before) > CHANGE_MS && !away && box) fetchAhead();
}

// ---------- the track of a paced section ----------

let began = Number(document.getElementById("track")?.dataset.positionMs) + Number(facts.remainingMs); // its whole length
track = mountTrack({
  position: () => Math.max(0, began - clock.left()),
  // Who is with the track stays with it; who looks at something else is shown the way, and not thrown about.
  follow: (ordinal, before) => {
    if (document.getElementById("desk")?.dataset.t === String(before)) turn(String(ordinal));
  },
});

// ---------- from question to question ----------

function step(item, by) {
  const link = links[links.findIndex((one) => one.dataset.item === item?.dataset.item) + by];
  if (link) follow(link);
}

function follow(link) {
  const id = `item-${link.dataset.item}`;
  const here = document.getElementById(id);
  if (here) goTo(here);
  else turn(pageOf(link), id);
}

// ---------- dialogs ----------

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog) return leave(attemptPage());
  const here = dialog.querySelector("#here");
  const desk = document.getElementById("desk");
  if (here && desk) here.href = `${addressOf(desk.dataset.t)}&here=1`;
  if (dialog.open) return;
  if (!dialog.showModal) return dialog.setAttribute("open", "");
  // Nothing is saved any more, so that it is not to be left. A browser lets nobody prevent that twice: it comes again.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => dialog.showModal());
  dialog.showModal();
}

// ---------- begin ----------

if (document.getElementById("desk")) {
  pages.set(document.getElementById("desk").dataset.t, document.documentElement.outerHTML);
  setUpDesk();
  setCurrent(location.hash.startsWith("#item-") ? document.getElementById(location.hash.slice(1)) : current());
  if (!receipt.textContent.trim()) write(receipt, say("ready"));
  document.addEventListener("change", changed);
  document.addEventListener("submit", submitted);
  document.addEventListener("focusin", (event) => setCurrent(event.target.closest(".item")));
  mountKeys({ current, setCurrent, step, player: () => player });
  navigator_?.addEventListener("click", (event) => {
    const link = event.target.closest("[data-item]");
    if (!link) return;
    event.preventDefault();
    follow(link);
  });
}

let told = false; // whether the worker has brought a token, which is newer than any that is kept
let box; // what this browser keeps of the section; opened while the page works already
outbox.open().then((found) => {
  box = found;
  if (facts.kept !== undefined) {
    if (box.page && !told) facts.page = box.page;
    for (const [id, mine] of Object.entries(box.chosen ?? {})) chosen.set(id, { ...mine, ...chosen.get(id) });
    plays = { ...box.plays, ...plays };
  }
  for (const [path, body] of outbox.waiting()) { // answers that an earlier visit could not save
    const id = path.split("/").pop();
    chosen.set(id, { ...chosen.get(id), ...body });
  }
  for (const [id, mine] of chosen) drawLink(id, mine);
  if (facts.kept === undefined || told) outbox.note(() => ({ page: facts.page }));
  if (outbox.size || away) drawReceipt();
  if (!document.getElementById("desk")) return;
  setUpDesk();
  if (!away) fetchAhead();
});
// The worker gave this page what was kept, and the server's answer came after all.
navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  if (!data?.page || facts.kept === undefined) return;
  told = true;
  setPage(data.page);
});
if (away) resync();
setInterval(resync, RESYNC_MS);
addEventListener("online", resync);
document.addEventListener("visibilitychange", resync);
// Back from the review: this page was taken over by it, so it is asked for anew.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
addEventListener("beforeunload", (event) => {
  if (outbox.size > 0 && !leaving && !outbox.stopped) event.preventDefault();
});

// What is stuck under the bar must know how tall the bar is with this text size and language.
const bar = document.querySelector(".exam-bar");
if (bar && globalThis.ResizeObserver) {
  new ResizeObserver(() => document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`)).observe(bar);
}
