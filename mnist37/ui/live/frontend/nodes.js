// The content of the page's nodes. The page draws a node, and later updates change its content. The newer content wins,
// as Streamlit may call a component again with its first content.

const nodes = new Map(); // key -> { at, content, draw }

/** Decode data from the server; `typed` turns arrays of numbers, which are sent as bytes, into typed arrays. */
export const read = (data) => JSON.parse(new TextDecoder().decode(data), typed);

/** Register a node: `draw(content)` is called now, and at every newer content. */
export function place({ key, at, content }, draw) {
  const known = nodes.get(key);
  const newest = known && known.at > at ? known : { at, content };
  nodes.set(key, { ...newest, draw });
  draw(newest.content);
}

/** @returns {boolean|undefined} true if the node took the content, false if its own is newer, undefined without a node. */
export function updateNode(key, at, content) {
  const node = nodes.get(key);
  if (!node) return undefined;
  if (node.at > at) return false;
  Object.assign(node, { at, content });
  node.draw(content);
  return true;
}

/** The size of type relative to usual pages; lines, marks and pictures are scaled alike. */
export const scale = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/** Keep a node's height while its content is still to come, so that what is below it does not jump. */
export function keepRoom(node, waits) {
  node.style.minHeight = waits ? `${node.offsetHeight}px` : "";
}

function typed(_name, value) {
  if (typeof value?.bdata !== "string") return value;
  const bytes = Uint8Array.from(atob(value.bdata), (character) => character.charCodeAt(0));
  return value.dtype === "i4" ? new Int32Array(bytes.buffer) : new Float32Array(bytes.buffer);
}
