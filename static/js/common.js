// What every script of Synaq shares: the page's facts, its translated words, and one way to ask the server.

export const main = document.getElementById("main");
export const facts = main.dataset;

const words = JSON.parse(document.getElementById("strings")?.textContent || "{}");

/** The translated text `key` of #strings, its {names} filled in. */
export function say(key, values = {}) {
  return (words[key] ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Whose page this is: an id, empty for nobody, undefined where the server could not tell. */
export const learner = () => document.getElementById("kept")?.dataset.learner;

/** An API address of this attempt. */
export const api = (path) => `/api/v1/attempts/${facts.attempt}/${path}`;
export const attemptPage = () => `/attempts/${facts.attempt}`;

/** The name of a problem of ours ("section-closed"); empty for an error page of somebody between. */
const problemOf = (data) => /^\/problems\/([\w-]+)$/.exec(data.type)?.[1] ?? "";

/**
 * Asks the server. Answers {ok, status, data, problem, page, retryMs}: `problem` is the problem's name, `page` the page
 * token it was sent with, `retryMs` how long the server asks to be left alone. Throws only when no answer came.
 */
export async function ask(method, url, body, headers = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 15_000);
  const page = facts.page;
  try {
    const answer = await fetch(url, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      keepalive: method === "PUT", // an answer given just before the page is left still arrives
      signal: stop.signal,
      headers: {
        accept: "application/json",
        ...(method === "GET" ? {} : { "synaq-csrf": facts.csrf ?? "", "synaq-page": page ?? "" }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const data = (await answer.json().catch(() => undefined)) ?? {};
    const problem = answer.ok ? "" : problemOf(data);
    const retryMs = 1000 * (Number(answer.headers.get("retry-after")) || 0);
    return { ok: answer.ok, status: answer.status, data, problem, page, retryMs };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What an answer to `time` tells: the attempt's state, or "gone" where it is not this visitor's any more. Undefined when
 * the server fails, and when it was not the server that answered: a network's sign-in page comes with 200, too.
 */
export function stateOf({ ok, data, problem }) {
  if (ok && typeof data.state === "string") return data.state;
  return ["unauthenticated", "not-found"].includes(problem) ? "gone" : undefined;
}

/** "14:03:07" of an RFC 3339 instant, on the reader's clock. */
export function clockTime(instant) {
  const at = new Date(instant);
  const form = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  return Number.isNaN(at.getTime()) ? "" : at.toLocaleTimeString(document.documentElement.lang || "en", form);
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Puts `text` where it differs, so that a screen reader is not told the same thing twice. */
export function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/** Parts of this page that are shown only when scripts run (or only when they do not). */
export function show(element, visible = true) {
  if (element) element.hidden = !visible;
}
