// A tour of the page: a card beside one part after the other, and a frame around that part. The page stays usable.
//
// A new visitor first sees a replay of a run (`replay.js`). Then a line offers the tour. A cookie records the offer, as
// the server must know it before it draws the page.

import { read } from "./nodes.js";
import { replay } from "./replay.js";

const COOKIE = "mnist37_tour";
const YEARS = 10 * 365 * 24 * 3600; // s
const STYLE = `
.mnist37-offer { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; color: var(--st-text-color);
  font-variant-numeric: tabular-nums; }
.mnist37-offer.new button { color: var(--st-primary-color); }
.mnist37-offer.new { padding: .35rem .75rem; border-radius: .5rem; border: 1px solid var(--st-primary-color); }
.mnist37-offer .icon { margin-right: .5rem; font: 1.25rem/1 "Material Symbols Rounded"; vertical-align: middle; }
.mnist37-offer span:empty { display: none; }
.mnist37-offer button { min-height: 2rem; padding: .1rem 0; border: none; background: none; color: inherit; font: inherit;
  cursor: pointer; }
.mnist37-offer button:is(:hover, :focus-visible) { color: var(--st-primary-color); text-decoration: underline; }
.mnist37-tour-frame { position: fixed; z-index: 999990; pointer-events: none; border-radius: .6rem;
  outline: 3px solid var(--st-primary-color, #4f46e5); box-shadow: 0 0 0 200vmax rgba(0, 0, 0, .28); transition: all .2s; }
.mnist37-tour { position: fixed; z-index: 999991; width: min(23rem, calc(100vw - 1.5rem)); padding: 1rem 1.1rem;
  border-radius: .8rem; background: var(--tour-paper); color: var(--tour-ink); box-shadow: 0 .5rem 2rem rgba(0, 0, 0, .35);
  font-size: 1rem; line-height: 1.45; }
.mnist37-tour h2 { margin: 0 0 .3rem; padding: 0; font-size: 1.1rem; font-weight: 700; }
.mnist37-tour p { margin: 0 0 .8rem; }
.mnist37-tour footer { display: flex; gap: .5rem; align-items: center; }
.mnist37-tour footer span { margin-right: auto; opacity: .75; font-size: .85rem; }
.mnist37-tour button { padding: .35rem .9rem; border-radius: .5rem; border: 1px solid #8886; background: none;
  color: inherit; font: inherit; cursor: pointer; min-height: 2.4rem; }
.mnist37-tour button.next { background: #4f46e5; border-color: transparent; color: #fff; }
@media (prefers-reduced-motion: reduce) { .mnist37-tour-frame { transition: none; } }`;

document.head.appendChild(document.createElement("style")).textContent = STYLE;

let tour; // the open tour
let isAnswered = false; // whether the visitor answered the offer
let played; // when the last played frames were made: Streamlit may call again with the same data

export default function ({ data, parentElement }) {
  const offered = read(data);
  const line = parentElement.querySelector(":scope > .mnist37-offer") ?? addLine(parentElement);
  line.begin = () => begin(offered.steps, getComputedStyle(parentElement));
  if (offered.frames.length && offered.at !== played) play(line, offered);
  else if (!line.plays) offer(line, offered.isNew && !isAnswered);
}

function addLine(parent) {
  return parent.appendChild(document.createElement("div"));
}

async function play(line, { frames, seconds, at, isNew }) {
  played = at;
  line.plays = true;
  fill(line, true, "This is how it learned.", { "To the end": () => (line.plays = false) });
  await replay(frames, seconds, at, () => line.plays && line.isConnected);
  line.plays = false;
  if (line.isConnected) offer(line, isNew && !isAnswered);
}

