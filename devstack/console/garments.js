/* A garment without a photo: the outline of its kind, in its own colours. */

import { h, s } from "./dom.js";

const SHAPES = {
  top: "M30 16 18 22 8 42l12 7 5-8v43h50V41l5 8 12-7-10-20-12-6c-2 7-8 11-20 11s-18-4-20-11z",
  trousers: "M30 12h40l7 76H56L50 40l-6 48H23z",
  skirt: "M33 18h34l15 64H18z",
  dress: "M36 12c2 6 6 9 14 9s12-3 14-9l8 6-6 22 14 48H20l14-48-6-22z",
  coat: "M32 10 18 18 8 62h13l4-18v46h23V30l2-6 2 6v60h23V44l4 18h13L82 18l-14-8-18 8z",
  shoes: "M10 44c10 8 20 4 24-4l10 4c2 14 22 18 40 22 8 2 8 12 2 12H10c-4 0-4-8-2-14z",
  hat: "M22 58c0-24 8-34 28-34s28 10 28 34c12 2 14 10 0 14H22c-14-4-12-12 0-14z",
  bag: "M20 40h60l6 44H14zM36 40c0-22 28-22 28 0",
  scarf: "M24 18c18 12 34 12 52 0l4 14c-6 4-12 7-18 8l8 46H56l-6-45-8 45H28l8-47c-6-1-10-3-16-7z",
  other: "M50 14 86 50 50 86 14 50z",
};
const KINDS = [
  [/trouser|jean|short|legging/, "trousers"], [/skirt/, "skirt"], [/dress|one-piece|gown/, "dress"], [/outerwear|coat|jacket/, "coat"],
  [/shoe|boot|foot/, "shoes"], [/hat|head|cap/, "hat"], [/bag/, "bag"], [/scar|shawl/, "scarf"], [/top|shirt|knit|suit|active/, "top"],
];

/** An item as its photo, or drawn in its colours where it has none. */
export const portrait = (item) => (item.image ? h("img", { src: item.image.cutout ?? item.image.thumb, alt: "" }) : garment(item, item.id));

/** Draw an item of the wardrobe: `{category, colours: [{hex}]}`; more colours are stripes. */
function garment({ category, colours }, id) {
  const kind = KINDS.find(([words]) => words.test(category))?.[1] ?? "other";
  const hexes = colours.length ? colours.map(({ hex }) => hex) : ["#9a9a9a"];
  const stripe = `stripe-${id}`;
  return s("svg", { class: "garment", viewBox: "0 0 100 100", "aria-hidden": "true" },
    hexes.length > 1 && s("pattern", { id: stripe, width: hexes.length * 7, height: hexes.length * 7, patternUnits: "userSpaceOnUse" }, hexes.map((hex, index) => s("rect", { y: index * 7, width: 100, height: 7, fill: hex }))),
    s("path", { d: SHAPES[kind], fill: hexes.length > 1 ? `url(#${stripe})` : hexes[0] }));
}
