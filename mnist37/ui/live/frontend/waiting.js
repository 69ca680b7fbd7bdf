// A progress bar for something that reports its progress only now and then. Between two reports the bar moves by
// itself at the expected rate, and slower and slower when the next report is late; it never moves back. The page behind
// it is shown in one piece: a class of the body marks it as complete.

import { loadPlotly } from "./plotly.js";

loadPlotly(new URL(import.meta.url).searchParams.get("plotly")).catch(() => {}); // in advance; a figure tries it again

const STYLE = `
.mnist37-waiting { color: var(--st-text-color); font: inherit; max-width: 46rem; }
.mnist37-waiting ol { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: 0 0 .5rem; padding: 0; list-style: none; }
.mnist37-waiting li { opacity: .75; }
.mnist37-waiting li[aria-current] { opacity: 1; font-weight: 600; }
.mnist37-waiting li.done::before { content: "✓ "; }
.mnist37-waiting [role=progressbar] { height: .5rem; border-radius: .25rem; overflow: hidden;
  background: var(--st-secondary-background-color); }
.mnist37-waiting [role=progressbar] div { height: 100%; transform-origin: left; background: var(--st-primary-color); }
.mnist37-waiting p { margin: .5rem 0 0; font-variant-numeric: tabular-nums; }`;

const WHOLE = "mnist37-whole";
const PATIENCE_S = 30;
const DRAWS = "[data-testid=stSkeleton], [data-testid=stBidiComponentRegular]:not([data-stands]), [data-state=loading]";

document.head.appendChild(document.createElement("style")).textContent = STYLE;

export default function ({ data, parentElement }) {
  const node = parentElement.querySelector(":scope > .mnist37-waiting") ?? addNode(parentElement);
  node.progress = { ...JSON.parse(new TextDecoder().decode(data)), at: performance.now() };
  const { stages, stage, isDrawn } = node.progress;
  if (!isDrawn) document.body.classList.remove(WHOLE);
  if (!node.moves) move(node);
  node.querySelectorAll("li").forEach((item) => item.remove());
  stages.forEach((name, index) => {
    const item = node.querySelector("ol").appendChild(document.createElement("li"));
    item.textContent = name;
    item.className = index < stage || isDrawn ? "done" : "";
    if (index === stage && !isDrawn) item.setAttribute("aria-current", "step");
  });
}

function addNode(parent) {
  const node = parent.appendChild(document.createElement("div"));
  node.className = "mnist37-waiting";
  node.innerHTML = "<ol></ol><div role=progressbar aria-label=Start aria-valuemin=0 aria-valuemax=100><div></div></div><p></p>";
  node.shown = 0;
  return node;
}

function move(node) {
  node.moves = node.isConnected;
  if (!node.moves) return;
  const { from, to, share, expected, inside, since, doing, at, isDrawn } = node.progress;
  const later = (performance.now() - at) / 1000;
  if (isDrawn && (stands() || later > PATIENCE_S)) {
    node.moves = false;
    document.body.classList.add(WHOLE);
    return;
  }
  node.shown = Math.max(node.shown, from + (to - from) * (share ?? creep((inside + later) / expected)));
  const bar = node.querySelector("[role=progressbar]");
  bar.setAttribute("aria-valuenow", Math.round(100 * node.shown));
  bar.firstChild.style.transform = `scaleX(${node.shown})`;
  const text = `${doing} … ${Math.floor(since + later)} s so far`;
  const line = node.querySelector("p");
  if (line.textContent !== text) line.textContent = text;
  requestAnimationFrame(() => move(node));
}

function stands() {
  const isolated = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
  return !document.querySelector(DRAWS) && isolated.every((place) => place.shadowRoot?.childElementCount);
}

/** Return the progress: 0.8 after the expected time, then slower and slower towards 1. */
const creep = (time) => (time < 1 ? 0.8 * time : 1 - 0.2 / (1 + 4 * (time - 1)));
