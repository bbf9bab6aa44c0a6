// The points page while somebody types: every change is sent to the server, which answers with the parts of the page
// that change. Without this script the form's button does the same.

const form = document.getElementById("points-form");
const standing = document.getElementById("standing");
const WAIT_MS = 5; // gathers what one stroke changes; a newer change aborts the older question

let timer = 0;
let running = null;
let touched = false; // something was typed

/** Puts `text` where it differs, so that a screen reader is not told the same thing twice. */
function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

// ---------- faults at their fields ----------

function clearFaults() {
  for (const told of form.querySelectorAll(".field-error")) told.remove();
  for (const field of form.querySelectorAll(".field.wrong")) field.classList.remove("wrong");
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== `${input.id}-error`);
    input.setAttribute("aria-describedby", others.join(" "));
  }
}

function showFault({ field, text }) {
  const input = document.getElementById(field);
  const place = input?.closest(".field");
  if (!place) return;
  const told = document.createElement("p");
  told.className = "field-error";
  told.id = `${field}-error`;
  const prefix = document.createElement("span");
  prefix.className = "hush";
  prefix.textContent = `${form.dataset.error} `;
  told.append(prefix, text);
  place.classList.add("wrong");
  if (input.type === "radio") {
    place.querySelector(".ways, .choices")?.before(told);
    return;
  }
  input.before(told);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${told.id}`.trim());
}

// ---------- the answer ----------

/** Puts the server's parts in the place of those that are shown, and keeps the form where it is on the screen. */
function swap(html) {
  const before = form.getBoundingClientRect().top;
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  for (const part of [...fresh.content.children]) document.getElementById(part.id)?.replaceWith(part);
  const moved = form.getBoundingClientRect().top - before;
  if (moved !== 0) scrollBy(0, moved);
  write(standing, document.getElementById("parts").dataset.standing);
}

function stale() {
  const parts = document.getElementById("parts");
  if (!parts.dataset.standing) return;
  parts.classList.add("stale");
  write(standing, form.dataset.stale);
}

async function ask(finished) {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  try {
    const answer = await fetch(form.getAttribute("action").split("#")[0], {
      method: "POST",
      credentials: "same-origin",
      cache: "no-store",
      headers: { "synaq-what-if": "1" },
      body: new URLSearchParams(new FormData(form)),
      signal,
    });
    if (answer.ok) {
      const html = await answer.text();
      if (signal.aborted) return;
      clearFaults();
      swap(html);
    } else if (answer.status === 422 && answer.headers.get("content-type")?.startsWith("application/json")) {
      const faults = await answer.json();
      if (signal.aborted) return;
      stale();
      // While somebody is still typing, a number that is not whole yet is no fault.
      if (!finished) return;
      clearFaults();
      faults.forEach(showFault);
    } else {
      write(standing, form.dataset.failed);
    }
  } catch {
    if (!signal.aborted) write(standing, form.dataset.failed);
  }
}

form.addEventListener("input", (event) => {
  touched = true;
  // Whoever types into a way of stating a language means that way.
  const radio = event.target.closest(".more")?.parentElement.querySelector(":scope > .choice input");
  if (radio) radio.checked = true;
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT_MS, false);
});
form.addEventListener("change", () => {
  clearTimeout(timer);
  ask(true);
});

// ---------- another language ----------

// What was typed stands in no address, so the form itself is sent again once the language is chosen.
for (const link of document.querySelectorAll("a[hreflang]")) {
  link.addEventListener("click", async (event) => {
    if (!touched && !document.getElementById("parts").dataset.standing) return;
    event.preventDefault();
    await fetch(link.href, { credentials: "same-origin" }).catch(() => {});
    form.submit();
  });
}
