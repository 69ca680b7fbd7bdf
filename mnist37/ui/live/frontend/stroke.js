// Makes the canvas send every stroke as soon as it ends, and adds drawing by keyboard. By itself,
// streamlit-drawable-canvas waits 200 ms for another stroke.
//
// The canvas's toolbar has a button that sends at once, even if it is not visible; without such a button, the canvas
// works as before. The toolbar lies over the canvas and would take clicks away from it, also while it is invisible. So it
// is hidden; our own buttons are below the canvas.
//
// By keyboard, a pen moves on a grid. Its moves are sent to the canvas as mouse events.

const SEND = ".dc-toolbar button[title^='Update']";
const STEPS = 14; // grid steps from one side of the canvas to the other
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LABEL = "Canvas for a digit. Arrow keys move the pen, two of them held together move it slantwise. "
  + "Space puts it down and lifts it.";
const LOOK = new CSSStyleSheet();
LOOK.replaceSync(`
.dc-toolbar { display: none !important; }
.mnist37-pen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
:host(:focus-visible) .dc-root::before { content: "Arrows move, Space draws"; position: absolute; bottom: calc(100% + 5px);
  z-index: 20; padding: 0 .4rem; border-radius: .25rem; background: #4f46e5; color: #fff; font-size: .8rem;
  white-space: nowrap; }
:host(:focus-visible) .dc-container::after { content: ""; position: absolute; z-index: 20; box-sizing: border-box;
  left: calc(100% * var(--pen-x, .5)); top: calc(100% * var(--pen-y, .5)); width: 14px; height: 14px; margin: -7px;
  border: 3px solid #6366f1; border-radius: 50%; box-shadow: 0 0 0 1px #fff; pointer-events: none; }
:host([data-pen=down]) .dc-container::after { background: #fff; }`);
let root; // of the canvas with the current stroke

export default prepareCanvases;

/** Add the styles and the pen to each canvas; it is in a shadow root, which the page's styles do not reach. */
function prepareCanvases() {
  for (const host of document.querySelectorAll("[class*=canvas] *")) {
    if (!host.shadowRoot || host.shadowRoot.adoptedStyleSheets.includes(LOOK)) continue;
    host.shadowRoot.adoptedStyleSheets.push(LOOK);
    addPen(host);
  }
}

/** Let the canvas be drawn on by keyboard. */
function addPen(host) {
  const held = new Set();
  const place = { x: STEPS / 2, y: STEPS / 2 };
  const isDown = () => host.dataset.pen === "down";

  host.tabIndex = 0;
  host.setAttribute("role", "application"); // so that a screen reader passes on the arrow keys
  host.setAttribute("aria-label", LABEL);
  host.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ARROWS) move(event.key);
    else if (event.key === " " || event.key === "Enter") event.repeat || turn(!isDown());
    else return;
    event.preventDefault(); // otherwise the page scrolls
  });
  host.addEventListener("keyup", (event) => held.delete(event.key));
  host.addEventListener("blur", () => {
    held.clear();
    turn(false);
  });

  function move(key) {
    held.add(key);
    for (const arrow of held) {
      place.x = inside(place.x + ARROWS[arrow][0]);
      place.y = inside(place.y + ARROWS[arrow][1]);
    }
    host.style.setProperty("--pen-x", place.x / STEPS);
    host.style.setProperty("--pen-y", place.y / STEPS);
    if (isDown()) send("mousemove");
    say();
  }

  function turn(down) {
    if (down === isDown()) return;
    host.dataset.pen = down ? "down" : "up";
    send(down ? "mousedown" : "mouseup");
    say();
  }

  function send(kind) {
    const canvas = host.shadowRoot.querySelector(".upper-canvas");
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const at = { clientX: left + (width * place.x) / STEPS, clientY: top + (height * place.y) / STEPS };
    canvas.dispatchEvent(new MouseEvent(kind, { ...at, bubbles: true, cancelable: true, composed: true }));
  }

  function say() {
    const status = host.shadowRoot.querySelector(".mnist37-pen") ?? addStatus(host.shadowRoot);
    status.textContent = `Pen ${isDown() ? "down" : "up"}, column ${place.x}, row ${place.y}`;
  }
}

const inside = (value) => Math.min(Math.max(value, 1), STEPS - 1);

function addStatus(shadowRoot) {
  const status = shadowRoot.appendChild(document.createElement("div"));
  status.className = "mnist37-pen";
  status.setAttribute("role", "status");
  return status;
}

new MutationObserver(prepareCanvases).observe(document.body, { childList: true, subtree: true });
document.addEventListener("pointerover", prepareCanvases, true);

for (const start of ["mousedown", "touchstart"]) {
  document.addEventListener(start, (event) => {
    root = event.composedPath().find((node) => node.classList?.contains("dc-root"));
  }, true);
}

for (const end of ["mouseup", "touchend"]) {
  document.addEventListener(end, () => {
    const drawn = root;
    root = undefined;
    if (drawn) setTimeout(() => drawn.querySelector(SEND)?.click()); // after the canvas has handled the end of the stroke
  }, true);
}
