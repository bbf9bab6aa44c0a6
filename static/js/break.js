// The break: counts down, then goes to the attempt's page, which shows the next section.
import { api, ask, attemptPage, facts, pause, say, show, stateOf, write } from "./common.js";
import { Clock, leftNow } from "./clock.js";

const note = document.getElementById("waiting");
const clock = new Clock(document.getElementById("time-left"), document.getElementById("announce"), leftNow(facts.remainingMs), goOn);

/** Asks how things stand, and goes where the attempt is. The page is not left for an error page of the browser's own. */
async function look() {
  try {
    const answer = await ask("GET", api("time"));
    const state = stateOf(answer);
    if (state === "break" && !clock.over) clock.set(answer.data.remaining_ms);
    else if (state) location.assign(attemptPage());
    return state !== undefined;
  } catch {
    return false; // the clock counts on by itself
  }
}

async function goOn() {
  while (!(await look())) {
    show(note);
    write(note, say("break-waiting"));
    await pause(3_000);
  }
}

// The time may be changed meanwhile; where a school looks on, asking also says that the page is there.
setInterval(look, Number(facts.everyMs) || 30_000);
addEventListener("online", look);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look()); // after a sleep
