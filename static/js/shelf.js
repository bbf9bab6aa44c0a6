// The pages of the running section, kept so that it can be opened again without a network: static/js/worker.js serves
// them then. Their server says that no cache may keep them, and this is the one exception, by the page itself: only
// while its section runs, for its own learner, and leftovers.js clears it away. They hold what the learner sees anyway,
// and no key. Nothing is kept where no worker can serve it.

const PAGES = "synaq-section";
const RECORDINGS = "synaq-recordings";
const SCOPE = "/attempts/";

/** Makes sure that somebody serves what is kept. False where that cannot be. */
export async function attend() {
  try {
    await navigator.serviceWorker.register(`${SCOPE}worker.js`, { scope: SCOPE });
    return Boolean(globalThis.caches);
  } catch {
    return false; // no secure context, an old browser, refused
  }
}

/**
 * Keeps a page that was just fetched. `ends` is when its section does, in milliseconds since 1970, or nothing: a page
 * that is opened later counts from there. After `until` it is not served.
 */
export async function keep(url, html, headers, { ends, until }) {
  const cache = await caches.open(PAGES);
  const own = new Headers(headers);
  for (const name of ["content-encoding", "content-length"]) own.delete(name);
  own.set("synaq-until", String(until));
  await cache.put(url, new Response(html.replace("<main ", `<main data-kept="${ends ?? ""}" `), { headers: own }));
}

/** A page that was kept, or undefined. */
export async function kept(url) {
  try {
    return await (await caches.match(url, { cacheName: PAGES }))?.text();
  } catch {
    return undefined;
  }
}

/** Keeps the files with which this page was made: scripts, styles, pictures; all or none. */
export async function keepFiles() {
  const cache = await caches.open(PAGES);
  const icon = document.querySelector('link[rel="icon"]')?.href;
  const used = performance.getEntriesByType("resource").map((entry) => entry.name);
  const files = [icon, ...used].filter((url) => url?.startsWith(`${location.origin}/static/`));
  await cache.addAll([...new Set(files)]);
}

/** The section is over, or somebody else is here. */
export async function dropPages() {
  await globalThis.caches?.delete(PAGES).catch(() => {});
}

/** The exam is over, or was somebody else's: nothing of it stays, nor the worker unless this page needs it itself. */
export async function dropAll(workerStays = false) {
  await dropPages();
  await globalThis.caches?.delete(RECORDINGS).catch(() => {});
  if (workerStays) return;
  const worker = await navigator.serviceWorker?.getRegistration(SCOPE).catch(() => undefined);
  await worker?.unregister();
}
