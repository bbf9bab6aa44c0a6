// The keys of the sitting: letters choose, arrows go from question to question. A box on the page turns them off.

const SETTING = "synaq-keys";
const box = document.getElementById("keys-on");

/** `on` has current(), setCurrent(item), step(item, by) and player(). */
export function mountKeys(on) {
  document.addEventListener("keydown", (event) => pressed(event, on));
  if (!box) return;
  try {
    box.checked = localStorage.getItem(SETTING) !== "off";
    box.addEventListener("change", () => localStorage.setItem(SETTING, box.checked ? "on" : "off"));
  } catch { /* no storage: the box holds for this page */ }
}

function pressed(event, on) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing) return;
  if (box && !box.checked) return;
  const at = event.target;
  if (at.closest("dialog, select, textarea, audio, [contenteditable]")) return;
  if (at.matches("input") && !["radio", "checkbox", "button", "submit"].includes(at.type)) return;
  const arrow = event.code.startsWith("Arrow");
  if (arrow && (at.matches('input[type="radio"]') || at.closest(".navigator, .stimulus"))) return;
  const item = on.current();
  const letter = /^Key([A-D])$/.exec(event.code)?.[1];
  if (letter) {
    on.setCurrent(item);
    const radio = item?.querySelector(`input[type="radio"][value="${letter}"]`);
    if (radio && !radio.checked) radio.click();
    item?.scrollIntoView({ block: "nearest" });
  } else if (event.code === "KeyJ" || event.code === "ArrowRight") on.step(item, 1);
  else if (event.code === "KeyK" || event.code === "ArrowLeft") on.step(item, -1);
  else if (event.code === "KeyF") item?.querySelector(".flag input")?.click();
  else if (event.code === "KeyP" && on.player()) on.player().pressed();
  else return;
  event.preventDefault();
}
