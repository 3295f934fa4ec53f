// Marks the quotes that the address names (#quote-10-20&quote-50-60) in the article, goes to the first
// one and gives it the focus. Offsets count code points of the article's text, as the server does; a
// string here counts UTF-16 units. Each block says where in the text it starts (data-start).
(() => {
  const text = document.getElementById("text");
  const absent = document.getElementById("absent");
  if (!text || !absent) return; // the text is not the one that was quoted
  let marks = [];

  const named = () =>
    location.hash
      .slice(1)
      .split("&")
      .map((part) => /^quote-(\d{1,9})-(\d{1,9})$/.exec(part))
      .filter(Boolean)
      .map(([, start, end]) => [Number(start), Number(end)]);

  const units = (string, points) => {
    let at = 0;
    for (; points > 0; points -= 1) at += string.codePointAt(at) > 0xffff ? 2 : 1;
    return at;
  };

  const wrap = (node, from, to) => {
    const begin = units(node.data, from);
    const part = node.splitText(begin);
    part.splitText(units(part.data, to - from));
    const mark = document.createElement("mark");
    part.replaceWith(mark);
    mark.append(part);
    return mark;
  };

  const textNodes = (block) => {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  };

  const mark = ([start, end]) => {
    const made = [];
    for (const block of text.children) {
      let at = Number(block.dataset.start);
      for (const node of textNodes(block)) {
        const length = [...node.data].length;
        const from = Math.max(start - at, 0);
        const to = Math.min(end - at, length);
        if (from < to) made.push(wrap(node, from, to));
        at += length;
      }
    }
    return made;
  };

  const show = () => {
    for (const old of marks) old.replaceWith(...old.childNodes);
    text.normalize();
    const quotes = named();
    marks = quotes.flatMap(mark);
    if (quotes.length > 0) absent.hidden = marks.length > 0;
    if (marks.length === 0) return;
    marks[0].tabIndex = -1;
    marks[0].focus({ preventScroll: true });
    marks[0].scrollIntoView({ block: "start" });
  };

  addEventListener("hashchange", show);
  show();
})();
