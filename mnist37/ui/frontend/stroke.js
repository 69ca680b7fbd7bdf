// Makes the canvas take in every stroke, and tell of it as soon as it ends: by itself, streamlit-drawable-canvas waits
// 200 ms for another one.
//
// Its toolbar has a button that sends at once, shown or not; where there is no such button, all goes on as before. The
// toolbar itself lies over the canvas, also while it cannot be seen, and would take presses away from it: our own buttons
// stand below, so it is not shown.

const SEND = ".dc-toolbar button[title^='Update']";
const HIDDEN = new CSSStyleSheet();
HIDDEN.replaceSync(".dc-toolbar { display: none !important; }");
let root; // of the canvas on which the pen is down

export default hideToolbars;

/** The canvas stands in a shadow root, which the page's own styles do not reach. */
function hideToolbars() {
  for (const { shadowRoot } of document.querySelectorAll("[class*=canvas] *")) {
    if (shadowRoot && !shadowRoot.adoptedStyleSheets.includes(HIDDEN)) shadowRoot.adoptedStyleSheets.push(HIDDEN);
  }
}

new MutationObserver(hideToolbars).observe(document.body, { childList: true, subtree: true });
document.addEventListener("pointerover", hideToolbars, true);

for (const start of ["mousedown", "touchstart"]) {
  document.addEventListener(start, (event) => {
    root = event.composedPath().find((node) => node.classList?.contains("dc-root"));
  }, true);
}

for (const end of ["mouseup", "touchend"]) {
  document.addEventListener(end, () => {
    const drawn = root;
    root = undefined;
    if (drawn) setTimeout(() => drawn.querySelector(SEND)?.click()); // once the canvas has taken the stroke in
  }, true);
}
