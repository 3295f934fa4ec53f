// The work at hand and its outcome: what is being built and how far it is, what was added, what was left
// out and why, and what can be undone.
const work = (() => {
  const { address, find, legible, make, minute, say, tell, words } = base;
  const SHOWN = 8; // names in a list
  const buttons = ["choose", "paste", "remove", "undo", "rebuild"].map(find).filter(Boolean);
  let refused = [];

  // What is told of a file by the server is in Japanese.
  const reason = ({ path, reason }) =>
    make(
      "li",
      {},
      make("bdi", { className: "file" }, legible(path)),
      make("span", { lang: "ja" }, legible(reason)),
    );

  const list = (title, className, items) =>
    items.length === 0 ? [] : [make("h3", {}, title), make("ul", { className }, ...items)];

  const named = (articles, linked) => {
    const items = articles.slice(0, SHOWN).map(({ id, name }) => {
      const shown = make("bdi", {}, legible(name));
      return make("li", {}, linked ? make("a", { href: address(id) }, shown) : shown);
    });
    const rest = articles.length - items.length;
    if (rest > 0) items.push(make("li", {}, say(words.and_more, { count: rest })));
    return items;
  };

  const left = (skipped) => list(words.skipped, "reasons", [...refused, ...skipped].map(reason));

  const outcome = ({ build }, changes) => [
    ...list(words.added, "names", named(changes.added, true)),
    ...list(words.removed, "names", named(changes.removed, false)),
    ...left(build.report?.skipped ?? []),
  ];

  const summary = ({ build, articles }) => {
    if (build.error) return words.unchanged;
    const passages = articles.reduce((sum, article) => sum + article.passages, 0);
    const now = say(words.now_held, { articles: articles.length, passages });
    if (!build.report) return now;
    const took = say(words.took, { seconds: Math.round(build.report.seconds * 10) / 10 });
    return [now, took].join(words.language === "en" ? " " : "");
  };

  const headline = ({ build }, changes) => {
    if (build.running) return words.at_work[build.kind] ?? words.at_work.rebuild;
    if (build.error) return words.failed;
    if (build.kind === "add" && changes.seen && !changes.added.length) return words.nothing_added;
    return words.done[build.kind] ?? "";
  };

  const bar = (build) => {
    const element = find("bar");
    element.hidden = !build.running;
    if (build.total > 0) {
      element.max = build.total;
      element.value = build.done;
    } else element.removeAttribute("value");
    const item = [build.total > 0 ? say(words.item, build) : "", legible(build.name)].filter(Boolean);
    tell(find("item"), build.running ? item.join("　") : "");
  };

  const undoing = ({ build, can_undo, undo, articles, writable }) => {
    find("undoing").hidden = build.running || !can_undo;
    const built = minute(undo?.built);
    const sentence = built ? words.undo_to : words.undo_to_undated;
    tell(find("undo-to"), undo ? say(sentence, { articles: undo.articles, built }) : "");
    find("rebuilding").hidden = build.running || !writable || articles.length === 0;
  };

  let shown = "";
  let failed = false; // it was not even begun: that stays until something else is

  const show = (state, changes) => {
    const { build } = state;
    failed &&= !build.running;
    if (failed) return undoing(state);
    const ended = !build.running && (build.kind || build.error);
    for (const button of buttons) button.disabled = build.running;
    tell(find("work-title"), build.running || ended ? headline(state, changes) : "");
    tell(find("stage"), build.running ? (words.stages[build.stage] ?? words.stages.model) : "");
    bar(build);
    find("meanwhile").hidden = !build.running;
    tell(find("wrong"), build.running ? "" : legible(build.error));
    tell(find("summary"), ended ? summary(state) : "");
    undoing(state);
    const now = JSON.stringify([build.running, build.report, build.error, state.generation, refused, changes]);
    if (now === shown) return;
    shown = now;
    find("outcome").replaceChildren(...(ended ? outcome(state, changes) : left([])));
  };

  // Between a press and the server's answer.
  const begin = (kind) => {
    refused = [];
    shown = "";
    failed = false;
    for (const button of buttons) button.disabled = true;
    tell(find("work-title"), words.at_work[kind]);
    tell(find("stage"), kind === "add" ? words.sending : "");
    for (const id of ["wrong", "summary"]) tell(find(id), "");
    find("outcome").replaceChildren();
    find("undoing").hidden = find("rebuilding").hidden = true;
    find("bar").removeAttribute("value");
    find("bar").hidden = false;
    find("work").focus();
  };

  const fail = (message) => {
    failed = true;
    for (const button of buttons) button.disabled = false;
    tell(find("work-title"), words.failed);
    tell(find("stage"), "");
    find("bar").hidden = true;
    tell(find("wrong"), message);
    find("outcome").replaceChildren(...left([]));
  };

  return { begin, fail, refuse: (files) => (refused = files), show };
})();
