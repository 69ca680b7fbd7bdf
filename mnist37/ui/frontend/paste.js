// Waits for a picture that is pasted anywhere on the page and sends it as a PNG, made smaller where it is large.

const LONGEST_SIDE = 1024; // px, as mnist37/data/ink.py reduces to
let taker; // the component on the page that is shown

export default function (component) {
  taker = component;
}

document.addEventListener("paste", async (event) => {
  if (!taker?.parentElement.isConnected) return;
  const item = [...(event.clipboardData?.items ?? [])].find(({ type }) => type.startsWith("image/"));
  if (!item) return;
  event.preventDefault();
  taker.setTriggerValue("pasted", await toPng(item.getAsFile()));
});

/** The picture as base64 of a PNG; empty if the browser cannot read it. */
async function toPng(file) {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return "";
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png").split(",")[1];
}
