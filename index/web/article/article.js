// Marks the quotes that the address names (#quote-10-20&quote-50-60) in the article, goes to the first
// one and gives it the focus. Offsets count code points of the article's text, as the server does; a
// string here counts UTF-16 units. Each block says where in the text it starts (data-start).
(() => {
  // The chat leaves its place in this tab's history; in another tab the link opens the chat anew.
  document.querySelector(".back").addEventListener("click", (event) => {
    const chat = sessionStorage.getItem("tenkyo-chat");
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (elsewhere || !self.navigation?.entries().some(({ key }) => key === chat)) return;
    event.preventDefault();
    navigation.traverseTo(chat);
  });

  const text = document.getElementById("text");
  const absent = document.getElementById("absent");
  if (!text || !absent) return; // the text is not the one that was quoted
  let marks = [];

  const leaves = (node) =>
    node.nodeType === Node.TEXT_NODE ? [node] : [...node.childNodes].flatMap(leaves);

  const mark = ([start, end]) =>
    [...text.children].flatMap((block) => {
      let at = Number(block.dataset.start);
      return leaves(block).flatMap((node) => {
        const points = [...node.data];
        const [from, to] = [Math.max(start - at, 0), Math.min(end - at, points.length)];
        at += points.length;
        if (from >= to) return [];
        const range = new Range();
        range.setStart(node, points.slice(0, from).join("").length);
        range.setEnd(node, points.slice(0, to).join("").length);
        const made = document.createElement("mark");
        range.surroundContents(made);
        return [made];
      });
    });

  const show = () => {
    for (const old of marks) old.replaceWith(...old.childNodes);
    text.normalize();
    const named = location.hash.matchAll(/(?<=[#&])quote-(\d{1,9})-(\d{1,9})(?=&|$)/g);
    const quotes = [...named].map(([, start, end]) => [Number(start), Number(end)]);
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
