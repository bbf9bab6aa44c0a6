// The break: counts down, then goes to the attempt's page, which shows the next section.
import { api, ask, attemptPage, facts } from "./common.js";
import { Clock } from "./clock.js";

const output = document.getElementById("time-left");
const clock = new Clock(output, document.getElementById("announce"), Number(facts.remainingMs), () => location.assign(attemptPage()));

// The time may be changed meanwhile; where a school looks on, asking also says that the page is there.
setInterval(async () => {
  try {
    const answer = await ask("GET", api("time"));
    if (!answer.ok) return;
    if (answer.data.state === "break") clock.set(answer.data.remaining_ms);
    else location.assign(attemptPage());
  } catch { /* the clock counts on by itself */ }
}, Number(facts.everyMs) || 30_000);

// A sleeping phone stops the monotonic clock: ask the server again after a sleep, by loading the page anew.
let hiddenAt = 0;
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") hiddenAt = Date.now();
  else if (hiddenAt && Date.now() - hiddenAt > 20_000 && navigator.onLine) location.reload();
});
