// Has the canvas tell of a stroke as soon as it ends: by itself, streamlit-drawable-canvas waits 200 ms for another one.
// Its toolbar has a button that sends at once, shown or not; where there is no such button, all goes on as before.

const SEND = ".dc-toolbar button[title^='Update']";
let root; // of the canvas on which the pen is down

export default function () {} // all is done by the listeners below, which are there once this file is loaded

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
