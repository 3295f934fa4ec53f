// The table of articles: sorted by a column, searched as one types, rows chosen.
const table = (() => {
  const { address, day, find, legible, make, number, say, tell, words } = base;
  const FIRST = 200; // rows shown before one asks for the others
  const every = find("every"); // null where nothing can be chosen
  const grid = document.querySelector("#articles table");
  const body = grid.tBodies[0];
  const heads = [...grid.querySelectorAll("th[aria-sort]")];
  const collator = new Intl.Collator(words.language, { numeric: true });
  const chosen = new Set();
  let articles = [];
  let found = [];
  let rows = new Map();
  let fresh = new Set();
  let limit = FIRST;
  let sort = { key: "published", down: true };

  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const value = (article) => (sort.key === "title" ? article.name : article[sort.key]) ?? "";

  const compare = (one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === "" || b === "") return (a === "") - (b === ""); // what is not known comes last
    const order = typeof a === "number" ? a - b : collator.compare(a, b);
    return sort.down ? -order : order;
  };

  const cell = (name, ...children) => make("td", { className: name, role: "cell" }, ...children);

  const box = (article) =>
    make("input", {
      type: "checkbox",
      value: article.id,
      checked: chosen.has(article.id),
      ariaLabel: say(words.choose_one, { title: article.name }),
    });

  const row = (article) => {
    const link = make("a", { href: address(article.id), lang: article.language ?? "" }, legible(article.name));
    const title = cell("title", make("bdi", {}, link));
    if (fresh.has(article.id)) title.append(make("small", { className: "fresh" }, words.fresh));
    const published = make("time", { dateTime: article.published ?? "" }, day(article.published));
    const passages = cell("passages", make("span", { ariaHidden: "true" }, number(article.passages)));
    passages.append(make("span", { className: "told" }, say(words.passages_of, { count: article.passages })));
    const made = make("tr", { role: "row" });
    if (every) made.append(cell("choose", make("label", {}, box(article))));
    made.append(
      title,
      cell("publisher", make("bdi", {}, legible(article.publisher))),
      cell("published", published),
      passages,
      cell("source", make("bdi", { title: legible(article.source) }, legible(article.source))),
    );
    return made;
  };

  const rowOf = (article) => {
    if (!rows.has(article.id)) rows.set(article.id, row(article));
    return rows.get(article.id);
  };

  const count = () => {
    const values = { articles: articles.length, found: found.length };
    const sentence = found.length < articles.length ? words.found : words.count;
    tell(find("count"), articles.length ? say(sentence, values) : "");
    find("none").hidden = found.length > 0 || articles.length === 0;
    find("more").hidden = found.length <= limit;
    tell(find("more"), say(words.more, { count: Math.max(found.length - limit, 0) }));
  };

  const mark = () => {
    if (!every) return;
    const seen = found.filter((article) => chosen.has(article.id)).length;
    const hidden = chosen.size - seen;
    const [line, tools] = find("chosen").children;
    const sentence = hidden ? words.chosen_hidden : words.chosen;
    tell(line, chosen.size ? say(sentence, { count: chosen.size, hidden }) : "");
    tools.hidden = chosen.size === 0;
    find("count").classList.toggle("told", chosen.size > 0); // its place is taken
    every.checked = seen > 0 && seen === found.length;
    every.indeterminate = seen > 0 && seen < found.length;
    for (const input of body.querySelectorAll("input")) input.checked = chosen.has(input.value);
  };

  const arrange = () => {
    const asked = fold(find("search").value).split(/\s+/).filter(Boolean);
    found = articles.filter((article) => asked.every((word) => article.folded.includes(word)));
    found.sort(compare);
    const wanted = found.slice(0, limit).map(rowOf);
    const same = wanted.length === body.rows.length && wanted.every((made, at) => made === body.rows[at]);
    if (!same) body.replaceChildren(...wanted);
    for (const head of heads) {
      const own = head.firstChild.dataset.key === sort.key;
      head.ariaSort = own ? (sort.down ? "descending" : "ascending") : "none";
    }
    grid.hidden = found.length === 0;
    count();
    mark();
  };

  const show = (given, added) => {
    fresh = added;
    rows = new Map();
    articles = given.map((article) => ({
      ...article,
      folded: fold([article.name, article.title, article.publisher, article.source].filter(Boolean).join("\n")),
    }));
    const known = new Set(given.map((article) => article.id));
    for (const id of [...chosen].filter((id) => !known.has(id))) chosen.delete(id);
    find("loading").hidden = true;
    find("empty").hidden = articles.length > 0;
    find("finding").hidden = articles.length === 0;
    arrange();
  };

  const choose = (ids, wanted) => {
    for (const id of ids) wanted ? chosen.add(id) : chosen.delete(id);
    mark();
  };

  find("finding").addEventListener("submit", (event) => event.preventDefault());
  find("search").addEventListener("input", () => {
    limit = FIRST;
    arrange();
  });
  for (const head of heads) {
    head.firstChild.addEventListener("click", (event) => {
      const { key } = event.currentTarget.dataset;
      sort = { key, down: sort.key === key ? !sort.down : key === "published" || key === "passages" };
      arrange();
    });
  }
  find("more").addEventListener("click", () => {
    const next = found[limit];
    limit = Infinity;
    arrange();
    rowOf(next).querySelector("a").focus();
  });
  every?.addEventListener("change", () => choose(found.map((article) => article.id), every.checked));
  body.addEventListener("change", ({ target }) => choose([target.value], target.checked));
  find("release")?.addEventListener("click", () => {
    choose([...chosen], false);
    find("search").focus();
  });

  return { chosen: () => [...chosen], release: () => choose([...chosen], false), show };
})();
