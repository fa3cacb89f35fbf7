/* The wardrobe in figures, as charts. */

import { appJson } from "../api.js";
import { empty, h, redraw, words } from "../dom.js";
import { bars, columns, facetBalance, meter, ring, swatches } from "../charts.js";

async function show(root, signal) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const found = await appJson(`/api/insights/vault?${new URLSearchParams({ time_zone: zone })}`, { signal });
  const { totals } = found;
  if (!totals.active) {
    root.append(empty("An empty wardrobe has no figures", "Put something into it first.", h("p", {}, h("a", { class: "button", href: "#/photo" }, "Add a photo or a sample wardrobe"))));
    return;
  }
  redraw(root, h("div", { class: "charts" },
    card("Score", "100 times the weighted mean of what is known", h("div", { class: "score" }, ring(found.score.value), h("ul", { class: "plain" }, found.score.parts.map((part) => h("li", { title: part.definition }, h("span", {}, words(part.name)), part.value === null ? h("span", { class: "fine" }, "nothing to judge") : meter(part.value, words(part.name))))))),
    card("Wears by month", "Of the last year", columns(found.months.map((one) => ({ label: one.month.slice(5), title: one.month, value: one.wears })))),
    card("In use", "Share of the wardrobe that was worn", h("ul", { class: "plain" }, found.utilisation.map((use) => h("li", {}, h("span", {}, `last ${use.days} days: ${use.worn} of ${use.items}`), meter(use.share ?? 0, `Worn in ${use.days} days`))))),
    card("By category", `${totals.active} active, ${totals.archived} archived`, bars(totals.by_category)),
    card("By colour", totals.colour_unknown ? `${totals.colour_unknown} of unknown colour` : "Families of colour", bars(totals.by_colour)),
    found.palette && card("Palette", `${Math.round(found.palette.neutral * 100)} % neutral`, bars(Object.fromEntries(found.palette.colours.map((one) => [one.family, Math.round(one.share * 100)])), "%")),
    found.balance && card("Taste and wardrobe", "Ring: your taste. Dot: what you own.", facetBalance(found.balance.facets)),
    ...found.worth.by_currency.map((one) => card(`Worth in ${one.currency}`, `${one.items} items with a price`, h("p", { class: "figure" }, one.total, h("span", {}, one.currency)), h("p", { class: "fine" }, one.cost_per_wear === null ? "nothing worn yet" : `${one.cost_per_wear} ${one.currency} per wear, over ${one.wears} wears`), worn(one.cheapest_worn.slice(0, 3), (item) => `${item.cost_per_wear.amount} ${item.cost_per_wear.currency} a wear`))),
    card("Most worn", "And how often", worn(found.most_worn.slice(0, 6), (item) => `${item.wears} wears`)),
    card("Asleep", `${found.dormant.count} dormant, ${found.never_worn.count} never worn`, worn([...found.never_worn.items, ...found.dormant.items].slice(0, 6), (item) => (item.last_worn_on ? `since ${item.last_worn_on}` : "never worn"))),
    card("Streaks", "Days in a row with something worn", h("p", { class: "figure" }, found.streaks.current.days, h("span", {}, `now, ${found.streaks.longest.days} at best`))),
    found.gaps.length > 0 && card("What would unlock most", "One more garment, so many new outfits", swatches(found.gaps.map((gap) => ({ hex: gap.hex, label: `${gap.colour} ${words(gap.kind)} +${gap.unlocks}` }))))));
}

const card = (title, note, ...content) => h("section", { class: "card" }, h("h2", {}, title), h("p", { class: "fine" }, note), content);

const worn = (items, say) => (items.length ? h("ul", { class: "plain lines" }, items.map((item) => h("li", {}, h("span", {}, item.name), h("span", { class: "fine" }, say(item))))) : h("p", { class: "note" }, "Nothing yet."));

export default { id: "insights", title: "Insights", lead: "What the records of the wardrobe say today.", needs: ["/api/auth/local", "/api/insights/vault"], show };
