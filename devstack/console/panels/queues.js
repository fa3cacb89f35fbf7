/* Storage queues: how deep each is, and what lies in it, poison first to be seen. */

import { every, hostJson } from "../api.js";
import { ago, empty, h, json, pill, redraw } from "../dom.js";

async function show(root, signal) {
  let last = "";
  await every(2, signal, async () => {
    const found = await hostJson("/admin/console/queues", { signal });
    if (JSON.stringify(found) === last) return;
    last = JSON.stringify(found);
    redraw(root, found.length ? h("div", { class: "stack" }, found.map(card)) : empty("No queues", "The storage account has none yet."));
  });
}

const card = (queue) =>
  h("section", { class: "card queue" },
    h("h2", {}, queue.name, " ", queue.poison && pill("poison", queue.depth ? "bad" : "muted")),
    h("p", { class: "fine" }, queue.function ? ["read by ", h("code", {}, queue.function)] : queue.poison ? "what its function gave up on" : "no function of this app reads it"),
    h("p", { class: "figure" }, queue.depth, h("span", {}, queue.depth === 1 ? "message" : "messages")),
    queue.messages.length > 0 && h("ul", { class: "plain" }, queue.messages.map((message) =>
      h("li", {}, h("details", { "data-key": message.id }, h("summary", {}, h("span", { class: "cut" }, message.body), h("span", { class: "fine" }, ago(message.inserted_at), `, taken ${message.dequeue_count} times`)), json(pretty(message.body), "Message"))))),
    queue.depth > queue.messages.length && h("p", { class: "fine" }, `${queue.depth - queue.messages.length} more, or hidden while a function works on them`));

function pretty(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export default { id: "queues", title: "Queues", lead: "Looked at without taking anything out.", kinds: ["queueTrigger"], show };
