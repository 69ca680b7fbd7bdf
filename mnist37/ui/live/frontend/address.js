// Lets a changed address replace the entry in the browser's history, as long as the page stays: Streamlit adds an entry
// for every parameter that changes. And tells the other tabs, by cookies, who this is and which run is looked at.

const push = history.pushState;
history.pushState = function (state, unused, url) {
  const stays = new URL(url ?? "", location.href).pathname === location.pathname;
  if (stays) return history.replaceState(state, unused, url);
  if (!wentBack) return push.call(this, state, unused, url);
};

// After Back or Forward, a script of the page that was left may still begin, and Streamlit would add its page as a new
// entry: Forward would be lost. Only what somebody touches leads to another page.
let wentBack = false;
addEventListener("popstate", () => (wentBack = true), true);
for (const touch of ["pointerdown", "keydown", "click"]) addEventListener(touch, () => (wentBack = false), true);

const keep = (cookie) => (document.cookie = `${cookie}; path=/; SameSite=Lax`); // until the browser is closed

const AGAIN = 2000; // ms
let asking;
let run = "";
const remember = () => run && keep(run);
addEventListener("focus", remember); // of several tabs, the one that was used last

export default function ({ data, setTriggerValue }) {
  const told = JSON.parse(new TextDecoder().decode(data));
  const isChanged = run && told.run !== run; // in this tab, so it is the one in use
  run = told.run;
  if (isChanged || document.hasFocus()) remember();
  clearInterval(asking);
  if (!told.asks) return;
  keep(told.visitor); // once: another tab may come by the host's link later
  const answer = () => setTriggerValue("ready", true);
  answer();
  asking = setInterval(answer, AGAIN); // now and then an answer is lost that meets a tick of the page
}
