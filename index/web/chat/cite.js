// Citations: open one, glance at one, show the sources of an older answer, go back to the text. The
// elements and their ids come from rendering/.
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

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    glance(null);
    close();
  });

  // A glance at the quote behind a number, under the pointer or with the keyboard on it.
  const preview = document.createElement("div");
  preview.id = "preview";
  preview.role = "tooltip";
  const glance = (link) => {
    const card = link && document.getElementById(link.getAttribute("href").slice(1));
    const quote = card?.querySelector("mark");
    preview.hidden = !quote;
    document.querySelector("a[aria-describedby=preview]")?.removeAttribute("aria-describedby");
    if (!quote) return;
    const line = (text, name) => {
      const p = document.createElement("p");
      p.textContent = text;
      p.className = name;
      return p;
    };
    const said = ["h3", ".state"].map((part) => card.querySelector(part)).filter(Boolean);
    preview.replaceChildren(
      line(quote.textContent, "quote"),
      ...said.map((part) => line(part.textContent, "from")),
    );
    document.body.append(preview);
    link.setAttribute("aria-describedby", "preview");
    const at = link.getBoundingClientRect();
    const left = Math.min(at.left, innerWidth - preview.offsetWidth - 12);
    const above = at.top - preview.offsetHeight - 8;
    preview.style.left = `${Math.max(12, left)}px`;
    preview.style.top = `${above > 8 ? above : at.bottom + 8}px`;
  };
  const over = (event) => (event.target.matches?.("a.cite") ? event.target : null);
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") glance(over(event));
  });
  document.addEventListener("focusin", (event) =>
    glance(event.target.matches?.(":focus-visible") ? over(event) : null),
  );
  document.addEventListener("scroll", () => glance(null), true);

  // A new question goes to the top of the window, and its answer grows below it.
  let latest = null;
  const arrange = () => {
    const turn = document.querySelector("#conversation .turn:last-child");
    if (turn && turn.id !== latest) {
      latest = turn.id;
      sheet(false);
      turn.scrollIntoView({ block: "start", behavior: behavior() });
    }
  };
  new MutationObserver(arrange).observe(document.documentElement, { childList: true, subtree: true });
})();
