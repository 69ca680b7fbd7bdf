// Draws a Plotly figure into one node that stays, so that zoom and pan survive every update.
//
// Streamlit calls the default export with each new figure and each change of theme. For browser tests the node has
// data-state (loading, ready, failed), data-updates (figures drawn), data-points (points of the last figure).

import { place, read, scale } from "./nodes.js";
import { loadPlotly } from "./plotly.js";

const PLOTLY_VERSION = new URL(import.meta.url).searchParams.get("plotly");
const NARROW = 480; // px
const LEAVE_AFTER_MS = 3000;
const touch = matchMedia("(pointer: coarse)");
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const figures = new Map(); // key -> LiveFigure

export default function ({ data, parentElement }) {
  if (!parentElement.isConnected) return undefined; // removed while this call waited for the import
  const given = read(data);
  const { key } = given;
  if (!figures.has(key)) figures.set(key, new LiveFigure(() => figures.delete(key)));
  const live = figures.get(key);
  live.standIn(parentElement);
  place(given, ({ figure, alt }) => live.show(figure, alt));
  return () => live.leave();
}

class LiveFigure {
  constructor(onClose) {
    this.onClose = onClose;
    this.node = document.createElement("div");
    this.node.className = "mnist37-live-figure";
    this.node.style.cssText = "width:100%;height:100%;min-width:0;overflow:hidden";
    this.node.dataset.updates = 0;
    this.say("loading", "Loading the figure …");
    this.resizing = new ResizeObserver(() => this.request());
    this.resizing.observe(this.node);
  }

  /** Move the node to a new parent: Streamlit sometimes rebuilds it, if the script ran while a fragment did. */
  standIn(parent) {
    if (this.node.parentElement !== parent) parent.append(this.node);
  }

  /** Close later if still removed: this is called when the parent goes, but also when an update overtakes another. */
  leave() {
    setTimeout(() => this.node.isConnected || this.close(), LEAVE_AFTER_MS);
  }

  show(figure, alt) {
    this.figure = figure;
    this.alt = alt;
    this.fresh = true;
    this.request();
  }

  /** Draw at the next frame: faster updates are merged, and a browser tab in the background draws nothing. */
  request() {
    this.again = this.drawing;
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(async () => {
      await this.draw().catch((error) => this.fail(error));
      this.drawing = false;
      if (this.again) this.request();
    });
  }

  async draw() {
    this.plotly ??= await loadPlotly(PLOTLY_VERSION);
    if (this.closed || !this.node.clientWidth) return; // in a closed st.tab: drawn once it has a size
    const { node, figure, fresh } = this;
    this.fresh = false;
    if (node.dataset.state !== "ready") node.replaceChildren();
    const data = figure.data.map((trace) => scaled(trace));
    await this.plotly.react(node, data, this.layout(figure.layout), config(this.plotly));
    this.describe();
    node.dataset.state = "ready";
    node.dataset.points = figure.data.reduce((sum, trace) => sum + (trace.y ?? trace.z ?? []).length, 0);
    if (fresh) node.dataset.updates = Number(node.dataset.updates) + 1;
  }

  /** Return a copy of the figure's layout over the page's theme; a copy, as Plotly writes zoom into a layout. */
  layout(own = {}) {
    const layout = { uirevision: "kept", ...scaled(structuredClone(own)) };
    layout.width = this.node.clientWidth;
    layout.height = this.node.clientHeight;
    layout.template ??= { layout: theme(this.node, layout) };
    if (touch.matches) layout.dragmode = false; // a finger on the figure scrolls the page
    if (stillness.matches) delete layout.transition;
    return layout;
  }

  /** Make the drawing one picture for screen readers; the buttons beside it stay buttons. */
  describe() {
    this.node.removeAttribute("role");
    const [drawing, ...overlays] = this.node.querySelectorAll(".main-svg");
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-label", this.alt);
    overlays.forEach((overlay) => overlay.setAttribute("aria-hidden", "true"));
  }

