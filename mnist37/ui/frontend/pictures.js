// Shows small pictures in a row that wraps. Each <img> stays and only its source changes: the browser keeps showing the
// old picture until the new one is ready, so nothing flickers. A picture with a value is a button that sends it.
// For browser tests the row counts data-updates.

import { keepRoom, place, read, scale } from "./nodes.js";

const STYLE = `
.mnist37-live-pictures { display: flex; flex-wrap: wrap; gap: .5rem; color: var(--st-text-color); }
.mnist37-live-pictures figure { margin: 0; max-width: 100%; }
.mnist37-live-pictures img { display: block; max-width: 100%; height: auto; image-rendering: pixelated;
  border: 1px solid var(--st-border-color); }
.mnist37-live-pictures figcaption { margin-top: .25rem; font-size: .8rem; line-height: 1.3; text-align: center;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.mnist37-live-pictures figcaption:empty { display: none; }
.mnist37-live-pictures [role=button] { cursor: pointer; }
.mnist37-live-pictures [role=button]:is(:hover, :focus-visible, [aria-pressed=true]) { outline: none; }
.mnist37-live-pictures [role=button]:is(:hover, :focus-visible, [aria-pressed=true]) img {
  outline: 3px solid var(--st-primary-color); }
.mnist37-live-pictures [aria-pressed=true] figcaption { font-weight: 700; }`;

document.head.appendChild(document.createElement("style")).textContent = STYLE;

export default function ({ data, parentElement, setTriggerValue }) {
  const row = parentElement.querySelector(":scope > .mnist37-live-pictures") ?? addRow(parentElement);
  row.send = (value) => setTriggerValue("chosen", value);
  place(read(data), (content) => show(row, content));
}

function show(row, { pictures, alt, waits }) {
  row.setAttribute("aria-label", alt);
  keepRoom(row, waits);
  while (row.childElementCount > pictures.length) row.lastElementChild.remove();
  while (row.childElementCount < pictures.length) addPicture(row);
  pictures.forEach((picture, index) => update(row.children[index], picture));
  row.dataset.updates = Number(row.dataset.updates ?? 0) + 1;
}

function addRow(parent) {
  const row = parent.appendChild(document.createElement("div"));
  row.className = "mnist37-live-pictures";
  row.setAttribute("role", "group");
  row.addEventListener("click", (event) => choose(row, event));
  row.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault(); // a space would scroll the page
    choose(row, event);
  });
  return row;
}

function addPicture(row) {
  const figure = row.appendChild(document.createElement("figure"));
  const image = figure.appendChild(document.createElement("img"));
  image.decoding = "sync"; // never paint the frame before the picture
  figure.appendChild(document.createElement("figcaption"));
}

function choose(row, event) {
  const value = event.target.closest("[role=button]")?.dataset.value;
  if (value !== undefined) row.send(value);
}

function update(figure, { src, caption, alt, width, height, value, chosen }) {
  const [image, text] = figure.children;
  if (image.getAttribute("src") !== src) image.src = src;
  if (text.textContent !== caption) text.textContent = caption;
  image.alt = alt;
  image.style.width = figure.style.width = `${width * scale()}px`;
  image.style.aspectRatio = `${width} / ${height}`;
  if (value === undefined) return;
  figure.dataset.value = value;
  figure.tabIndex = 0;
  figure.setAttribute("role", "button");
  figure.setAttribute("aria-label", alt);
  figure.setAttribute("aria-pressed", Boolean(chosen));
}
