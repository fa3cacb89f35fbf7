/* A document of the app, shown in a frame that has no origin and runs none of its scripts. */

import { h } from "./dom.js";

export function documentFrame(html, title, signal) {
  const frame = h("iframe", { class: "document", sandbox: "allow-scripts", src: "/admin/console/frame.html", title });
  addEventListener("message", (event) => {
    if (event.source === frame.contentWindow && event.data === "ready") frame.contentWindow.postMessage(html, "*");
  }, { signal });
  return frame;
}
