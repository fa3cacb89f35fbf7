/* Durable orchestrations: status, the history as a timeline, and what an operator may do to one. */

import { every, host, hostJson, tried } from "../api.js";
import { ago, announce, button, confirmed, duration, empty, failure, h, json, pill, redraw, s, words } from "../dom.js";

const API = "/runtime/webhooks/durabletask/instances";
const STATUSES = ["Running", "Pending", "Completed", "Failed", "Terminated", "Suspended"];
const COLOURS = { Running: "busy", Pending: "muted", Completed: "good", Failed: "bad", Terminated: "warn", Suspended: "warn", ContinuedAsNew: "busy" };
const OVER = new Set(["Completed", "Failed", "Terminated", "Canceled"]);

async function show(root, signal) {
  const status = h("select", { "aria-label": "Status" }, h("option", { value: "" }, "Any status"), STATUSES.map((name) => h("option", {}, name)));
  const prefix = h("input", { type: "search", placeholder: "Instance id begins with", "aria-label": "Instance id begins with" });
  const list = h("div");
  const detail = h("section", { class: "card", hidden: true, "aria-live": "off" });
  let chosen = null;
  let last = "";
  root.append(h("div", { class: "bar" }, status, prefix), detail, list);

  async function load() {
    const query = new URLSearchParams({ top: "100" });
    if (status.value) query.set("runtimeStatus", status.value);
    if (prefix.value.trim()) query.set("instanceIdPrefix", prefix.value.trim());
    const found = await hostJson(`${API}?${query}`, { signal });
    found.sort((a, b) => b.createdTime.localeCompare(a.createdTime));
    redraw(list, found.length ? table(found) : empty("No orchestrations", "None has run since the host started, or none matches the filter. Finish a quiz or run a digest, and look again."));
  }

  const table = (found) =>
    h("table", { class: "rows" },
      h("thead", {}, h("tr", {}, ["Orchestration", "Status", "Progress", "Created", "Updated"].map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, found.map((one) =>
        h("tr", {},
          h("th", { scope: "row" }, button(one.name, () => choose(one.instanceId), { class: "link", "data-key": one.instanceId }), h("code", { class: "fine" }, one.instanceId)),
          h("td", { "data-label": "Status" }, pill(one.runtimeStatus, COLOURS[one.runtimeStatus])),
          h("td", { "data-label": "Progress" }, one.customStatus === null ? "-" : h("code", {}, JSON.stringify(one.customStatus))),
          h("td", { "data-label": "Created" }, ago(one.createdTime)),
          h("td", { "data-label": "Updated" }, ago(one.lastUpdatedTime))))));

  async function choose(id) {
    chosen = id;
    last = "";
    await tried(loadDetail);
    detail.hidden = !last;
    detail.querySelector("h2")?.focus();
  }

  async function loadDetail() {
    if (!chosen) return;
    let one;
    try {
      one = await hostJson(`${API}/${encodeURIComponent(chosen)}?showHistory=true&showHistoryOutput=true&showInput=true`, { signal });
    } catch (error) {
      if (error.status !== 404) throw error;
      chosen = null;
      detail.hidden = true;
      return;
    }
    const now = JSON.stringify(one);
    if (now !== last) redraw(detail, described(one));
    last = now;
  }

  function close() {
    const left = chosen;
    chosen = null;
    detail.hidden = true;
    (list.querySelector(`[data-key="${CSS.escape(left)}"]`) ?? prefix).focus();
  }

  async function act(method, operation, said) {
    try {
      await host(`${API}/${encodeURIComponent(chosen)}${operation}`, { method });
      announce(said);
    } catch (error) {
      detail.prepend(failure(error));
      return;
    }
    if (method === "DELETE") close();
    await tried(refresh);
  }

  function described(one) {
    const over = OVER.has(one.runtimeStatus);
    return [
      h("h2", { tabindex: "-1", "data-key": "title" }, one.name, " ", pill(one.runtimeStatus, COLOURS[one.runtimeStatus])),
      h("p", { class: "fine" }, h("code", {}, one.instanceId)),
      one.runtimeStatus === "Failed" && h("p", { class: "reason" }, String(one.output)),
      h("div", { class: "bar" },
        one.runtimeStatus === "Failed" && button("Retry", () => act("POST", "/rewind?reason=console", "Retried"), { class: "primary", "data-key": "retry" }),
        over && button("Run again", () => act("POST", "/restart?restartWithNewInstanceId=true", "Started again under a new id"), { "data-key": "again" }),
        !over && confirmed("Terminate", "Really terminate?", () => act("POST", "/terminate?reason=console", "Terminated"), { "data-key": "terminate" }),
        over && confirmed("Purge", "Really purge?", () => act("DELETE", "", "Purged"), { "data-key": "purge" }),
        button("Close", close, { "data-key": "close" })),
      timeline(one.historyEvents ?? []),
      h("details", { "data-key": "input" }, h("summary", {}, "Input and output"), h("h3", {}, "Input"), json(one.input, "Input"), h("h3", {}, "Output"), json(one.output, "Output")),
    ];
  }

  const refresh = () => Promise.all([load(), loadDetail()]);
  status.addEventListener("change", () => tried(load));
  prefix.addEventListener("input", () => tried(load));
  await every(2, signal, refresh);
}

/** History events in their order, each beside the stretch of time it took. */
function timeline(events) {
  if (!events.length) return h("p", { class: "note" }, "No history yet.");
  const times = events.flatMap((event) => [event.Timestamp, event.ScheduledTime].filter(Boolean).map(Date.parse));
  const first = Math.min(...times);
  const whole = Math.max(Math.max(...times) - first, 1);
  return h("ol", { class: "timeline" }, events.map((event) => {
    const end = Date.parse(event.Timestamp);
    const start = event.ScheduledTime ? Date.parse(event.ScheduledTime) : end;
    const bad = /Failed/.test(`${event.EventType} ${event.OrchestrationStatus}`);
    const name = event.FunctionName ?? event.Name ?? "";
    return h("li", { class: bad ? "bad" : "" },
      h("span", { class: "number" }, `+${duration(start - first)}`),
      h("span", {}, h("strong", {}, words(event.EventType.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase())), name && " ", name && h("code", {}, name), end > start && h("span", { class: "fine" }, ` ${duration(end - start)}`), (event.Reason ?? event.Details) && h("span", { class: "reason" }, event.Reason ?? event.Details)),
      s("svg", { class: "stretch", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
        s("rect", { class: bad ? "bad" : "good", x: (98 * (start - first)) / whole, y: 1, width: Math.max(1.2, (98 * (end - start)) / whole), height: 6, rx: 1 })));
  }));
}

export default { id: "orchestrations", title: "Orchestrations", lead: "Durable flows in the task hub, which is in memory: it is empty after the host starts.", kinds: ["orchestrationTrigger"], show };
