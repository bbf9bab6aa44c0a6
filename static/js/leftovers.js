// What this browser keeps of sittings, in the light of a page that has just come from the server. Another learner's pages
// are dropped, and so are those of a section that is over. Answers stay in their learner's box, where nobody else's page
// sends them, until they are of no use; those that came too late are told of, once, and dropped.
import { boxes, change, unsaved } from "./boxes.js";
import { dropAll, dropPages } from "./shelf.js";

const { learner, lost } = document.getElementById("kept").dataset;
const main = document.getElementById("main");
// The attempt that this page is about, and its section that runs. A page that only failed says nothing of either.
const ended = main.dataset.over !== undefined && /^\/attempts\/([^/]+)/.exec(location.pathname);
const { attempt = ended?.[1], section } = main.dataset;

function tell(numbers) {
  const note = document.createElement("p");
  note.className = "note bad lost";
  note.setAttribute("role", "alert");
  note.textContent = lost.replace("{n}", numbers.sort((a, b) => a - b).join(", "));
  main.prepend(note);
}

const own = (box) => box.learner === learner;
const isOver = (box) => own(box) && box.attempt === attempt && box.section !== section;

async function clearAway() {
  const all = await boxes();
  // What lies on the shelf goes first, then the notes of it: a page that is left between the two forgets nothing.
  const shelves = all.filter((box) => box.shelf);
  if (shelves.some((box) => !own(box) || box.until < Date.now())) await dropAll(section !== undefined);
  else if (shelves.some(isOver) && section === undefined) { // the next section puts its own pages in their place
    await (main.dataset.remainingMs === undefined ? dropAll() : dropPages());
  }

  for (const box of all) {
    if (isOver(box) || box.until < Date.now()) await change(box.name, () => undefined);
    else if (own(box) && box.attempt === attempt && box.lost?.length) await change(box.name, (now) => ({ ...now, lost: [] }));
    else if (box.shelf && !own(box)) await change(box.name, (now) => ({ ...now, shelf: false }));
  }
  const late = all.filter((box) => own(box) && box.attempt === attempt).flatMap((box) => (isOver(box) ? unsaved(box) : box.lost ?? []));
  if (late.length) tell([...new Set(late)]);
  await boxes(); // notes whether anything is left
}

/** When it is done. What a page keeps itself it keeps after that. */
export const cleared = clearAway();
