// A link to a stretch of a recording (…#t=12.5,15) plays it in the page's own player. Without this script the browser
// opens the recording at that place by itself.
const stretch = /#t=([\d.]+),([\d.]+)$/;

let until = Infinity;
let playing;

for (const audio of document.querySelectorAll("audio")) {
  audio.addEventListener("timeupdate", () => {
    if (audio === playing && audio.currentTime >= until) {
      until = Infinity;
      audio.pause();
    }
  });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href*='#t=']");
  const [, from, to] = link?.href.match(stretch) ?? [];
  const audio = link?.closest(".testlet-result")?.querySelector("audio");
  if (!audio || to === undefined) return;
  event.preventDefault();
  audio.closest("details")?.setAttribute("open", "");
  for (const other of document.querySelectorAll("audio")) other.pause();
  playing = audio;
  until = Number(to);
  audio.currentTime = Number(from);
  audio.play().catch(() => {}); // the player's own controls say what is wrong with the recording
});
