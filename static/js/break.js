// The break: counts down, then goes to the attempt's page, which shows the next section.
import { attemptPage, facts } from "./common.js";
import { Clock } from "./clock.js";

const output = document.getElementById("time-left");
new Clock(output, document.getElementById("announce"), Number(facts.remainingMs), () => location.assign(attemptPage()));

// A sleeping phone stops the monotonic clock: ask the server again after a sleep, by loading the page anew.
let hiddenAt = 0;
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") hiddenAt = Date.now();
  else if (hiddenAt && Date.now() - hiddenAt > 20_000 && navigator.onLine) location.reload();
});
