// The group while it sits: takes what changes from the server, counts the time left down, sorts by a column. Without this
// script the page is loaded again.
import { clockTime, facts, say, write } from "./common.js";
import { format } from "./clock.js";

const ANNOUNCE_MS = 10_000; // a screen reader is told of lost contacts together, and not more often
const RANK = { none: 0, ready: 1, listening: 2, break: 3, reading: 4, finished: 5, voided: 6 };

const table = document.getElementById("live");
const feed = document.getElementById("feed");
const announcer = document.getElementById("announce");
const rows = new Map(); // learner -> {element, data, ends}
let order = null; // {column, down}
let lostNow = [];

const stateOf = (data) => (data.state === "running" ? data.section : data.state);
const cell = (row, name) => row.element.querySelector(`[data-cell="${name}"]`);
const timed = (data) => ["running", "break"].includes(data.state) && data.remaining_ms !== null;

// ---------- rows ----------

function take(data) {
  const row = rows.get(data.learner);
  const element = row?.element ?? table.querySelector(`tr[data-learner="${CSS.escape(data.learner)}"]`);
  if (!element) return location.reload(); // somebody has joined the group
  const fresh = { element, data, ends: data.remaining_ms === null ? null : performance.now() + data.remaining_ms };
  if (row && data.lost && !row.data.lost) lostNow.push(data.name);
  rows.set(data.learner, fresh);
  draw(fresh);
}

function draw(row) {
  const { data } = row;
  const state = cell(row, "state");
  write(state.querySelector(".state"), say(`state-${stateOf(data)}`));
  const tag = state.querySelector(".tag");
  if (data.lost && !tag) {
    const fresh = document.createElement("span");
    fresh.className = "tag wrong";
    fresh.textContent = say("lost");
    state.append(" ", fresh);
  } else if (!data.lost) tag?.remove();
  const counted = data.state === "running" && data.of !== null;
  write(cell(row, "answered"), counted ? say("answered-of", { n: data.answered, of: data.of }) : "");
  write(cell(row, "seen"), data.seen_at ? clockTime(data.seen_at) : "");
  drawLeft(row);
  drawActs(row);
}

function drawLeft(row) {
  const left = row.ends === null ? null : Math.max(0, row.ends - performance.now());
  const out = cell(row, "left");
  write(out, left === null ? "" : format(left));
  out.classList.toggle("short", left !== null && left <= 5 * 60_000);
}

/** The links of a row and the lists of the forms follow the attempt. */
function drawActs(row) {
  const acts = cell(row, "act");
  const { data } = row;
  if (!acts) return;
  option("to", row, timed(data));
  option("attempt", row, data.attempt !== null && data.state !== "voided");
}

function option(id, row, wanted) {
  const list = document.getElementById(id);
  const { attempt, learner, name } = row.data;
  let one = [...list.options].find((other) => other.dataset.learner === learner || (attempt && other.value === attempt));
  if (!wanted && one && !one.selected) one.remove();
  if (wanted && !one) {
    one = new Option(name, attempt);
    const after = [...list.options].slice(1).find((other) => other.text.localeCompare(name) > 0);
    list.add(one, after ?? null);
  }
  if (one) {
    one.dataset.learner = learner;
    if (wanted) one.value = attempt;
  }
  const acts = cell(row, "act");
  let link = acts.querySelector(`[data-act="${id}"]`);
  if (!wanted) return link?.remove();
  if (!link) {
    link = table.querySelector(`[data-act="${id}"]`)?.cloneNode(true);
    if (!link) return; // nobody had it when the page was made: the lists below have everybody
    write(link.querySelector(".hush"), ` ${name}`);
    acts.append(link, " ");
  }
  link.href = `${location.pathname}?${id}=${attempt}#${id}`;
}

function drawTally() {
  const all = [...rows.values()].map((row) => row.data);
  const count = {
    sitting: (data) => data.state === "running",
    break: (data) => data.state === "break",
    lost: (data) => data.lost,
    waiting: (data) => data.state === "none" || data.state === "ready",
    finished: (data) => data.state === "finished",
  };
  for (const one of document.querySelectorAll("[data-tally]")) {
    write(one.querySelector("b"), String(all.filter(count[one.dataset.tally]).length));
  }
}

// ---------- order ----------

const VALUE = {
  name: (row) => row.data.name,
  state: (row) => RANK[stateOf(row.data)] - (row.data.lost ? 0.5 : 0),
  answered: (row) => (row.data.state === "running" ? row.data.answered : -1),
  left: (row) => row.ends ?? Infinity,
  seen: (row) => row.data.seen_at ?? "",
};

function sort() {
  if (!order) return;
  const value = VALUE[order.column];
  const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b, document.documentElement.lang) : a - b || 0);
  const sorted = [...rows.values()].sort((a, b) => compare(value(a), value(b)) * (order.down ? -1 : 1));
  const body = table.tBodies[0];
  const focused = document.activeElement;
  sorted.forEach((row, place) => {
    if (body.rows[place] !== row.element) body.insertBefore(row.element, body.rows[place] ?? null);
  });
  if (focused !== document.activeElement && body.contains(focused)) focused.focus({ preventScroll: true });
}

function sortBy(header) {
  const column = header.dataset.column;
  order = { column, down: order?.column === column && !order.down };
  for (const one of table.querySelectorAll("th[data-column]")) one.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", order.down ? "descending" : "ascending");
  sort();
}

// ---------- begin ----------

if (table) {
  for (const header of table.querySelectorAll("th[data-column]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sortBy(header));
    header.append(button);
  }
  table.addEventListener("click", (event) => {
    const link = event.target.closest("[data-act]");
    if (!link) return;
    event.preventDefault();
    const list = document.getElementById(link.dataset.act);
    list.value = new URL(link.href).searchParams.get(link.dataset.act);
    list.focus();
    list.scrollIntoView({ block: "center" });
  });
  const source = new EventSource(`/assignments/${facts.assignment}/live/events`);
  source.addEventListener("rows", (event) => {
    const { rows: changed, gone } = JSON.parse(event.data);
    changed.forEach(take);
    for (const learner of gone) {
      rows.get(learner)?.element.remove();
      rows.delete(learner);
    }
    drawTally();
    sort();
  });
  source.addEventListener("open", () => write(feed, say("connected")));
  source.addEventListener("error", () => write(feed, say("cut-off"))); // the browser tries again by itself
  source.addEventListener("end", () => {
    source.close();
    location.reload(); // which says why
  });
  setInterval(() => rows.forEach(drawLeft), 1_000);
  setInterval(() => {
    if (lostNow.length) write(announcer, lostNow.length === 1 ? say("lost-now", { name: lostNow[0] }) : say("lost-many", { n: lostNow.length }));
    lostNow = [];
  }, ANNOUNCE_MS);
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