function offer(line, isNew) {
  if (!isNew) return fill(line, false, "", { "Show me around": () => line.begin() });
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${COOKIE}=1; max-age=${YEARS}; path=/; SameSite=Lax${secure}`;
  const answer = (then) => () => {
    isAnswered = true;
    offer(line, false);
    then?.();
  };
  fill(line, true, "New here?", { "Show me around": answer(() => line.begin()), "Not now": answer() });
}

/** Set the line's text and buttons; redraw them only on a change, as a button may be pressed just now. */
function fill(line, isNew, text, buttons) {
  const says = [text, ...Object.keys(buttons)].join(" | ");
  if (line.dataset.says === says) return;
  line.dataset.says = says;
  line.className = `mnist37-offer${isNew ? " new" : ""}`;
  const words = Object.assign(document.createElement("span"), { textContent: text });
  words.setAttribute("role", "status");
  const nodes = Object.entries(buttons).map(([textContent, onclick]) =>
    Object.assign(document.createElement("button"), { type: "button", textContent, onclick }));
  if (!isNew) nodes[0].prepend(icon());
  line.replaceChildren(words, ...nodes);
}

/** Return an icon like the one of a Streamlit button, in a font that Streamlit's pages load. */
function icon() {
  const icon = Object.assign(document.createElement("span"), { className: "icon", textContent: "explore" });
  icon.setAttribute("aria-hidden", "true");
  return icon;
}

function begin(steps, look) {
  tour?.close();
  tour = new Tour(steps, look);
}

class Tour {
  constructor(steps, look) {
    this.steps = steps;
    this.place = 0;
    this.path = location.pathname;
    this.frame = document.body.appendChild(document.createElement("div"));
    this.frame.className = "mnist37-tour-frame";
    this.card = document.body.appendChild(document.createElement("div"));
    this.card.className = "mnist37-tour";
    this.card.setAttribute("role", "dialog");
    this.card.setAttribute("aria-labelledby", "mnist37-tour-title");
    this.card.style.fontFamily = look.fontFamily;
    const colours = { paper: "--st-background-color", ink: "--st-text-color" };
    for (const [name, value] of Object.entries(colours)) {
      this.card.style.setProperty(`--tour-${name}`, look.getPropertyValue(value));
    }
    this.onKey = (event) => event.key === "Escape" && this.close();
    document.addEventListener("keydown", this.onKey);
    this.show();
    this.follow();
  }

  show() {
    const { title, text } = this.steps[this.place];
    const last = this.place === this.steps.length - 1;
    this.card.innerHTML = `<h2 id="mnist37-tour-title"></h2><p></p><footer><span></span></footer>`;
    this.card.querySelector("h2").textContent = title;
    this.card.querySelector("p").textContent = text;
    this.card.querySelector("span").textContent = `${this.place + 1} of ${this.steps.length}`;
    if (!last) this.button("Skip", () => this.close());
    if (this.place) this.button("Back", () => this.go(-1));
    this.button(last ? "Done" : "Next", () => (last ? this.close() : this.go(1)), "next").focus({ preventScroll: true });
    this.target()?.scrollIntoView({ block: "nearest" });
  }

  button(label, onclick, className = "") {
    const button = this.card.querySelector("footer").appendChild(document.createElement("button"));
    return Object.assign(button, { type: "button", textContent: label, onclick, className });
  }

  go(steps) {
    this.place += steps;
    this.show();
  }

  /** Return the first of the step's places that is visible: it differs on a phone. */
  target() {
    const found = this.steps[this.place].at.map((selector) => document.querySelector(selector));
    return found.find((node) => node?.checkVisibility());
  }

  /** Follow the target at every frame, as the page may move. */
  follow() {
    if (this.closed) return;
    if (location.pathname !== this.path) return this.close();
    this.put(this.target()?.getBoundingClientRect());
    requestAnimationFrame(() => this.follow());
  }

  put(box) {
    this.frame.hidden = !box;
    const { offsetWidth: width, offsetHeight: height } = this.card;
    let [left, top] = [(innerWidth - width) / 2, innerHeight - height - 12];
    if (box) {
      const edge = 6;
      Object.assign(this.frame.style, {
        left: `${box.left - edge}px`, top: `${box.top - edge}px`,
        width: `${box.width + 2 * edge}px`, height: `${box.height + 2 * edge}px`,
      });
      const [below, above] = [box.bottom + 16, box.top - height - 16];
      if (box.right + width + 28 < innerWidth) [left, top] = [box.right + 16, box.top];
      else if (below + height < innerHeight) [left, top] = [box.left, below];
      else if (above > 0) [left, top] = [box.left, above];
    }
    this.card.style.left = `${clamp(left, innerWidth - width - 12)}px`;
    this.card.style.top = `${clamp(top, innerHeight - height - 12)}px`;
  }

  close() {
    this.closed = true;
    if (this.card.contains(document.activeElement)) document.querySelector(".mnist37-offer button")?.focus();
    document.removeEventListener("keydown", this.onKey);
    this.frame.remove();
    this.card.remove();
  }
}

const clamp = (value, most) => Math.max(12, Math.min(value, most));
