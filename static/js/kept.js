// On every page: where this browser keeps something of a sitting, leftovers.js decides what may stay.
const { learner } = document.getElementById("kept").dataset;
const flagged = () => {
  try {
    return localStorage.getItem("synaq-kept") !== null;
  } catch {
    return true; // nobody could have left a note
  }
};

// A page that was kept itself, and one whose server could not tell whose it is, decide nothing.
const isKept = document.getElementById("main")?.dataset.kept !== undefined;
const looks = learner !== undefined && !isKept && flagged();

/** When nothing lies here any more that may not. */
export const cleared = looks ? import("./leftovers.js").then((leftovers) => leftovers.cleared).catch(() => {}) : Promise.resolve();
