// Sends a picture that is pasted anywhere on the page as a PNG, scaled down if it is large. A file that the browser cannot
// decode (a phone's HEIC, for example) is sent unchanged: the server can read more formats, and refuses the others.

const LONGEST_SIDE = 1024; // px, the size that mnist37/data/ink.py reduces to
const MAX_BYTES = 20 * 2 ** 20; // of a file that is sent unchanged
let taker; // the component on the current page

export default function (component) {
  taker = component;
}

document.addEventListener("paste", async (event) => {
  if (!taker?.parentElement.isConnected) return;
  const files = [...(event.clipboardData?.items ?? [])].filter(({ kind }) => kind === "file");
  const item = files.find(({ type }) => type.startsWith("image/")) ?? files[0];
  if (!item) return;
  event.preventDefault();
  const file = item.getAsFile();
  taker.setTriggerValue("pasted", (await toPng(file)) ?? (await toBase64(file)));
});

/** Return the picture as base64 of a PNG; null if the browser cannot decode it. */
async function toPng(file) {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return null;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png").split(",")[1];
}

/** Return the file as base64; empty if it is too large for a message. */
async function toBase64(file) {
  if (file.size > MAX_BYTES) return "";
  const reader = new FileReader();
  return new Promise((resolve) => {
    reader.onload = () => resolve(reader.result.split(",")[1] ?? "");
    reader.onerror = () => resolve("");
    reader.readAsDataURL(file);
  });
}
