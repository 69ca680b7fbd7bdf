// What the nodes of the page show. A node is drawn with the page, and a tick brings what it shows anew: of the two, the
// newer counts, as Streamlit may call a component again with what it was first given.

const nodes = new Map(); // key -> { at, content, draw }

/** Read what the server sent, in which an array of numbers is its bytes (JSON.parse asks `typed` of every value). */
export const read = (data) => JSON.parse(new TextDecoder().decode(data), typed);

/** A node stands on the page: `draw(content)` is called now, and whenever something newer comes. */
export function place({ key, at, content }, draw) {
  const known = nodes.get(key);
  const newest = known && known.at > at ? known : { at, content };
  nodes.set(key, { ...newest, draw });
  draw(newest.content);
}

/** @returns {boolean|undefined} whether the node shows it, and not something newer; undefined where there is no node. */
export function bring(key, at, content) {
  const node = nodes.get(key);
  if (!node) return undefined;
  if (node.at > at) return false;
  Object.assign(node, { at, content });
  node.draw(content);
  return true;
}

/** How much larger than usual type is: lines, marks and pictures keep to it. */
export const scale = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/** A node that waits for what it is to show keeps the room that it had: what stands below shall not jump up and back. */
export function keepRoom(node, waits) {
  node.style.minHeight = waits ? `${node.offsetHeight}px` : "";
}

function typed(_name, value) {
  if (typeof value?.bdata !== "string") return value;
  const bytes = Uint8Array.from(atob(value.bdata), (character) => character.charCodeAt(0));
  return value.dtype === "i4" ? new Int32Array(bytes.buffer) : new Float32Array(bytes.buffer);
}
