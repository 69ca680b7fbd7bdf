// A bar for something that tells how far it is only now and then: between two times it moves by itself, at the rate that
// is expected, and ever slower where that is overdue. It never goes back. The page that it waits for is drawn behind it, and shown in one piece: a class of the
// body says when that stands.

import { loadPlotly } from "./plotly.js";

loadPlotly(new URL(import.meta.url).searchParams.get("plotly")).catch(() => {}); // meanwhile; a figure tries it again

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
const PATIENCE = 30; // s
const DRAWS = "[data-testid=stSkeleton], [data-testid=stBidiComponentRegular]:not([data-stands]), [data-state=loading]";

document.head.appendChild(document.createElement("style")).textContent = STYLE;

export default function ({ data, parentElement }) {
  const node = parentElement.querySelector(":scope > .mnist37-waiting") ?? addNode(parentElement);
  node.told = { ...JSON.parse(new TextDecoder().decode(data)), at: performance.now() };
  const { stages, stage, isDrawn } = node.told;
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
  const { from, to, share, expected, inside, since, doing, at, isDrawn } = node.told;
  const later = (performance.now() - at) / 1000;
  if (isDrawn && (stands() || later > PATIENCE)) {
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

/** Eight tenths of the way in the time that is expected, and then ever slower. */
const creep = (time) => (time < 1 ? 0.8 * time : 1 - 0.2 / (1 + 4 * (time - 1)));
