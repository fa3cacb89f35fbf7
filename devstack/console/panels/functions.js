/* The app's functions and their last invocations, with timing and errors. */

import { every, host, hostJson } from "../api.js";
import { ago, announce, button, duration, empty, h, json, pill, redraw, s } from "../dom.js";

const KINDS = {
  httpTrigger: "HTTP", queueTrigger: "queue", timerTrigger: "timer", orchestrationTrigger: "orchestrator",
  activityTrigger: "activity", entityTrigger: "entity",
};
const COLOURS = { succeeded: "good", failed: "bad", running: "busy", cancelled: "muted" };

async function show(root, signal) {
  const search = h("input", { type: "search", placeholder: "Name of a function", "aria-label": "Filter functions by name" });
  const failing = h("input", { type: "checkbox" });
  const table = h("div");
  const opened = new Map();
  let found = [];
  root.append(h("div", { class: "bar" }, search, h("label", { class: "check" }, failing, "Only failing")), table);

  const draw = () => {
    const wanted = found
      .filter((one) => one.name.toLowerCase().includes(search.value.trim().toLowerCase()))
      .filter((one) => !failing.checked || one.failures)
      .sort((a, b) => (b.last[0]?.started_at ?? "").localeCompare(a.last[0]?.started_at ?? "") || a.name.localeCompare(b.name));
    redraw(table, wanted.length ? list(wanted) : empty("No function to show", found.length ? "None matches the filter." : "This app declares none."));
  };

  const list = (wanted) =>
    h("table", { class: "rows" },
      h("thead", {}, h("tr", {}, ["Function", "Runs", "Failed", "Median", "Last", "Durations"].map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, wanted.flatMap(row)));

  const row = (one) => [
    h("tr", {},
      h("th", { scope: "row" },
        button(one.name, () => toggle(one.name), { class: "link", "aria-expanded": String(opened.has(one.name)), "data-key": one.name }),
        h("span", { class: "fine" }, KINDS[one.trigger] ?? one.trigger)),
      h("td", { "data-label": "Runs" }, one.runs),
      h("td", { "data-label": "Failed" }, one.failures ? pill(one.failures, "bad") : "0"),
      h("td", { "data-label": "Median" }, duration(one.median_milliseconds)),
      h("td", { "data-label": "Last" }, ago(one.last[0]?.started_at)),
      h("td", { "data-label": "Durations" }, spark(one))),
    opened.has(one.name) && h("tr", { class: "more" }, h("td", { colspan: "6" }, details(one, opened.get(one.name)))),
  ];

  async function toggle(name) {
    if (!opened.delete(name)) {
      opened.set(name, null);
      await load(name);
    }
    draw();
  }

  const load = async (name) => opened.set(name, await hostJson(`/admin/console/functions/${encodeURIComponent(name)}`, { signal }));

  search.addEventListener("input", draw);
  failing.addEventListener("change", draw);
  await every(2, signal, async () => {
    found = await hostJson("/admin/console/functions", { signal });
    await Promise.all([...opened.keys()].map(load));
    draw();
  });
}

function details(one, entries) {
  const run = one.trigger === "timerTrigger" && button("Run it now", async () => {
    await host(`/admin/functions/${one.name}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"input": ""}' });
    announce(`${one.name} was started`);
  }, { "data-key": `run ${one.name}` });
  if (!entries) return h("p", { class: "note" }, "Loading ...");
  if (!entries.length) return h("div", {}, h("p", { class: "note" }, "Not run since the host started."), run);
  return h("div", {}, run, h("ol", { class: "entries" }, entries.map((entry, index) => invocation(one, entry, index))));
}

const invocation = (one, entry) =>
  h("li", {},
    pill(entry.status, COLOURS[entry.status]),
    h("span", { class: "number" }, duration(entry.milliseconds)),
    entry.target && h("code", {}, entry.target),
    entry.http_status && pill(entry.http_status, entry.http_status < 400 ? "good" : entry.http_status < 500 ? "warn" : "bad"),
    !entry.target && h("span", { class: "fine" }, entry.reason),
    h("span", { class: "fine" }, ago(entry.started_at)),
    entry.error && h("details", { "data-key": `${one.name} ${entry.invocation_id}` }, h("summary", {}, entry.error.split("\n")[0]), json(entry.trace ?? entry.error, "Trace")));

/** The kept invocations as bars, oldest first: height is duration, colour how it ended. */
function spark(one) {
  const bars = [...one.last].reverse();
  if (!bars.length) return h("span", { class: "fine" }, "-");
  const most = Math.max(...bars.map((bar) => bar.milliseconds ?? 0), 1);
  const label = `Last ${bars.length} runs, the longest ${duration(most)}, ${bars.filter((bar) => bar.status === "failed").length} failed`;
  return s("svg", { class: "spark", viewBox: "0 0 125 24", width: "125", height: "24", role: "img", "aria-label": label },
    bars.map((bar, index) => {
      const height = Math.max(2, (22 * Math.sqrt((bar.milliseconds ?? most) / most)));
      return s("rect", { class: COLOURS[bar.status], x: index * 5, y: 24 - height, width: 3.5, height, rx: 1 });
    }));
}

export default { id: "functions", title: "Functions", lead: "What the app is made of, and the last 25 runs of each.", show };
