// The pictures of the corpus: fetched when they are looked at, walked through with the arrow keys.
const pictures = (() => {
  const { find, make, say, tell, words } = base;
  const NAMESPACE = "http://www.w3.org/2000/svg";
  const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const places = [...document.querySelectorAll("#pictures details")];
  let generation = null;

  const shapeOf = (link) => link.lastElementChild;
  const middle = (link) => {
    const box = shapeOf(link).getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };

  // The nearest in a direction; what lies aside counts twice.
  const nextOf = (links, from, [right, down]) => {
    const [x, y] = middle(from);
    let [found, least] = [from, Infinity];
    for (const link of links) {
      const [dx, dy] = middle(link).map((at, axis) => at - [x, y][axis]);
      const ahead = dx * right + dy * down;
      const away = ahead + 2 * Math.abs(dx * down + dy * right);
      if (link !== from && ahead > 0.5 && away < least) [found, least] = [link, away];
    }
    return found;
  };

  // One stop for the tab key, from which the arrows lead on.
  const walk = (svg) => {
    const stop = (link) => {
      svg.querySelector('a[tabindex="0"]')?.setAttribute("tabindex", "-1");
      link?.setAttribute("tabindex", "0");
    };
    const reachable = () => {
      const chosen = svg.querySelectorAll("g.chosen a");
      return chosen.length ? chosen : svg.querySelectorAll("a");
    };
    for (const link of svg.querySelectorAll("a")) link.setAttribute("tabindex", "-1");
    stop(svg.querySelector("a"));
    svg.addEventListener("focusin", ({ target }) => stop(target.closest("a")));
    svg.addEventListener("keydown", (event) => {
      const link = event.target.closest("a");
      if (!link || !WAYS[event.key]) return;
      event.preventDefault();
      nextOf(reachable(), link, WAYS[event.key]).focus();
    });
    return () => stop(reachable()[0]);
  };

  const readAloud = (place, svg) => {
    const reading = place.querySelector(".reading");
    const read = ({ target }) => {
      const link = target.closest("a");
      if (link) tell(reading, link.querySelector("title").textContent);
    };
    svg.addEventListener("pointerover", read);
    svg.addEventListener("focusin", read);
  };

  const sample = (group) => {
    const shape = shapeOf(group.querySelector("a")).cloneNode(true);
    for (const name of shape.localName === "circle" ? ["cx", "cy"] : ["x", "y"]) shape.setAttribute(name, "50%");
    const inside = document.createElementNS(NAMESPACE, "g");
    inside.setAttribute("class", group.getAttribute("class"));
    inside.append(shape);
    const svg = document.createElementNS(NAMESPACE, "svg");
    svg.setAttribute("class", "sample");
    svg.append(inside);
    return svg;
  };

  // One article at a time stands out; choosing it again lets all of them.
  const legend = (svg, begin) => {
    const groups = [...svg.querySelectorAll("g.article")].reverse();
    const coloured = groups.filter((group) => !group.matches(".rest"));
    const others = groups.filter((group) => group.matches(".rest"));
    const name = (group) => group.getAttribute("aria-label");
    const buttons = coloured.map((group) => {
      const button = make("button", { type: "button" }, sample(group), name(group));
      button.addEventListener("click", () => choose(group.matches(".chosen") ? null : group));
      return button;
    });
    const options = others.map((group, n) => make("option", { value: n, textContent: name(group) }));
    const more = make("select", { ariaLabel: words.picture_others }, make("option", { value: "", textContent: words.picture_others }), ...options);
    const choose = (chosen) => {
      for (const group of groups) group.classList.toggle("chosen", group === chosen);
      svg.classList.toggle("choosing", chosen !== null);
      coloured.forEach((group, n) => buttons[n].setAttribute("aria-pressed", group === chosen));
      if (!others.includes(chosen)) more.value = "";
      begin();
    };
    more.addEventListener("change", () => choose(others[more.value] ?? null));
    choose(null);
    return make("div", { className: "legend" }, ...buttons, ...(others.length ? [more] : []));
  };

  const put = (place, text) => {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    const svg = document.importNode(parsed, true);
    const { shown, total } = svg.dataset;
    const part = shown !== total && words.picture_part[place.dataset.name];
    tell(place.querySelector(".shown"), part ? say(part, { shown: Number(shown), total: Number(total) }) : "");
    tell(place.querySelector(".reading"), "");
    const begin = walk(svg);
    readAloud(place, svg);
    const above = place.dataset.name === "map" ? [legend(svg, begin)] : [];
    place.querySelector(".drawn").replaceChildren(...above, svg);
  };

  const load = async (place) => {
    if (place.dataset.generation === String(generation)) return;
    place.dataset.generation = generation;
    const answer = await fetch(`/library/pictures/${place.dataset.name}.svg`).catch(() => null);
    if (answer?.ok) put(place, await answer.text());
    place.hidden = !answer?.ok;
    find("pictures").hidden = places.every((each) => each.hidden);
  };

  // A folded one is fetched when it is opened.
  const show = (number) => {
    generation = number;
    for (const place of places) if (place.open) load(place);
  };

  for (const place of places) place.addEventListener("toggle", () => place.open && generation !== null && load(place));
  return { show };
})();
