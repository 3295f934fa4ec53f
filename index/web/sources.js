// Sources: open one, glance at one, go back to the text, widen and copy them, judge them. Each turn of the
// conversation holds its sources in a <template>; the panel shows those of one turn.
(() => {
  const { conversation, find, onClick, tell } = window.tenkyo;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const behavior = () => (calm.matches ? "auto" : "smooth");
  const made = new WeakMap(); // what a template has become: what was widened or judged in it stays
  let opener = null;
  let latest = {};

  const make = (tag, name, text = "") => {
    const element = document.createElement(tag);
    element.className = name;
    element.textContent = text;
    return element;
  };

  const only = (name, element, selector) => {
    document.querySelectorAll(`${selector}.${name}`).forEach((other) => other.classList.remove(name));
    element?.classList.add(name);
  };

  // What can be done with a card, as far as it holds what that needs.
  const equip = (card) => {
    const tools = find("#card-tools").content.firstElementChild.cloneNode(true);
    for (const part of [...tools.children]) if (!card.dataset[part.dataset.needs]) part.remove();
    tools.querySelector(".open")?.setAttribute("href", card.dataset.href);
    card.append(tools);
    const { verdict, word } = card.dataset;
    if (verdict) press(card.querySelector(".judging"), verdict, word);
  };

  const press = (form, verdict, word) => {
    for (const button of form.querySelectorAll("[aria-pressed]")) {
      button.ariaPressed = button.classList.contains(verdict);
    }
    form.querySelector(".word").hidden = false;
    form.elements.word.value = word;
  };

  const sectionOf = (turn) => {
    const template = turn?.querySelector("template");
    if (!template) return null;
    if (!made.has(template)) {
      const section = template.content.firstElementChild.cloneNode(true);
      section.querySelectorAll(".card").forEach(equip);
      made.set(template, section);
    }
    return made.get(template);
  };

  const show = (turn) => {
    const section = sectionOf(turn);
    const old = find("#sources .sources");
    if (section && old !== section) old?.replaceWith(section);
    return section;
  };

  // The element that a link names: in the text, or in the sources of the link's own turn.
  const targetOf = (link) => {
    const name = link.getAttribute("href").slice(1);
    if (link.matches(".number")) return document.getElementById(name);
    const section = sectionOf(link.closest(".turn"));
    return section?.id === name ? section : section?.querySelector(`[id="${name}"]`);
  };

  // Scrolls the panel only, never the text. Of a card longer than the panel, the cited words.
  const bring = (target) => {
    const panel = find("#sources");
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
  const sheet = (shown) => find("#desk")?.classList.toggle("sheet", shown);
  const close = () => {
    sheet(false);
    opener?.focus({ preventScroll: true });
  };

  const follow = (link) => {
    const target = targetOf(link);
    if (!target) return;
    if (link.matches(".number")) {
      close();
      only("active", target, ".cite");
      target.scrollIntoView({ block: "nearest", behavior: behavior() });
      target.focus({ preventScroll: true });
      return;
    }
    show(link.closest(".turn"));
    sheet(true);
    opener = link;
    link.scrollIntoView({ block: "nearest" });
    only("active", target.matches(".card") ? target : null, ".card");
    only("active", link.matches(".cite") ? link : null, ".cite");
    bring(target);
  };

  // A glance at the quote behind a number, under the pointer or with the keyboard on it.
  const preview = make("div", "");
  preview.id = "preview";
  preview.role = "tooltip";
  const glance = (link) => {
    const card = link && targetOf(link);
    const quote = card?.querySelector("mark");
    preview.hidden = !quote;
    find("a[aria-describedby=preview]")?.removeAttribute("aria-describedby");
    if (!quote) return;
    const said = ["h3", ".state"].map((part) => card.querySelector(part)).filter(Boolean);
    preview.replaceChildren(
      make("p", "quote", quote.textContent),
      ...said.map((part) => make("p", "from", part.textContent)),
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

  // A line at the foot of the window, that goes away by itself. It is there before it says anything:
  // screen readers listen to what changes.
  const told = make("p", "told");
  told.role = "status";
  let silence = 0;
  const say = (line) => {
    told.textContent = line;
    clearTimeout(silence);
    silence = setTimeout(() => (told.textContent = ""), 4000);
  };

  const get = async (path) => {
    const answer = await fetch(path);
    if (!answer.ok || answer.redirected) throw new Error(path); // to the sign-in page, perhaps
    return answer;
  };

  const copyByHand = (text) => {
    const dialog = make("dialog", "by-hand");
    const box = make("textarea", "", text);
    const shut = make("button", "", "⟦close⟧");
    box.readOnly = true;
    box.ariaLabel = "⟦copy_by_hand⟧";
    shut.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    dialog.append(make("p", "", "⟦copy_by_hand⟧"), box, shut);
    document.body.append(dialog);
    dialog.showModal();
    box.select();
    if (!document.execCommand("copy")) return;
    dialog.close();
    say("⟦copied⟧");
  };

  // The text may still be on its way: browsers want to know at the click that something will be copied.
  const copy = async (text) => {
    try {
      const blob = text.then((string) => new Blob([string], { type: "text/plain" }));
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
      say("⟦copied⟧");
    } catch {
      copyByHand(await text); // over plain http there is no clipboard
    }
  };

  const copyFetched = ({ turn, citation, format = "text" }) => {
    const asked = new URLSearchParams({ turn, format, ...(citation && { citation }) });
    return copy(get(`conversation/${conversation()}/copy?${asked}`).then((answer) => answer.text()));
  };

  // Each press shows a stretch more of the article, while the cited words stay where they are.
  const widen = async (button) => {
    const card = button.closest(".card");
    const { article, start, end, sha } = card.dataset;
    const asked = new URLSearchParams({ start, end, sha });
    const around = await (await get(`around/${encodeURIComponent(article)}?${asked}`)).json();
    const passage = card.querySelector("blockquote");
    const anchor = passage.querySelector("mark") ?? button;
    const top = anchor.getBoundingClientRect().top;
    passage.prepend(make("bdi", "around", around.before));
    passage.append(make("bdi", "around", around.after));
    find("#sources").scrollTop += anchor.getBoundingClientRect().top - top;
    Object.assign(card.dataset, { start: around.start, end: around.end });
    if (around.more) return;
    card.focus({ preventScroll: true });
    button.remove();
  };

  const judge = (form, verdict) => {
    const { turn, citation } = form.closest(".card").dataset;
    const word = form.elements.word.value;
    press(form, verdict, word);
    tell(form, "like", { turn, citation, verdict, word });
    form.querySelector(".thanks").textContent = form.dataset.thanks;
  };
  const given = (button) => (button.classList.contains("right") ? "right" : "wrong");

  const acts = {
    "a.cite, a.number, a.offer": (link, event) => {
      event.preventDefault();
      follow(link);
    },
    "#sources .close": close,
    ".judging [aria-pressed]": (button) => judge(button.form, given(button)),
    "#desk button.copy": (button) => copyFetched({ ...button.closest(".card")?.dataset, ...button.dataset }),
    "#desk button.copy-address": (button) =>
      copy(Promise.resolve(button.closest(".card").querySelector("a.open").href)),
    "#desk button.around": widen,
  };
  onClick(acts, () => say("⟦failed_to_fetch⟧"));

  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".judging")) return;
    judge(event.target, given(event.target.querySelector("[aria-pressed=true]")));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    glance(null);
    close();
  });

  // A new question goes to the top of the window, and its answer grows below it; its sources are shown.
  const arrange = () => {
    if (!told.isConnected) document.body?.append(told); // Gradio empties the page when it begins
    const turn = [...document.querySelectorAll("#conversation .turn")].at(-1);
    const template = turn?.querySelector("template");
    const same = latest.id === turn?.id; // Gradio may keep an element and change what is in it
    if (!turn || (same && latest.template === template)) return;
    latest = { id: turn.id, template };
    show(turn);
    if (same) return;
    sheet(false);
    turn.closest(".bot-row")?.previousElementSibling?.scrollIntoView({ block: "start", behavior: behavior() });
  };
  new MutationObserver(arrange).observe(document.documentElement, { childList: true, subtree: true });
})();
