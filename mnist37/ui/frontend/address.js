// Lets a changed address replace the entry in the browser's history, as long as the page stays: Streamlit adds an entry
// for every parameter that changes. And tells the other tabs, by a cookie, which run is looked at.

const push = history.pushState;
history.pushState = function (state, unused, url) {
  const stays = new URL(url ?? "", location.href).pathname === location.pathname;
  return (stays ? history.replaceState : push).call(this, state, unused, url);
};

let cookie = "";
const remember = () => cookie && (document.cookie = `${cookie}; path=/; SameSite=Lax`); // until the browser is closed
addEventListener("focus", remember); // of several tabs, the one that was used last

export default function ({ data, setTriggerValue }) {
  const told = JSON.parse(new TextDecoder().decode(data));
  cookie = told.run && `${told.cookie}=${told.run}`;
  if (document.hasFocus()) remember();
  if (told.asks) setTriggerValue("ready", true);
}
