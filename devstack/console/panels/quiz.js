/* The taste quiz by mouse, touch or arrow keys, with what is believed of each facet drawn as it moves. */

import { appJson, job, person } from "../api.js";
import { announce, busy, button, failure, h, redraw, words } from "../dom.js";
import { posterior, lean } from "../charts.js";

const ANSWERS = [["dislike", "←", "Dislike"], ["skip", "↓", "Skip"], ["love", "↑", "Love"], ["like", "→", "Like"]];
const KEYS = { ArrowLeft: "dislike", ArrowRight: "like", ArrowUp: "love", ArrowDown: "skip" };
const FAR = 70; // pixels a card is dragged before letting go means something

async function show(root, signal) {
  const memory = `console.quiz.${person()}`;
  const stage = h("div", { class: "stage" });
  const progress = h("div");
  const facets = h("ul", { class: "facets", "aria-label": "What is believed of each facet" });
  root.append(h("div", { class: "quiz" }, h("div", {}, stage, progress), h("section", { class: "card" }, h("h2", {}, "What we believe so far"), h("p", { class: "fine" }, "Dashed: people in general. Filled: you."), facets)));
  let curves = [];
  let view = null;
  let answering = false;

  async function open(anew = false) {
    redraw(stage, busy("Dealing the cards ..."));
    const id = anew ? null : sessionStorage.getItem(memory);
    view = id ? await appJson(`/api/taste/quiz/${id}`, { signal }) : await appJson("/api/taste/quiz", { send: {}, signal });
    sessionStorage.setItem(memory, view.quiz_id);
    curves = view.belief.map(posterior);
    redraw(facets, view.belief.map((one, index) => h("li", {}, h("span", { class: "facet-name" }, one.facet), curves[index].element, h("span", { class: "poles" }, h("span", {}, one.low), h("span", {}, one.high)))));
    draw();
  }

  function draw() {
    curves.forEach((curve, index) => curve.move(view.belief[index]));
    redraw(progress,
      h("p", { class: "bar between" }, h("span", {}, `${view.answered} answered`), h("span", {}, `${Math.round(view.certainty * 100)} % sure`)),
      h("progress", { max: "1", value: view.certainty, "aria-label": "How sure we are" }),
      h("div", { class: "bar" },
        view.status === "open" && button(view.done ? "See the profile" : "That is enough: hand it in", handIn, { class: view.done ? "primary" : "", disabled: !view.answered, "data-key": "hand in" }),
        button("Start over", () => start(true), { "data-key": "over" })));
    if (view.card) deal(view.card);
    else redraw(stage, h("div", { class: "empty" }, h("h2", {}, view.status === "open" ? "That says it" : "Handed in"), h("p", {}, view.status === "open" ? "There is no card left whose answer would tell more." : "Start over for another round.")));
  }

  function deal(card) {
    const face = h("div", { class: "look", tabindex: "0", role: "group", "aria-label": `${card.title}. Arrow keys: left dislike, right like, up love, down skip.`, "data-key": "card", "data-card": card.card_id },
      h("img", { src: `data:image/svg+xml,${encodeURIComponent(card.picture)}`, alt: card.title, draggable: "false", width: "240", height: "360" }),
      h("p", {}, h("strong", {}, card.title), h("span", { class: "fine" }, card.tags.map(words).join(" · "))));
    draggable(face, answer);
    redraw(stage, face, h("div", { class: "bar answers" }, ANSWERS.map(([name, sign, label]) => button([h("span", { "aria-hidden": "true" }, sign), label], () => answer(name), { "data-key": name }))));
  }

  async function answer(given) {
    if (answering || !view?.card) return;
    answering = true;
    stage.querySelector(".look")?.classList.add(`gone-${given}`);
    try {
      view = await appJson(`/api/taste/quiz/${view.quiz_id}/answers`, { send: { card_id: view.card.card_id, answer: given }, signal });
      draw();
      announce(`${given}. ${view.card ? `Next: ${view.card.title}` : "No more cards"}`);
    } catch (error) {
      draw();
      if (error.name !== "AbortError") stage.append(failure(error));
    } finally {
      answering = false;
    }
  }

  async function handIn() {
    redraw(stage, busy("Taking it into the profile ..."));
    try {
      const started = await appJson(`/api/taste/quiz/${view.quiz_id}/complete`, { method: "POST", signal });
      await job(started.job_id, { signal });
      sessionStorage.removeItem(memory);
      view = { ...view, status: "completed", card: null, done: true };
      draw();
      redraw(stage, profile(await appJson("/api/taste/profile", { signal })));
      announce("The profile is there");
    } catch (error) {
      if (error.name !== "AbortError") redraw(stage, failure(error));
    }
  }

  const start = (anew) => open(anew).catch((error) => error.name !== "AbortError" && redraw(stage, failure(error)));

  document.addEventListener("keydown", (event) => {
    const free = event.target === document.body || root.contains(event.target) || event.target.id === "main";
    if (!KEYS[event.key] || !free || event.altKey || event.ctrlKey || event.metaKey || !view?.card) return;
    event.preventDefault();
    answer(KEYS[event.key]);
  }, { signal });
  try {
    await open();
  } catch (error) {
    if (error.status !== 404) throw error;
    await open(true); // the data were cleaned since
  }
}

/** Let `face` be dragged; `answer` is told the direction when it was dragged far enough. */
function draggable(face, answer) {
  let from = null;
  const at = (event) => [event.clientX - from[0], event.clientY - from[1]];
  const towards = ([x, y]) => (Math.abs(x) > Math.abs(y) ? (x > 0 ? "like" : "dislike") : y < 0 ? "love" : "skip");
  const back = () => {
    from = null;
    face.style.transform = "";
    delete face.dataset.towards;
  };
  face.addEventListener("pointerdown", (event) => {
    from = [event.clientX, event.clientY];
    face.setPointerCapture(event.pointerId);
  });
  face.addEventListener("pointermove", (event) => {
    if (!from) return;
    const moved = at(event);
    face.style.transform = `translate(${moved[0]}px, ${moved[1]}px) rotate(${moved[0] / 18}deg)`;
    if (Math.hypot(...moved) > FAR) face.dataset.towards = towards(moved);
    else delete face.dataset.towards;
  });
  face.addEventListener("pointerup", (event) => {
    if (!from) return;
    const moved = at(event);
    back();
    if (Math.hypot(...moved) > FAR) answer(towards(moved));
  });
  face.addEventListener("pointercancel", back);
}

const profile = (found) =>
  h("section", { class: "card profile" }, h("h2", {}, "Your taste"),
    h("ul", { class: "plain" }, [...found.facets].sort((a, b) => Math.abs(b.position) - Math.abs(a.position)).map((one) =>
      h("li", {}, h("p", { class: "bar between" }, h("strong", {}, one.facet), h("span", { class: "fine" }, one.leaning)), lean(one), one.because[0] && h("p", { class: "fine" }, one.because[0])))));

export default { id: "quiz", title: "Quiz", lead: "Swipe, or use the arrow keys: left dislike, right like, up love, down skip.", needs: ["/api/auth/local", "/api/taste/quiz"], show };
