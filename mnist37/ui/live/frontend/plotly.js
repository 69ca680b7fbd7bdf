// Loads Plotly once per page, and over the network once per version and browser.
//
// Streamlit serves component files with "Cache-Control: public" but neither a lifetime nor a validator, so browsers
// fetch them anew at every page load: 1.5 MB, too much for thirty phones on one wifi. So the file is kept in IndexedDB,
// which (unlike the Cache API) also works over plain http. Without IndexedDB, the file is fetched each time.

const FILE = "plotly.min.js";

let loading; // shared by all figures of the page

/** @returns {Promise<object>} the Plotly library; after a failed attempt, the next call tries again. */
export function loadPlotly(version) {
  loading ??= load(version).catch((error) => {
    loading = undefined;
    throw new Error(`Plotly did not load from this server (${error.message})`);
  });
  return loading;
}

async function load(version) {
  const url = new URL(`../mnist37.ui.live.nodes.plotly/${FILE}?v=${version}`, import.meta.url).href;
  return run((await recall(url)) ?? (await download(url)));
}

async function download(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const blob = await response.blob();
  keep(url, blob);
  return blob;
}

function run(blob) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = URL.createObjectURL(blob);
    script.onload = () => resolve(globalThis.Plotly);
    script.onerror = () => reject(new Error("the script could not be run"));
    document.head.append(script);
  });
}

async function recall(url) {
  try {
    const kept = await finished((await files("readonly")).get(FILE));
    return kept?.url === url ? kept.blob : undefined;
  } catch {
    return undefined; // no storage (private window, full disk): download instead
  }
}

async function keep(url, blob) {
  try {
    await finished((await files("readwrite")).put({ url, blob }, FILE));
  } catch {
    // no storage: download next time
  }
}

async function files(mode) {
  const opening = indexedDB.open("mnist37", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("files");
  const database = await finished(opening);
  return database.transaction("files", mode).objectStore("files");
}

const finished = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
