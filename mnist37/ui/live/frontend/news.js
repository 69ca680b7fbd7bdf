// Passes the updates from the server to their nodes; draws nothing itself.

import { updateNode, read } from "./nodes.js";

export default function ({ data }) {
  const { at, news } = read(data);
  Object.entries(news).forEach(([key, content]) => updateNode(key, at, content));
}
