// Shows HTML of ours in a node that stays.

import { keepRoom, place, read } from "./nodes.js";

export default function ({ data, parentElement }) {
  const node = parentElement.querySelector(":scope > .mnist37-live-html") ?? addNode(parentElement);
  place(read(data), ({ body, waits }) => {
    keepRoom(node, waits);
    if (node.source === body) return; // what is selected in it stays so
    node.source = body;
    node.innerHTML = body;
  });
}

function addNode(parent) {
  const node = parent.appendChild(document.createElement("div"));
  node.className = "mnist37-live-html";
  node.style.color = "var(--st-text-color)";
  return node;
}
