// Plays frames, the contents of the page's nodes, one after the other, once all these nodes are drawn.

import { updateNode } from "./nodes.js";

const PATIENCE_MS = 30000;
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

const painted = () => new Promise(requestAnimationFrame);

/**
 * Play frames, each an object of contents by the nodes' keys. Ends at once if a node gets newer content.
 *
 * @param seconds the duration in seconds.
 * @param at when the server made the frames.
 * @param goesOn called before each frame; if it returns false, the last frame is shown.
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

/** Show the first frame in all of its nodes, which are mounted one after the other; false if one has newer content. */
async function standsAtTheFirst(frame, at, goesOn) {
  const end = performance.now() + PATIENCE_MS;
  const missing = new Map(Object.entries(frame));
  do {
    await painted();
    for (const [key, content] of missing) {
      const took = updateNode(key, at, content);
      if (took === false) return false;
      if (took) missing.delete(key);
    }
  } while (goesOn() && performance.now() < end && (missing.size || document.querySelector("[data-state=loading]")));
  return true;
}

const show = (frame, at) => !Object.entries(frame).map(([key, content]) => updateNode(key, at, content)).includes(false);
