/* A photo in, the cutout and what kind of garment it is out; and from there into the wardrobe. */

import { app, appJson } from "../api.js";
import { announce, busy, button, failure, h, pill, redraw, words } from "../dom.js";
import { meter, swatches } from "../charts.js";

function show(root, signal) {
  const file = h("input", { type: "file", accept: "image/jpeg,image/png,image/webp,image/heic,image/heif", id: "photo", class: "unseen" });
  const zone = h("label", { class: "drop", for: "photo" },
    h("strong", {}, "Drop a photo of a garment here"), h("span", { class: "fine" }, "or choose one: JPEG, PNG, WebP or HEIC"), file);
  const sample = h("section", { class: "card aside" });
  const shown = h("div", { "aria-live": "polite" });
  root.append(zone, shown, sample);

  for (const type of ["dragenter", "dragover"]) zone.addEventListener(type, (event) => (event.preventDefault(), zone.classList.add("over")));
  for (const type of ["dragleave", "drop"]) zone.addEventListener(type, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
  file.addEventListener("change", () => file.files[0] && take(file.files[0]).finally(() => (file.value = "")));
  offerSample(sample, signal);

  async function take(photo) {
    redraw(shown, busy("Cutting the garment out ..."));
    try {
      const form = new FormData();
      form.append("image", photo);
      const image = await appJson("/api/process-image", { method: "POST", body: form, signal });
      const attributes = h("section", { class: "card" }, h("h2", {}, "Attributes"), busy("Reading its attributes ..."));
      redraw(shown, pictures(image), attributes);
      announce("The cutout is there");
      const read = await appJson("/api/extract-clothing-metadata", { send: { image_id: image.image_id }, signal });
      redraw(attributes, h("h2", {}, "Attributes"), table(read), keep(image, read, signal));
    } catch (error) {
      if (error.name !== "AbortError") shown.append(failure(error));
      shown.querySelector(".busy")?.remove();
    }
  }
}

const pictures = (image) =>
  h("section", { class: "card" },
    h("div", { class: "pair" },
      picture(image.variants.cutout ?? image.variants.original, image.variants.cutout ? "Cutout" : "No cutout could be trusted", "chequered"),
      picture(image.variants.original, "Upright, without where it was taken")),
    h("p", { class: "fine" }, `${image.width} × ${image.height}, the garment covers ${Math.round(image.coverage * 100)} %, `, pill(words(image.quality), image.quality === "good" ? "good" : "warn"),
      image.duplicate_of && [" ", pill("looks like an earlier photo", "warn")]),
    swatches(image.colours));

const picture = (source, caption, kind = "") => h("figure", { class: kind }, h("img", { src: source, alt: caption, loading: "eager" }), h("figcaption", {}, caption));

const table = (read) =>
  h("table", { class: "rows attributes" },
    h("thead", {}, h("tr", {}, ["Attribute", "Value", "Confidence"].map((title) => h("th", { scope: "col" }, title)))),
    h("tbody", {}, Object.entries(read.attributes).map(([name, field]) =>
      h("tr", {},
        h("th", { scope: "row" }, words(name), read.needs_review.includes(name) && [" ", pill("look at it", "warn")]),
        h("td", { "data-label": "Value" }, field.value === null ? h("span", { class: "fine" }, words(field.state)) : value(field.value)),
        h("td", { "data-label": "Confidence" }, meter(field.confidence, `${words(name)} confidence`))))));

function value(found) {
  if (!Array.isArray(found)) return typeof found === "object" ? JSON.stringify(found) : words(found);
  if (!found.length) return h("span", { class: "fine" }, "none");
  if (typeof found[0] === "object") return swatches(found.map((one) => ({ ...one, label: one.name ?? one.hex })));
  return found.map(words).join(", ");
}

function keep(image, read, signal) {
  const { attributes } = read;
  const kind = attributes.category.value ?? "garment";
  const name = h("input", { value: words(attributes.subtype.value ?? kind), required: true, maxlength: "120", id: "item-name" });
  const said = h("div");
  const form = h("form", { class: "bar" }, h("label", { for: "item-name" }, "Name"), name, h("button", { class: "primary" }, "Put it into the wardrobe"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const item = { name: name.value, category: kind, image_id: image.image_id, colours: image.colours.slice(0, 3).map(({ hex }) => ({ hex })) };
      await app("/api/vault/items", { send: item, headers: { "Idempotency-Key": `console-${image.image_id}` }, signal });
      form.replaceWith(h("p", { class: "done" }, `“${name.value}” is in the wardrobe.`));
      announce("It is in the wardrobe");
    } catch (error) {
      said.replaceChildren(failure(error));
    }
  });
  return [form, said];
}

/** A person with an empty wardrobe has little to ask the stylist: fill it. */
async function offerSample(card, signal) {
  const said = h("div", { "aria-live": "polite" });
  const fill = button("Add a sample wardrobe", async () => {
    fill.disabled = true;
    said.replaceChildren(busy("Adding it ..."));
    try {
      const rows = await (await fetch("/admin/console/wardrobe.csv", { signal })).blob();
      const report = await appJson("/api/vault/import", { method: "POST", headers: { "Content-Type": "text/csv" }, body: rows, signal });
      said.replaceChildren(h("p", { class: "done" }, `${report.counts.created} added, ${report.counts.duplicate} were there already.`));
    } catch (error) {
      said.replaceChildren(failure(error));
      fill.disabled = false;
    }
  });
  redraw(card, h("h2", {}, "In a hurry?"), h("p", {}, "Fourteen garments with prices and wears, for the stylist, the digest and the insights to work with."), fill, said);
}

export default { id: "photo", title: "Photo", lead: "Drop a photo and see the cutout, the colours and the attributes.", needs: ["/api/auth/local", "/api/process-image", "/api/extract-clothing-metadata"], show };
