// Plays what nodes of the page showed, one frame after the other, once they are all drawn.

import { bring } from "./nodes.js";

const PATIENCE = 30000; // ms
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

const painted = () => new Promise(requestAnimationFrame);

/**
 * Play frames, which are what nodes show, by their keys. It ends at once where a node comes to show something newer.
 *
 * @param seconds how long it takes.
 * @param at when the server made them.
 * @param goesOn asked before each frame; where it says no, the last frame is shown.
 */
export async function replay(frames, seconds, at, goesOn) {
  if (!(await standsAtTheFirst(frames[0], at, goesOn))) return;
  const begun = performance.now();
  for (let shown = 0; shown < frames.length - 1; ) {
    await painted();
    const share = goesOn() && !stillness.matches ? Math.min(1, (performance.now() - begun) / 1000 / seconds) : 1;
    const due = Math.floor(share * (frames.length - 1));
    if (due > shown && !show(frames[due], at)) return;
    shown = due;
  }
}

/** Nodes and their scripts come one after the other. */
async function standsAtTheFirst(frame, at, goesOn) {
  const end = performance.now() + PATIENCE;
  const missing = new Map(Object.entries(frame));
  do {
    await painted();
    for (const [key, content] of missing) {
      const took = bring(key, at, content);
      if (took === false) return false;
      if (took) missing.delete(key);
    }
  } while (goesOn() && performance.now() < end && (missing.size || document.querySelector("[data-state=loading]")));
  return true;
}

const show = (frame, at) => !Object.entries(frame).map(([key, content]) => bring(key, at, content)).includes(false);
