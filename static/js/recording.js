// Recordings: from the browser's cache when prepare.js has put them there, else from the network; always whole, and
// with the right checksum where the browser can compute one (only on https or localhost).

const CACHE = "synaq-recordings";

const open = async () => {
  try {
    return await globalThis.caches?.open(CACHE);
  } catch {
    return undefined; // private mode
  }
};

async function whole(blob, sha256) {
  if (!sha256 || !globalThis.crypto?.subtle) return blob.size > 0;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === sha256.toLowerCase();
}

async function download(src, bytes, progress, mode) {
  const answer = await fetch(src, { credentials: "same-origin", cache: mode });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const type = answer.headers.get("content-type") ?? "audio/mpeg";
  if (!answer.body?.getReader) return answer.blob();
  const reader = answer.body.getReader();
  const parts = [];
  let got = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts, { type });
    parts.push(value);
    got += value.length;
    if (bytes) progress?.(Math.min(1, got / bytes));
  }
}

/** A recording that was fetched ahead, as a blob; undefined where it was not. */
export async function kept(src) {
  const cache = await open();
  const answer = await cache?.match(src).catch(() => undefined);
  return answer?.blob().catch(() => undefined);
}

/** The recording as a blob. A damaged one is loaded once more. Throws when it cannot be had. */
export async function recording(src, { sha256, bytes, progress, damaged } = {}) {
  const cache = await open();
  const kept = await cache?.match(src).catch(() => undefined);
  if (kept) {
    const blob = await kept.blob();
    if (await whole(blob, sha256)) return blob;
    await cache.delete(src);
  }
  for (const mode of ["default", "reload"]) {
    const blob = await download(src, bytes, progress, mode);
    if (await whole(blob, sha256)) {
      await cache?.put(src, new Response(blob, { headers: { "content-type": blob.type } })).catch(() => {});
      return blob;
    }
    damaged?.();
  }
  throw new Error("damaged");
}

/** Drops recordings of earlier exams. */
export async function keepOnly(sources) {
  const cache = await open();
  const wanted = new Set(sources.map((src) => new URL(src, location.href).href));
  for (const request of (await cache?.keys().catch(() => [])) ?? []) {
    if (!wanted.has(request.url)) await cache.delete(request);
  }
}