  fail(error) {
    if (this.closed || this.node.dataset.state === "failed") return;
    this.plotly?.purge(this.node);
    const again = document.createElement("button");
    again.textContent = "Try again";
    again.style.cssText = "margin-left:.5em;padding:.25em .75em;font:inherit;color:inherit;background:none";
    again.onclick = () => {
      this.say("loading", "Loading the figure …");
      this.request();
    };
    this.say("failed", `The figure cannot be drawn: ${error.message}.`, again);
  }

  say(state, text, ...more) {
    this.node.dataset.state = state;
    this.node.setAttribute("role", "status");
    const message = document.createElement("p");
    message.style.cssText = "margin:0;padding:1rem;font:inherit;color:var(--st-text-color)";
    message.append(text, ...more);
    this.node.replaceChildren(message);
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    this.resizing.disconnect();
    this.plotly?.purge(this.node);
    this.onClose();
  }
}

const LENGTHS = { size: true, width: true }; // of type and marks, of lines

/** Scale lines, marks and type like the page's type; `part` is a trace or a layout, or a part of one. */
function scaled(part, name = "") {
  if (scale() === 1) return part;
  const inner = ["line", "marker", "font"].includes(name);
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => {
      if (inner && LENGTHS[key] && typeof value === "number") return [key, value * scale()];
      if (Array.isArray(value)) return [key, ["shapes", "annotations"].includes(key) ? value.map((one) => scaled(one)) : value];
      const isHeld = value !== null && typeof value === "object" && !ArrayBuffer.isView(value);
      return [key, isHeld ? scaled(value, key) : value];
    }),
  );
}

const config = (plotly) => ({
  displaylogo: false,
  displayModeBar: scale() === 1,
  doubleClick: "reset",
  scrollZoom: false,
  modeBarButtons: [[...(touch.matches ? ["zoomIn2d", "zoomOut2d"] : []), "resetScale2d", camera(plotly)]],
});

/** The download button. It uses a system font, as the page's font is missing when a picture is made: its letters would be
 * wider. It is always the same object, as Plotly takes another one for a new figure, and loses the zoom. */
let button;
const camera = (plotly) => (button ??= {
  name: "Download plot as a PNG",
  icon: plotly.Icons.camera,
  click({ data, layout }) {
    const font = { ...layout.font, family: "system-ui, sans-serif" };
    const { width, height } = layout;
    plotly.downloadImage({ data, layout: { ...layout, font } }, { format: "png", filename: "mnist37", scale: 2, width, height });
  },
});

/** Return the default look of a figure, from the variables that Streamlit sets for its theme. */
function theme(element, { width, title }) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const narrow = width < NARROW * scale();
  const px = (length) => length * scale();
  const isLarge = scale() > 1 && width > NARROW; // then there are no buttons, and the legend is beside the title
  const beside = isLarge ? { x: 1, xanchor: "right" } : { x: 0, xanchor: "left" };
  const [text, line, background] = [read("text-color"), read("border-color"), read("background-color")];
  const axis = { gridcolor: read("border-color-light"), linecolor: line, zerolinecolor: line, automargin: true };
  return {
    font: { family: read("font"), size: px(narrow ? 12 : 14), color: text },
    title: { x: 0, xanchor: "left", y: 1, yanchor: "top", pad: { t: 4 }, font: { size: px(narrow ? 14 : 16) } },
    colorway: read("chart-categorical-colors").split(","),
    paper_bgcolor: background, // not transparent: a downloaded picture of the dark theme would be unreadable
    plot_bgcolor: background,
    // A title, or a legend too wide to stand beside the buttons, takes a line of its own.
    margin: { l: px(narrow ? 44 : 56), r: px(narrow ? 8 : 16), t: px((narrow || title) && !isLarge ? 60 : 36), b: px(narrow ? 40 : 44) },
    xaxis: { ...axis, spikecolor: text, spikethickness: 1 },
    yaxis: axis,
    legend: { orientation: "h", ...beside, y: 1.02, yanchor: "bottom", bgcolor: "rgba(0,0,0,0)" },
    hovermode: "x unified",
    hoverlabel: { bgcolor: read("secondary-background-color"), bordercolor: line, font: { color: text } },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: text, activecolor: read("primary-color") },
  };
}
