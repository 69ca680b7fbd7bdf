// Shows HTML of ours in a node that stays; its buttons with a data-value send it. Beside it is a text for screen readers, announced once for each subject.

import { keepRoom, place, read } from "./nodes.js";

const UNSEEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
const spokenOf = new Map(); // key -> subject of the last announcement

export default function ({ data, parentElement, setTriggerValue }) {
  const given = read(data);
  const node = parentElement.querySelector(":scope > .mnist37-live-html") ?? addNode(parentElement);
  node.send = (value) => setTriggerValue("chosen", value);
  const status = given.content.spoken && (parentElement.querySelector(":scope > [role=status]") ?? addStatus(parentElement));
  place(given, ({ body, waits, spoken }) => {
    keepRoom(node, waits);
    if (spoken) speak(status, given.key, spoken);
    if (node.source === body) return; // keeps a selection in it
    node.source = body;
    const focused = [...node.querySelectorAll("button")].indexOf(document.activeElement);
    node.innerHTML = body;
    node.querySelectorAll("button")[focused]?.focus({ preventScroll: true });
  });
}

function addNode(parent) {
  const node = parent.appendChild(document.createElement("div"));
  node.className = "mnist37-live-html";
  node.style.color = "var(--st-text-color)";
  node.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-value]");
    if (button) node.send(button.dataset.value);
  });
  return node;
}

function addStatus(parent) {
  const status = parent.appendChild(document.createElement("div"));
  status.setAttribute("role", "status");
  status.style.cssText = UNSEEN;
  return status;
}

function speak(status, key, { words, of }) {
  if (!words || of === (spokenOf.get(key) ?? "")) return;
  spokenOf.set(key, of);
  status.replaceChildren(words); // a new text node, so that equal words are announced, too
}
