// What this browser keeps of a learner's sections, a box each: answers that wait for the server, and what a page must
// know that is opened without it. In IndexedDB; in localStorage where that fails; else in this page's memory.
// A box is {name, learner, attempt, section, until, waiting: {path: {body, order, n}}, …}; `until` is when it is of no
// use any more (milliseconds since 1970).

const FLAG = "synaq-kept"; // so that a page without anything kept loads nothing more
const SLOW_MS = 3_000;
const WEEK = 7 * 24 * 3600 * 1000;

const latest = new Map(); // name -> the box as this page knows it: a place that takes over from another goes on from there
const begin = (name) => latest.get(name) ?? { name, waiting: {} };

// ---------- the places, the best first ----------

let opened;

function database() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open("synaq", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("boxes", { keyPath: "name" });
    asked.onerror = () => failed(asked.error);
    asked.onsuccess = () => {
      const db = asked.result;
      db.onclose = () => { opened = undefined; };
      db.onversionchange = () => { db.close(); opened = undefined; };
      done(db);
    };
  });
  const slow = new Promise((_, failed) => setTimeout(() => failed(new Error("slow")), SLOW_MS));
  return Promise.race([opened, slow]);
}

/** One transaction: two tabs never lose each other's changes. */
const indexed = {
  async change(name, alter) {
    const db = await database();
    return new Promise((done, failed) => {
      const work = db.transaction("boxes", "readwrite", { durability: "strict" });
      const store = work.objectStore("boxes");
      let after;
      store.get(name).onsuccess = (event) => {
        after = alter(event.target.result ?? begin(name));
        if (after) store.put(after);
        else store.delete(name);
      };
      work.oncomplete = () => done(after);
      work.onabort = () => failed(work.error);
    });
  },
  async all() {
    const db = await database();
    return new Promise((done, failed) => {
      const asked = db.transaction("boxes").objectStore("boxes").getAll();
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  },
};

const PREFIX = "synaq-box:";

/** What localStorage has there; nothing where that is broken. */
function read(key) {
  const text = localStorage.getItem(key);
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

const local = {
  change(name, alter) {
    const after = alter(read(PREFIX + name) ?? begin(name));
    if (after) localStorage.setItem(PREFIX + name, JSON.stringify(after));
    else localStorage.removeItem(PREFIX + name);
    return after;
  },
  all: () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map(read).filter(Boolean),
};

const memory = {
  change: (name, alter) => alter(begin(name)),
  all: () => [...latest.values()],
};

const places = [indexed, local, memory];
const failed = [];

async function somewhere(work) {
  for (;;) {
    const [place] = places;
    try {
      return await work(place);
    } catch (error) {
      if (place === memory) throw error;
      if (places[0] === place) failed.push(places.shift()); // of two changes that fail at once, the first has done so
    }
  }
}

/** Whether what is kept is still there after this page. */
export const lasting = () => places[0] !== memory;

/** Replaces a box by what `alter` makes of it (nothing: it is removed); it may be called more than once. Answers the new one. */
export async function change(name, alter) {
  const after = await somewhere((place) => place.change(name, (box) => {
    const altered = alter(box);
    if (altered) latest.set(name, altered);
    else latest.delete(name);
    return altered;
  }));
  // A place that failed still has what it had, and a later page believes it: it is told, if it can be.
  for (const place of failed) Promise.resolve().then(() => place.change(name, alter)).catch(() => {});
  return after;
}

// ---------- what pages ask for ----------

/** Every box in this browser. */
export async function boxes() {
  await bring();
  const all = await somewhere((place) => place.all());
  if (lasting()) flag(all.length > 0); // else there may be some that cannot be seen
  return all;
}

function flag(on) {
  try {
    if (on) localStorage.setItem(FLAG, "1");
    else localStorage.removeItem(FLAG);
  } catch { /* then every page looks */ }
}

/** A box with what was left elsewhere: of two answers to a question the later one. */
function joined(box, left) {
  const waiting = { ...box.waiting };
  for (const [path, entry] of Object.entries(left.waiting)) {
    if (!waiting[path] || (entry.order ?? 0) > (waiting[path].order ?? 0)) waiting[path] = entry;
  }
  return { ...box, ...left, waiting, next: Math.max(box.next ?? 1, left.next ?? 1) };
}

/** A visit that could not use the database has left its boxes in localStorage: they go on in the database. */
async function bring() {
  if (places[0] !== indexed) return;
  try {
    for (const left of local.all()) {
      await change(left.name, (box) => joined(box, left));
      if (places[0] === indexed) localStorage.removeItem(PREFIX + left.name);
    }
  } catch { /* no localStorage */ }
}

/** The numbers of the questions whose answers a box holds that were not saved. */
export function unsaved(box) {
  const waiting = Object.entries(box.waiting).filter(([path]) => path.startsWith("responses/"));
  return [...new Set([...(box.lost ?? []), ...waiting.map(([, { n }]) => n ?? "?")])];
}

/** Opens the box of a section, with what was left by a visit before there were boxes. */
export async function open({ learner, attempt, section }) {
  const name = `${learner}:${attempt}:${section}`;
  flag(true);
  await bring();
  const old = [`synaq-outbox:${attempt}:${section}`, `synaq-outbox:${attempt}:practice`];
  const waiting = {};
  try {
    for (const key of old) {
      for (const [path, body] of read(key) ?? []) waiting[path] = { body };
    }
  } catch { /* no localStorage, or a broken value */ }
  const box = await change(name, (box) => ({ until: Date.now() + WEEK, ...joined(box, { waiting }), learner, attempt, section }));
  try {
    for (const key of old) localStorage.removeItem(key);
  } catch { /* nothing was there */ }
  return box;
}
