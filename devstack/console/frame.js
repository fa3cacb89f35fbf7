/* Shows one HTML document that the console hands over. This page has no origin, so the document reaches
   nothing; its scripts are not run, its inline styles are. */
addEventListener("message", ({ data, source }) => {
  if (source !== parent || typeof data !== "string") return;
  const shown = new DOMParser().parseFromString(data, "text/html");
  document.documentElement.lang = shown.documentElement.lang || "en";
  document.title = shown.title;
  document.body.replaceWith(document.adoptNode(shown.body));
});
parent.postMessage("ready", "*");
