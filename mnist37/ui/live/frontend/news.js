// Hands what a tick brought to the nodes that show it; draws nothing itself.

import { bring, read } from "./nodes.js";

export default function ({ data }) {
  const { at, news } = read(data);
  Object.entries(news).forEach(([key, content]) => bring(key, at, content));
}
