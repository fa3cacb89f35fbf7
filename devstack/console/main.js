/* The frame around the panels: which there are for this app, which one is shown, and who is signed in. */

import { become, hostJson, person } from "./api.js";
import { failure, h, redraw } from "./dom.js";
import chat from "./panels/chat.js";
import digest from "./panels/digest.js";
import functions from "./panels/functions.js";
import insights from "./panels/insights.js";
import letters from "./panels/letters.js";
import orchestrations from "./panels/orchestrations.js";
import photo from "./panels/photo.js";
import queues from "./panels/queues.js";
import quiz from "./panels/quiz.js";
import routes from "./panels/routes.js";
import wardrobe from "./panels/wardrobe.js";

const GROUPS = [
  ["The host", [functions, orchestrations, queues, letters, routes]],
  ["Try it out", [photo, wardrobe, quiz, chat, digest, insights]],
];
const main = document.getElementById("main");
const nav = document.getElementById("nav");
let panels = [];
let shown = new AbortController();

/** Paths of the app's routes, in lower case; a panel is there if the app has what it `needs`. */
async function pathsOfApp() {
  const described = await hostJson("/admin/functions");
  const http = described.filter((one) => one.invoke_url_template && !one.isDisabled);
  return {
    paths: new Set(http.map((one) => new URL(one.invoke_url_template).pathname)),
    kinds: new Set(described.flatMap((one) => one.config.bindings.map((binding) => binding.type))),
  };
}

function drawNavigation(has) {
  const available = (panel) => (panel.needs ?? []).every((path) => has.paths.has(path)) && (panel.kinds ?? []).every((kind) => has.kinds.has(kind));
  const groups = GROUPS.map(([title, all]) => [title, all.filter(available)]).filter(([, all]) => all.length);
  panels = groups.flatMap(([, all]) => all);
  redraw(nav, groups.map(([title, all]) => h("section", {}, h("h2", {}, title), h("ul", {}, all.map(link)))));
}

const link = (panel) => h("li", {}, h("a", { href: `#/${panel.id}`, "data-panel": panel.id }, panel.title));

const reveal = () => nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

function show() {
  const id = location.hash.startsWith("#/") ? location.hash.slice(2).split("/")[0] : "";
  const panel = panels.find((one) => one.id === id) ?? panels[0];
  shown.abort(new DOMException("Another panel is shown", "AbortError"));
  shown = new AbortController();
  document.getElementById("outage").hidden = true;
  for (const anchor of nav.querySelectorAll("a")) {
    if (anchor.dataset.panel === panel.id) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
  reveal();
  document.title = `${panel.title} - Console`;
  const body = h("div", { class: "panel" });
  main.replaceChildren(h("h1", {}, panel.title), h("p", { class: "lead" }, panel.lead), body);
  Promise.resolve(panel.show(body, shown.signal)).catch((error) => {
    if (error.name !== "AbortError") body.append(failure(error));
  });
}

function drawIdentity() {
  const email = h("input", { type: "email", name: "email", required: true, autocomplete: "off", spellcheck: "false", value: person(), id: "email" });
  const said = h("span", { class: "fine", id: "signed-in" });
  const form = h(
    "form",
    { class: "identity", on: { submit: signIn } },
    h("label", { for: "email" }, "Signed in as"),
    email,
    h("button", {}, "Sign in"),
    said,
  );
  async function signIn(event) {
    event.preventDefault();
    said.replaceChildren("...");
    try {
      await become(email.value);
      said.replaceChildren("✓", h("span", { class: "unseen" }, " signed in"));
    } catch (error) {
      said.replaceChildren(error.message);
    }
  }
  document.getElementById("identity").replaceChildren(form);
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

try {
  const has = await pathsOfApp();
  drawNavigation(has);
  if (has.paths.has("/api/auth/local")) drawIdentity();
  addEventListener("hashchange", () => {
    show();
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  });
  addEventListener("person", show);
  addEventListener("resize", reveal);
  show();
} catch (error) {
  main.replaceChildren(h("h1", {}, "The console cannot open"), failure(error), h("p", {}, "Open it at an address of this machine, such as http://localhost:7071/console."));
}
