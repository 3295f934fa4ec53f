// What the page does by itself: open a citation, show the sources of an older answer, keep a
// half-composed word from being sent, put the words into the reader's language that Gradio leaves
// in English. The elements and their ids come from rendering.py.
(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let opener = null;

  const only = (name, element, selector) => {
    document.querySelectorAll(`${selector}.${name}`).forEach((other) => other.classList.remove(name));
    element?.classList.add(name);
  };

  const behavior = () => (calm.matches ? "auto" : "smooth");

  // Scrolls the panel only, never the text. Of a card longer than the panel, the cited words.
  const bring = (target) => {
    const panel = target.closest("#sources");
    const top = (element) =>
      element.getBoundingClientRect().top - panel.getBoundingClientRect().top + panel.scrollTop;
    const mark = target.querySelector(":scope > blockquote mark");
    const end = mark && top(mark) + mark.getBoundingClientRect().height - top(target);
    const place = end > panel.clientHeight - 80 ? mark : target;
    const margin =
      place === mark ? panel.clientHeight / 3 : parseFloat(getComputedStyle(target).scrollMarginTop);
    panel.scrollTo({ top: top(place) - margin, behavior: behavior() });
    target.focus({ preventScroll: true });
  };

  // The panel beside the text; on a phone it is a sheet over it.
  const sheet = (shown) => document.getElementById("desk")?.classList.toggle("sheet", shown);

  const open = (section, from) => {
    only("selected", section, ".sources");
    sheet(true);
    opener = from;
  };

  const close = () => {
    sheet(false);
    opener?.focus({ preventScroll: true });
  };

  const follow = (link) => {
    const target = document.getElementById(link.getAttribute("href").slice(1));
    if (!target) return;
    if (link.matches(".number")) {
      close();
      only("active", target, ".cite");
      target.scrollIntoView({ block: "nearest", behavior: behavior() });
      target.focus({ preventScroll: true });
      return;
    }
    open(target.closest(".sources"), link);
    link.scrollIntoView({ block: "nearest" });
    only("active", target.matches(".card") ? target : null, ".card");
    only("active", link.matches(".cite") ? link : null, ".cite");
    bring(target);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.cite, a.number, a.offer");
    if (link) {
      event.preventDefault();
      follow(link);
    } else if (event.target.closest?.("button.close")) {
      close();
    }
  });

  // Enter that ends a composition confirms the word; it is not meant for the form.
  const composing = (event) => event.isComposing || event.keyCode === 229;
  for (const name of ["keydown", "keypress", "keyup"]) {
    document.addEventListener(
      name,
      (event) => {
        if (event.key === "Enter" && composing(event)) event.stopImmediatePropagation();
        if (name === "keydown" && event.key === "Escape") close();
      },
      true,
    );
  }

  // A new question goes to the top of the window, and its answer grows below it.
  let latest = null;
  const arrange = () => {
    const turn = document.querySelector("#conversation .turn:last-child");
    if (turn && turn.id !== latest) {
      latest = turn.id;
      sheet(false);
      turn.scrollIntoView({ block: "start", behavior: behavior() });
    }
    document.querySelectorAll(".toast-title, .toast-message-text").forEach((element) => {
      const words = window.tenkyoWords[element.textContent.trim()];
      if (words) element.textContent = words;
    });
  };
  new MutationObserver(arrange).observe(document.documentElement, { childList: true, subtree: true });
})();
