/* Jobs that were given up: why, after which attempts, and starting them over. */

import { ADMIN, app, appJson, every, pause } from "../api.js";
import { ago, announce, button, confirmed, empty, failure, h, json, pill, redraw, words } from "../dom.js";

const LETTERS = "/api/admin/dead-letters";
const COLOURS = { completed: "good", dead_lettered: "bad", failed: "bad" };

async function show(root, signal) {
  const replays = h("ul", { class: "plain stack", "aria-label": "Replays" });
  const list = h("div");
  let last = "";
  root.append(replays, list);

  async function load() {
    const page = await appJson(`${LETTERS}?limit=100`, { as: ADMIN, signal });
    if (JSON.stringify(page) === last) return;
    last = JSON.stringify(page);
    redraw(list, page.items.length ? h("div", { class: "stack" }, page.items.map(card)) : empty("No dead letters", "Nothing was given up. A job that fails for good, or a message nobody can read, shows here."));
  }

  const card = (letter) => {
    const said = h("div");
    return h("article", { class: "card letter" },
      h("h2", {}, letter.kind ? `${words(letter.kind)} job` : "A message nobody can read", " ", pill(`${letter.attempts.length} attempts`, "bad")),
      h("p", { class: "reason" }, letter.reason),
      h("p", { class: "fine" }, "of ", h("code", {}, letter.user_id), ", given up ", ago(letter.created_at)),
      letter.attempts.length > 0 && h("ol", { class: "entries" }, letter.attempts.map((attempt) => h("li", {}, h("span", { class: "fine" }, ago(attempt.started_at)), h("span", {}, attempt.error ?? "")))),
      h("details", { "data-key": letter.dead_letter_id }, h("summary", {}, "What was asked"), json(letter.payload ?? letter.body, "Payload")),
      h("div", { class: "bar" },
        letter.replayable && button("Replay", (event) => replay(letter, event.currentTarget, said), { class: "primary", "data-key": `replay ${letter.dead_letter_id}` }),
        confirmed("Delete", "Really delete?", () => remove(letter, said), { "data-key": `delete ${letter.dead_letter_id}` })),
      said);
  };

  async function replay(letter, pressed, said) {
    pressed.disabled = true;
    try {
      const started = await appJson(`${LETTERS}/${letter.dead_letter_id}/replay`, { method: "POST", as: ADMIN, signal });
      await follow(letter, started.job_id);
    } catch (error) {
      if (error.name !== "AbortError") said.replaceChildren(failure(error));
      pressed.disabled = false;
    }
    await load();
  }

  async function follow(letter, id) {
    const line = h("li", { class: "card replay", "data-job": id });
    replays.prepend(line);
    for (;;) {
      const found = await appJson(`/api/admin/jobs/${id}`, { as: ADMIN, signal });
      line.replaceChildren(pill(words(found.status), COLOURS[found.status] ?? "busy"), ` ${words(letter.kind)} job, run ${found.run}, attempt ${found.attempt} `, h("code", { class: "fine" }, id));
      if (COLOURS[found.status]) return announce(`The replayed job is ${words(found.status)}`);
      await load();
      await pause(500, signal);
    }
  }

  async function remove(letter, said) {
    try {
      await app(`${LETTERS}/${letter.dead_letter_id}`, { method: "DELETE", as: ADMIN, signal });
      announce("Deleted");
    } catch (error) {
      said.replaceChildren(failure(error));
    }
    await load();
  }

  await every(2, signal, load);
}

export default { id: "dead-letters", title: "Dead letters", lead: `What was given up, and starting it over. Asked as ${ADMIN}.`, needs: ["/api/auth/local", "/api/admin/dead-letters"], show };
