/* The weekly digest as the page it is, in a frame without origin, and making this week's. */

import { app, appJson, job } from "../api.js";
import { announce, busy, button, empty, failure, h, redraw } from "../dom.js";
import { documentFrame } from "../frames.js";

async function show(root, signal) {
  const said = h("div", { "aria-live": "polite" });
  const page = h("div");
  const weeks = h("select", { "aria-label": "Week", hidden: true });
  const make = button("Make this week's digest", run, { class: "primary" });
  root.append(h("div", { class: "bar" }, make, weeks), said, page);
  weeks.addEventListener("change", () => read(weeks.value));

  async function list() {
    const { items } = await appJson("/api/digest/history", { signal });
    weeks.hidden = !items.length;
    redraw(weeks, items.map((one) => h("option", { value: one.id }, `${days(one.week)}, ${one.outfits} outfits`)));
    if (items.length) await read(items[0].id);
    else redraw(page, empty("No digest yet", "It comes once a week by itself, in the person's own time zone. Or make this week's now."));
  }

  async function read(id) {
    const html = await (await app(`/api/digest/${id}`, { headers: { Accept: "text/html" }, signal })).text();
    redraw(page, documentFrame(html, "The digest", signal));
  }

  async function run() {
    make.disabled = true;
    redraw(said, busy("Looking through the wardrobe, and finding words ..."));
    try {
      const started = await appJson("/api/digest/run", { method: "POST", signal });
      await job(started.job_id, { signal });
      await list();
      redraw(said);
      announce("The digest is there");
    } catch (error) {
      if (error.name !== "AbortError") redraw(said, failure(error));
    }
    make.disabled = false;
  }

  await list();
}

/** The days of an ISO week such as 2026-W48, as people write them; its week 1 is the one with 4 January. */
function days(week) {
  const [year, number] = week.split("-W").map(Number);
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = 4 - ((fourth.getUTCDay() + 6) % 7) + 7 * (number - 1);
  const [from, to] = [monday, monday + 6].map((day) => Date.UTC(year, 0, day));
  return new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).formatRange(from, to);
}

export default { id: "digest", title: "Digest", lead: "One a week: outfits, something to wake up, one figure that moved.", needs: ["/api/auth/local", "/api/digest", "/api/digest/run", "/api/digest/history"], show };
