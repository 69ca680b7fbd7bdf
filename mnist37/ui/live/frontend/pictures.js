// Shows small pictures in a row that wraps. Each <img> stays and only its source changes: the browser keeps showing the
// old picture until the new one is ready, so nothing flickers. In a row to choose from, each picture is a button that
// sends its value. For browser tests the row has data-updates, the number of updates.

import { keepRoom, place, read, scale } from "./nodes.js";

const STYLE = `
.mnist37-live-pictures { display: flex; flex-wrap: wrap; align-items: flex-start; gap: .5rem;
  color: var(--st-text-color); }
.mnist37-live-pictures > * { margin: 0; max-width: 100%; }
.mnist37-live-pictures img { display: block; max-width: 100%; height: auto; image-rendering: pixelated;
  border: 1px solid var(--st-border-color); }
.mnist37-live-pictures > * > :last-child { display: block; margin-top: .25rem; font-size: .8rem; line-height: 1.3;
  text-align: center; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.mnist37-live-pictures > * > :last-child:empty { display: none; }
.mnist37-live-pictures button { padding: 0; border: none; background: none; color: inherit; font: inherit; cursor: pointer; }
.mnist37-live-pictures button:focus-visible { outline: none; }
.mnist37-live-pictures button:is(:hover, :focus-visible, [aria-pressed=true]) img {
  outline: 3px solid var(--st-primary-color); }
.mnist37-live-pictures [aria-pressed=true] > :last-child { font-weight: 700; }`;

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
  while (row.childElementCount < pictures.length) addPicture(row, pictures[0].value !== undefined);
  pictures.forEach((picture, index) => update(row.children[index], picture));
  row.dataset.updates = Number(row.dataset.updates ?? 0) + 1;
}

function addRow(parent) {
  const row = parent.appendChild(document.createElement("div"));
  row.className = "mnist37-live-pictures";
  row.setAttribute("role", "group");
  return row;
}

function addPicture(row, isButton) {
  const picture = row.appendChild(document.createElement(isButton ? "button" : "figure"));
  const image = picture.appendChild(document.createElement("img"));
  image.decoding = "sync"; // never paint the frame before the picture
  picture.appendChild(document.createElement(isButton ? "span" : "figcaption"));
  if (isButton) picture.addEventListener("click", () => row.send(picture.dataset.value));
}

function update(picture, { src, caption, alt, width, height, value, chosen }) {
  const [image, text] = picture.children;
  if (image.getAttribute("src") !== src) image.src = src;
  if (text.textContent !== caption) text.textContent = caption;
  image.alt = alt;
  image.style.width = picture.style.width = `${width * scale()}px`;
  image.style.aspectRatio = `${width} / ${height}`;
  if (value === undefined) return;
  picture.type = "button";
  picture.dataset.value = value;
  picture.setAttribute("aria-label", alt);
  picture.setAttribute("aria-pressed", Boolean(chosen));
}
