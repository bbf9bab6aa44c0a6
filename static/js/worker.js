// The service worker of the attempts: it serves the section that runs (shelf.js keeps it) when the network does not. It
// has no memory and decides nothing: what it may serve is what lies in the caches, and that is cleared away by the pages
// and, below, by what the server answers. Caches that fail are as good as empty: the network does then.
const PAGES = "synaq-section";
const RECORDINGS = "synaq-recordings";
const PATIENCE_MS = 4_000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.method === "GET" && url.pathname.endsWith(".mp3")) event.respondWith(recording(request));
});

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const match = (request, cacheName) => caches.match(request, { cacheName }).catch(() => undefined);

/** Files are named by their content: one that is kept is as good as the server's. */
async function file(request) {
  return (await match(request.url, PAGES)) ?? fetch(request);
}

// ---------- pages ----------

const attemptOf = (url) => /^\/attempts\/[^/]+/.exec(url.pathname)?.[0];

async function keptOf(attempt) {
  if (!attempt || !(await caches.has(PAGES))) return [];
  const keys = await (await caches.open(PAGES)).keys();
  return keys.filter((key) => attemptOf(new URL(key.url)) === attempt);
}

/** The network first; what is kept when there is none, when it is too slow, and when the server itself fails. */
async function page(event, url) {
  const { request } = event;
  const kept = await keptOf(attemptOf(url)).catch(() => []);
  const asked = fetch(request);
  if (!kept.length) return asked;
  const isGet = request.method === "GET";
  const answer = await Promise.race([asked.catch(() => undefined), ...(isGet ? [pause(PATIENCE_MS).then(() => "late")] : [])]);
  const fails = !(answer instanceof Response) || answer.status >= 500 || answer.status === 429 || isForeign(answer);
  if (answer instanceof Response && !(fails && isGet)) {
    // Led elsewhere, or refused: the section is over, or not this visitor's.
    if (!answer.ok && !fails) event.waitUntil(drop(kept));
    return answer;
  }
  const instead = await keptPage(url, kept, isGet).catch(() => undefined);
  if (!instead) return answer instanceof Response ? answer : asked;
  if (answer === "late") event.waitUntil(asked.then((late) => pass(event, late, kept)).catch(() => {}));
  return instead;
}

/** A refusal of somebody between (a proxy, the filter of a network) is not the server's word, which has a number. */
const isForeign = ({ status, headers }) => status >= 400 && !headers.has("x-request-id");

async function keptPage(url, kept, isGet) {
  const t = url.searchParams.get("t");
  const wanted = kept.find((key) => new URL(key.url).searchParams.get("t") === t) ?? kept[0];
  const found = await match(wanted, PAGES);
  if (!found) return undefined;
  if (Number(found.headers.get("synaq-until")) < Date.now()) return drop(kept);
  // The list of answers and the end of the section are the server's: back to the questions.
  return isGet && url.pathname === attemptOf(url) ? found : Response.redirect(attemptOf(url), 303);
}

async function drop(kept) {
  const cache = await caches.open(PAGES);
  for (const key of kept) await cache.delete(key);
}

/** An answer that came too late for the page is the page's all the same: since then only its token holds. */
async function pass(event, late, kept) {
  if (!late.ok) return late.status < 500 && late.status !== 429 && !isForeign(late) ? drop(kept) : undefined;
  const token = /<main[^>]*\sdata-page="([^"]*)"/.exec(await late.text())?.[1];
  for (const client of token ? await clientsOf(event) : []) client.postMessage({ page: token });
}

/** The page that came of a navigation, once it is there. Safari before 16 does not name it: all with its address, then. */
async function clientsOf({ resultingClientId, request }) {
  const place = (url) => url.split("#")[0];
  for (let tries = 0; tries < 10; tries += 1) {
    const found = resultingClientId
      ? [await self.clients.get(resultingClientId)].filter(Boolean)
      : (await self.clients.matchAll({ type: "window" })).filter(({ url }) => place(url) === place(request.url));
    if (found.length) return found;
    await pause(500);
  }
  return [];
}

// ---------- recordings ----------

/** A player asks for stretches, and Safari plays nothing that answers them with the whole (RFC 9110, section 14). */
async function recording(request) {
  const kept = await match(request.url, RECORDINGS);
  if (!kept) return fetch(request);
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (!range || !(range[1] || range[2])) return kept;
  const blob = await kept.blob();
  const first = range[1] ? Number(range[1]) : Math.max(0, blob.size - Number(range[2]));
  const last = range[1] && range[2] ? Math.min(Number(range[2]), blob.size - 1) : blob.size - 1;
  if (first > last) return new Response(null, { status: 416, headers: { "content-range": `bytes */${blob.size}` } });
  const headers = { "content-type": blob.type, "content-range": `bytes ${first}-${last}/${blob.size}`, "accept-ranges": "bytes" };
  return new Response(blob.slice(first, last + 1, blob.type), { status: 206, headers });
}
