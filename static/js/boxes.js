// What this browser keeps of a learner's sections, a box each: answers that wait for the server, and what a page must
// know that is opened without it. In IndexedDB; in localStorage where that is refused; else in this page's memory.
// A box is {name, learner, attempt, section, until, waiting: {path: {body, order, n}}, …}; `until` is when it is of no
// use any more (milliseconds since 1970).

const FLAG = "synaq-kept"; // so that a page without anything kept loads nothing more
const SLOW_MS = 3_000;
const WEEK = 7 * 24 * 3600 * 1000;

const fresh = (name) => ({ name, waiting: {} });

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
    setTimeout(() => failed(new Error("slow")), SLOW_MS);
  });
  return opened;
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
        after = alter(event.target.result ?? fresh(name));
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

const local = {
  change(name, alter) {
    const after = alter(JSON.parse(localStorage.getItem(PREFIX + name) ?? "null") ?? fresh(name));
    if (after) localStorage.setItem(PREFIX + name, JSON.stringify(after));
    else localStorage.removeItem(PREFIX + name);
    return after;
  },
  all: () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => JSON.parse(localStorage.getItem(key))),
};

const held = new Map();

const memory = {
  change(name, alter) {
    const after = alter(held.get(name) ?? fresh(name));
    if (after) held.set(name, after);
    else held.delete(name);
    return after;
  },
  all: () => [...held.values()],
};

const places = [indexed, local, memory];

async function somewhere(work) {
  for (;;) {
    try {
      return await work(places[0]);
    } catch (error) {
      if (places.length === 1) throw error;
      places.shift();
    }
  }
}

/** Whether what is kept is still there after this page. */
export const lasting = () => places[0] !== memory;

/** Replaces a box by what `alter` makes of it (nothing: it is removed). Answers the new one. */
export function change(name, alter) {
  return somewhere((place) => place.change(name, alter));
}

/** Every box in this browser. */
export async function boxes() {
  const all = await somewhere((place) => place.all());
  flag(all.length > 0);
  return all;
}

function flag(on) {
  try {
    if (on) localStorage.setItem(FLAG, "1");
    else localStorage.removeItem(FLAG);
  } catch { /* then every page looks */ }
}

/** The numbers of the questions whose answers a box holds that were not saved. */
export function unsaved(box) {
  const waiting = Object.entries(box.waiting).filter(([path]) => path.startsWith("responses/"));
  return [...new Set([...(box.lost ?? []), ...waiting.map(([, { n }]) => n ?? "?")])];
}

/** Opens the box of a section, with what was left elsewhere by a visit that could not use this place. */
export async function open({ learner, attempt, section }) {
  const name = `${learner}:${attempt}:${section}`;
  flag(true);
  let left = {};
  const old = [`synaq-outbox:${attempt}:${section}`, `synaq-outbox:${attempt}:practice`];
  try {
    for (const key of old) {
      for (const [path, body] of JSON.parse(localStorage.getItem(key) ?? "[]")) left[path] = { body };
    }
    if (places[0] === indexed) Object.assign(left, JSON.parse(localStorage.getItem(PREFIX + name) ?? "{}").waiting);
  } catch {
    left = {}; // no localStorage, or a broken value
  }
  const box = await change(name, (box) => {
    const waiting = { ...box.waiting };
    for (const [path, entry] of Object.entries(left)) {
      if (!waiting[path] || (entry.order ?? 0) > (waiting[path].order ?? 0)) waiting[path] = entry;
    }
    return { until: Date.now() + WEEK, ...box, learner, attempt, section, waiting };
  });
  try {
    for (const key of places[0] === indexed ? [...old, PREFIX + name] : old) localStorage.removeItem(key);
  } catch { /* nothing was there */ }
  return box;
}
