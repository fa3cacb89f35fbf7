/* What the person owns, newest first: to be found, worn, archived and removed. */

import { app, appJson, every, tried } from "../api.js";
import { announce, button, confirmed, empty, failure, h, pill, redraw, words } from "../dom.js";
import { portrait } from "../garments.js";

const ITEMS = "/api/vault/items";
const PAGE = 12;

async function show(root, signal) {
  const text = h("input", { type: "search", id: "find-items", maxlength: "120", placeholder: "name, brand, note or tag", size: "24" });
  const known = h("datalist", { id: "known-categories" });
  const category = h("input", { type: "search", id: "item-category", maxlength: "60", list: known.id, placeholder: "any" });
  const status = h("select", { id: "item-status" }, ["active", "archived", "all"].map((one) => h("option", {}, one)));
  const list = h("div", { tabindex: "-1", role: "region", "aria-label": "Items" });
  const categories = new Set();
  let pages = 1;
  let asked = 0;
  let last = "";

  root.append(
    h("form", { class: "bar", role: "search", on: { submit: (event) => event.preventDefault(), input: anew } },
      field("Find", text), field("Category", category), known, field("Show", status)),
    list);

  function anew() {
    pages = 1;
    tried(load);
  }

  /** Ask for as many pages as are shown. An answer that a later question overtook is dropped. */
  async function load() {
    const mine = ++asked;
    const query = new URLSearchParams({ limit: PAGE, status: status.value });
    if (text.value.trim()) query.set("q", text.value.trim());
    if (category.value.trim()) query.set("category", category.value.trim());
    const items = [];
    for (let left = pages; left > 0; left -= 1) {
      const page = await appJson(`${ITEMS}?${query}`, { signal });
      items.push(...page.items);
      query.set("cursor", page.next_cursor ?? "");
      if (!page.next_cursor) break;
    }
    if (mine === asked) draw(items, Boolean(query.get("cursor")));
  }

  function draw(items, more) {
    const filtered = Boolean(text.value.trim() || category.value.trim() || status.value !== "active");
    const now = JSON.stringify([items, more, filtered], (name, value) => (name === "image" ? undefined : value)); // links are signed anew
    if (now === last) return;
    last = now;
    for (const item of items) categories.add(item.category);
    known.replaceChildren(...[...categories].sort().map((one) => h("option", { value: one })));
    redraw(list,
      items.length ? h("ul", { class: "plain things" }, items.map(thing)) : nothing(filtered),
      more && h("p", {}, button("More", () => ((pages += 1), tried(load)), { "data-key": "more" })));
  }

  function thing(item) {
    const said = h("div");
    const worn = item.last_worn_on === today();
    const archived = item.status === "archived";
    const named = (key) => ({ "aria-describedby": `item-${item.id}`, "data-key": `${key} ${item.id}` });
    const change = (options, told) => act(said, `${item.name} ${told}`, options);
    const wear = () => (worn
      ? change({ path: `${item.id}/wears?worn_on=${today()}`, method: "DELETE" }, "was not worn today")
      : change({ path: `${item.id}/wears`, send: { worn_on: today() } }, "was worn today"));
    const archive = () => change({ path: item.id, method: "PATCH", send: { status: archived ? "active" : "archived" } }, archived ? "is active again" : "is archived");
    return h("li", { class: "card thing" },
      h("div", { class: "piece" }, portrait(item)),
      h("h2", { id: `item-${item.id}` }, item.name),
      h("p", { class: "fine" }, `${words(item.category)}, ${item.wear_count ? `worn ${item.wear_count} ×` : "never worn"} `, archived && pill("archived")),
      h("div", { class: "bar" },
        button("Worn today", wear, { ...named("wear"), "aria-pressed": String(worn) }),
        button(archived ? "Unarchive" : "Archive", archive, named("archive")),
        confirmed("Remove", "Really remove?", () => change({ path: item.id, method: "DELETE" }, "is removed"), named("remove"))),
      said);
  }

  /** Ask for a change and show what is there now; where the button is gone, the list takes the focus. */
  async function act(said, told, { path, ...options }) {
    try {
      await app(`${ITEMS}/${path}`, { ...options, signal });
      announce(told);
    } catch (error) {
      if (error.name !== "AbortError") said.replaceChildren(failure(error));
    }
    await tried(load);
    if (document.activeElement === document.body && !signal.aborted) list.focus({ preventScroll: true });
  }

  await every(3, signal, load);
}

/** The person's own day; the service's would be the one in UTC. */
const today = () => new Date().toLocaleDateString("sv-SE");

const field = (label, input) => h("span", { class: "field" }, h("label", { for: input.id }, label), input);

const nothing = (filtered) => (filtered
  ? empty("Nothing matches", "No item is like that.")
  : empty("Nothing in the wardrobe yet", "A photo is the quickest way in.", h("p", {}, h("a", { class: "button", href: "#/photo" }, "Add a photo or a sample wardrobe"))));

export default { id: "wardrobe", title: "Wardrobe", lead: "What is owned, newest first. It keeps up with what is added elsewhere.", needs: ["/api/auth/local", ITEMS], show };
