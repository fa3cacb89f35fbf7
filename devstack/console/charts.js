/* Charts drawn as SVG, each with its numbers in words for those who do not see it. */

import { h, s } from "./dom.js";

const width = (share) => ({ width: `${(100 * share).toFixed(1)}%` });
const percent = (share) => `${Math.round(share * 100)} %`;

/** A share, 0 to 1, as a bar with its figure. */
export const meter = (share, label) =>
  h("span", { class: "meter", role: "img", "aria-label": `${label}: ${percent(share)}` }, h("span", { class: "track" }, h("span", { class: "level", style: width(share) })), h("span", { class: "number" }, percent(share)));

/** Colours as patches: `{hex, label?, share?}`. */
export const swatches = (colours) =>
  h("ul", { class: "swatches" }, colours.map((one) => h("li", {}, h("i", { style: { background: one.hex }, "aria-hidden": "true" }), h("span", {}, one.label ?? one.hex, one.share !== undefined && h("span", { class: "fine" }, ` ${percent(one.share)}`)))));

/** Counts by name as horizontal bars, most first. */
export function bars(counts, unit = "") {
  const rows = Object.entries(counts).sort((a, b) => b[1] - a[1]).slice(0, 12);
  const most = Math.max(...rows.map(([, count]) => count), 1);
  if (!rows.length) return h("p", { class: "note" }, "Nothing yet.");
  return h("ul", { class: "bars" }, rows.map(([name, count]) => h("li", {}, h("span", { class: "name" }, name.replaceAll("_", " ")), h("span", { class: "track", "aria-hidden": "true" }, h("span", { class: "level", style: width(count / most) })), h("span", { class: "number" }, `${count}${unit && ` ${unit}`}`))));
}

/** Values over time as columns: `{label, title, value}`, where null is nothing to count. */
export function columns(values) {
  const most = Math.max(...values.map((one) => one.value ?? 0), 1);
  const step = 320 / Math.max(values.length, 1);
  const said = values.filter((one) => one.value !== null).map((one) => `${one.title}: ${one.value}`).join(", ");
  return s("svg", { class: "columns", viewBox: "0 0 320 120", role: "img", "aria-label": said || "Nothing yet" },
    s("line", { class: "axis", x1: 0, x2: 320, y1: 100.5, y2: 100.5 }),
    values.map((one, index) => {
      const height = one.value === null ? 0 : Math.max(1.5, (80 * one.value) / most);
      const middle = index * step + step / 2;
      return [
        one.value !== null && s("rect", { class: "column", x: index * step + step * 0.15, y: 100 - height, width: step * 0.7, height, rx: 2 }),
        one.value > 0 && s("text", { class: "value", x: middle, y: 95 - height }, one.value),
        s("text", { class: "label", x: middle, y: 114 }, one.label),
      ];
    }));
}

/** A score of 0 to 100 as a ring; null is nothing to judge. */
export function ring(value) {
  const round = 2 * Math.PI * 42;
  return s("svg", { class: "ring", viewBox: "0 0 100 100", width: "120", height: "120", role: "img", "aria-label": value === null ? "No score yet" : `Score ${Math.round(value)} of 100` },
    s("circle", { class: "rim", cx: 50, cy: 50, r: 42 }),
    value !== null && s("circle", { class: "arc", cx: 50, cy: 50, r: 42, "stroke-dasharray": `${(round * value) / 100} ${round}`, transform: "rotate(-90 50 50)" }),
    s("text", { x: 50, y: 58 }, value === null ? "-" : Math.round(value)));
}

/** Where taste and wardrobe lie on each facet, from -1 to 1. */
export const facetBalance = (facets) =>
  h("ul", { class: "plain" }, facets.map((one) => h("li", { class: "facet-line" }, h("span", { class: "name" }, one.facet),
    s("svg", { class: "line", viewBox: "-110 -8 220 16", role: "img", "aria-label": `${one.facet}: taste ${one.taste}, wardrobe ${one.wardrobe}` },
      s("line", { class: "axis", x1: -100, x2: 100, y1: 0, y2: 0 }),
      s("line", { class: "gap", x1: one.taste * 100, x2: one.wardrobe * 100, y1: 0, y2: 0 }),
      s("circle", { class: "taste", cx: one.taste * 100, cy: 0, r: 5 }),
      s("circle", { class: "owned", cx: one.wardrobe * 100, cy: 0, r: 3.5 })))));

/** One facet of a profile: where it leans, and how far it may be off. */
export const lean = (facet) =>
  h("div", {},
    s("svg", { class: "line", viewBox: "-110 -8 220 16", role: "img", "aria-label": `${facet.position} between ${facet.low} and ${facet.high}` },
      s("line", { class: "axis", x1: -100, x2: 100, y1: 0, y2: 0 }),
      s("line", { class: "doubt", x1: Math.max(-100, (facet.position - facet.uncertainty) * 100), x2: Math.min(100, (facet.position + facet.uncertainty) * 100), y1: 0, y2: 0 }),
      s("circle", { class: "owned", cx: facet.position * 100, cy: 0, r: 5 })),
    h("span", { class: "poles" }, h("span", {}, facet.low), h("span", {}, facet.high)));

const SPAN = 3; // spreads of people on each side
const SCALE = 34; // height of the normal density of people in general
const MOST = 44;

const density = (z, { mean, sd }) => Math.exp(-((z - mean) ** 2) / (2 * sd * sd)) / sd;

function outline(belief) {
  const points = Array.from({ length: 61 }, (_, index) => -SPAN + (index * SPAN) / 30);
  // Narrow beliefs are high: their height is drawn as its square root, so that the whole curve stays in sight.
  return points.map((z) => `${(z * 100) / SPAN},${(50 - Math.min(MOST, (SCALE * density(z, belief)) / Math.sqrt(Math.max(1, 1 / belief.sd)))).toFixed(2)}`).join(" ");
}

/** A normal belief about one facet, beside that about people in general; `move` glides to a new one. */
export function posterior(belief) {
  const curve = s("polygon", { class: "belief" });
  const element = s("svg", { class: "posterior", viewBox: "-100 0 200 52", role: "img" },
    s("polyline", { class: "prior", points: outline({ mean: 0, sd: 1 }) }), curve,
    s("line", { class: "axis", x1: -100, x2: 100, y1: 50.5, y2: 50.5 }));
  let now = { mean: belief.mean, sd: belief.sd };
  let gliding = 0;
  const draw = (one) => {
    now = one;
    curve.setAttribute("points", `-100,50 ${outline(one)} 100,50`);
  };
  const move = (next) => {
    element.setAttribute("aria-label", `${next.facet}: ${next.mean.toFixed(2)} spreads towards ${next.mean < 0 ? next.low : next.high}, give or take ${next.sd.toFixed(2)}`);
    const from = now;
    const began = performance.now();
    cancelAnimationFrame(gliding);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return draw({ mean: next.mean, sd: next.sd });
    const glide = (time) => {
      const part = Math.min(1, Math.max(0, (time - began) / 350));
      const eased = 1 - (1 - part) ** 3;
      draw({ mean: from.mean + (next.mean - from.mean) * eased, sd: from.sd + (next.sd - from.sd) * eased });
      if (part < 1) gliding = requestAnimationFrame(glide);
    };
    gliding = requestAnimationFrame(glide);
  };
  draw(now);
  return { element, move };
}
