// Recording a text in the browser: plain samples from the microphone, made into a WAV here and sent by the form of the
// page. Without this script a file can be uploaded all the same.
import { say, show, write } from "./common.js";

const byId = (id) => document.getElementById(id);
const recorder = byId("recorder");
const form = byId("upload");
const field = byId("file");
const [start, stop, send] = ["recorder-start", "recorder-stop", "recorder-send"].map(byId);
const again = byId("recorder-again");
const sound = again.querySelector("audio");
const level = byId("level");
const most = { seconds: Number(recorder.dataset.most), bytes: Number(recorder.dataset.bytes) };

const SILENT = 0.003; // a muted microphone gives less than this share of full scale
const FULL = 0.999;
const QUIETEST_DB = -60; // the left end of the meter

let capture; // while it records
let recorded; // the WAV, once there is one
let sent = false;

const tell = (key) => write(byId("recorder-status"), say(key));

// ---------- the microphone ----------

const WHY = { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "no-microphone", OverconstrainedError: "no-microphone", NotReadableError: "busy" };

async function begin() {
  if (capture) return;
  capture = { pieces: [], samples: 0, peak: 0, clipped: 0 };
  tell("asking");
  start.setAttribute("aria-disabled", "true");
  try {
    // As the microphone hears it: the server makes it equally loud, and filters would only harm the voice.
    const wish = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    capture.stream = await navigator.mediaDevices.getUserMedia({ audio: wish });
    capture.context = new AudioContext();
    await capture.context.audioWorklet.addModule(recorder.dataset.worklet);
    await capture.context.resume();
    const tap = new AudioWorkletNode(capture.context, "tap", { channelCount: 1, channelCountMode: "explicit" });
    tap.port.addEventListener("message", ({ data }) => take(data));
    tap.port.start();
    capture.context.createMediaStreamSource(capture.stream).connect(tap).connect(capture.context.destination); // it gives silence
  } catch (error) {
    await release();
    capture = undefined;
    start.removeAttribute("aria-disabled");
    return tell(WHY[error.name] ?? "failed");
  }
  recorded = undefined;
  sound.removeAttribute("src");
  show(again, false);
  show(send, false);
  show(start, false);
  show(stop);
  stop.focus();
  tell("recording");
}

function take(piece) {
  if (!capture?.context) return;
  capture.pieces.push(piece);
  capture.samples += piece.length;
  let peak = 0;
  for (const sample of piece) {
    const height = Math.abs(sample);
    if (height > peak) peak = height;
    if (height >= FULL) capture.clipped += 1;
  }
  capture.peak = Math.max(capture.peak, peak);
  const db = 20 * Math.log10(Math.max(peak, 1e-6));
  level.value = Math.max(0, Math.min(100, (1 - db / QUIETEST_DB) * 100));
  const seconds = capture.samples / capture.context.sampleRate;
  const two = (n) => String(Math.floor(n)).padStart(2, "0");
  write(byId("recorder-time"), `${two(seconds / 60)}:${two(seconds % 60)}`);
  if (seconds >= most.seconds) end("too-long");
}

async function release() {
  for (const track of capture?.stream?.getTracks() ?? []) track.stop();
  await capture?.context?.close().catch(() => {});
}

async function end(why) {
  if (!capture?.context) return;
  const { pieces, samples, peak, clipped, context } = capture;
  const rate = context.sampleRate;
  await release();
  capture = undefined;
  level.value = 0;
  recorded = wav(pieces, samples, rate);
  sound.src = URL.createObjectURL(recorded);
  show(stop, false);
  show(start);
  start.removeAttribute("aria-disabled");
  start.classList.add("second");
  write(start, say("again"));
  show(again);
  show(send);
  send.focus();
  if (peak < SILENT) tell("silent");
  else if (clipped > samples / 1_000) tell("loud");
  else tell(why ?? "recorded");
}

// ---------- a WAV: 16 bits, one channel ----------

function wav(pieces, samples, rate) {
  const bytes = new DataView(new ArrayBuffer(44 + samples * 2));
  const text = (at, letters) => [...letters].forEach((letter, n) => bytes.setUint8(at + n, letter.charCodeAt(0)));
  text(0, "RIFF");
  bytes.setUint32(4, 36 + samples * 2, true);
  text(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true); // plain samples
  bytes.setUint16(22, 1, true); // channels
  bytes.setUint32(24, rate, true);
  bytes.setUint32(28, rate * 2, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  text(36, "data");
  bytes.setUint32(40, samples * 2, true);
  let at = 44;
  for (const piece of pieces) {
    for (const sample of piece) {
      bytes.setInt16(at, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true);
      at += 2;
    }
  }
  return new Blob([bytes.buffer], { type: "audio/wav" });
}

// ---------- sending ----------

function tooLarge(bytes) {
  const large = bytes > most.bytes;
  const note = byId("file-size");
  show(note, large);
  write(note, large ? say("too-large") : "");
  return large;
}

function deliver() {
  if (!recorded) return;
  const files = new DataTransfer();
  files.items.add(new File([recorded], "recording.wav", { type: "audio/wav" }));
  field.files = files.files;
  byId("send").click(); // and not requestSubmit, which Safari before 16 does not know
}

form.addEventListener("submit", (event) => {
  const [file] = field.files;
  if (file && tooLarge(file.size)) return event.preventDefault();
  sent = true;
  tell("sending");
  write(byId("send-status"), say("sending"));
  send.setAttribute("aria-disabled", "true");
});
field.addEventListener("change", () => tooLarge(field.files[0]?.size ?? 0));
addEventListener("beforeunload", (event) => {
  if ((recorded && !sent) || capture) event.preventDefault();
});
addEventListener("pageshow", () => { // come back to by the browser's button
  sent = false;
  send.removeAttribute("aria-disabled");
  write(byId("send-status"), "");
});

// ---------- begin ----------

show(recorder);
if (navigator.mediaDevices?.getUserMedia && globalThis.AudioWorkletNode) {
  tell("ready");
  start.addEventListener("click", begin);
  stop.addEventListener("click", () => end());
  send.addEventListener("click", deliver);
} else {
  tell("unsupported");
  show(start, false);
  show(recorder.querySelector(".meter-row"), false);
}
