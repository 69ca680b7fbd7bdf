// Makes a changed address replace the entry in the browser's history while the page stays the same, as Streamlit adds an
// entry for every changed parameter. Sets cookies with the visitor and the selected run for the other tabs.

const push = history.pushState;
history.pushState = function (state, unused, url) {
  const stays = new URL(url ?? "", location.href).pathname === location.pathname;
  if (stays) return history.replaceState(state, unused, url);
  if (!wentBack) return push.call(this, state, unused, url);
};

// After Back or Forward, a script run of the page that was left may still begin, and Streamlit would add its page as a
// new entry, so that Forward would be lost. So only a user's action may lead to another page.
let wentBack = false;
addEventListener("popstate", () => (wentBack = true), true);
for (const touch of ["pointerdown", "keydown", "click"]) addEventListener(touch, () => (wentBack = false), true);

const secure = location.protocol === "https:" ? "; Secure" : ""; // then no page that came by http may read it
const keep = (cookie) => (document.cookie = `${cookie}; path=/; SameSite=Lax${secure}`); // until the browser is closed

const RETRY_MS = 2000;
let asking;
let run = "";
const remember = () => run && keep(run);
addEventListener("focus", remember); // the cookie holds the run of the tab that was used last

export default function ({ data, setTriggerValue }) {
  const state = JSON.parse(new TextDecoder().decode(data));
  const isChanged = run && state.run !== run; // changed in this tab, so this tab is in use
  run = state.run;
  if (isChanged || document.hasFocus()) remember();
  clearInterval(asking);
  if (!state.asks) return;
  keep(state.visitor); // once only, as another tab may open the host's link later
  const answer = () => setTriggerValue("ready", true);
  answer();
  asking = setInterval(answer, RETRY_MS); // an answer can be lost if it meets a refresh of the page
}
