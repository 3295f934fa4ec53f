// What the page fetches by itself of a conversation that is kept: text to copy, files to take away, what
// stands around a passage, questions to go on with. All of it goes into the page as text.
(() => {
  const { words } = window.tenkyo;
  const conversation = () =>
    document.querySelector("#conversation [data-conversation]")?.dataset.conversation ?? "";

  const get = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok || answer.redirected) throw new Error(address); // to the sign-in page, perhaps
    return answer;
  };

  const make = (tag, name, text = "") => {
    const element = document.createElement(tag);
    element.className = name;
    element.textContent = text;
    return element;
  };

  // A line at the foot of the window, that goes away by itself. It is there before it says anything:
  // screen readers listen to what changes.
  const told = make("p", "told");
  told.role = "status";
  let silence = 0;
  const tell = (line) => {
    told.textContent = line;
    clearTimeout(silence);
    silence = setTimeout(() => (told.textContent = ""), 4000);
  };

  const copyByHand = (text) => {
    const dialog = make("dialog", "by-hand");
    const box = make("textarea", "", text);
    const close = make("button", "", words.close);
    box.readOnly = true;
    box.ariaLabel = words.copyByHand;
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    dialog.append(make("p", "", words.copyByHand), box, close);
    document.body.append(dialog);
    dialog.showModal();
    box.select();
    if (!document.execCommand("copy")) return;
    dialog.close();
    tell(words.copied);
  };

  // The text may still be on its way: browsers want to know at the click that something will be copied.
  const copy = async (text) => {
    try {
      const blob = text.then((string) => new Blob([string], { type: "text/plain" }));
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
      tell(words.copied);
    } catch {
      copyByHand(await text); // over plain http there is no clipboard
    }
  };

  const copyFetched = ({ turn, citation, format = "text" }) => {
    const asked = new URLSearchParams({ turn, format, ...(citation && { citation }) });
    return copy(get(`/conversation/${conversation()}/copy?${asked}`).then((answer) => answer.text()));
  };

  const copyAddress = (button) =>
    copy(Promise.resolve(button.closest(".card").querySelector("a.open").href));

  // Each press shows a stretch more of the article, while the cited words stay where they are.
  const widen = async (button) => {
    const { article, start, end, sha } = button.dataset;
    const asked = new URLSearchParams({ start, end, sha });
    const answer = await get(`/around/${encodeURIComponent(article)}?${asked}`);
    const around = await answer.json();
    const card = button.closest(".card");
    const passage = card.querySelector("blockquote");
    const anchor = passage.querySelector("mark") ?? button;
    const top = anchor.getBoundingClientRect().top;
    passage.prepend(make("bdi", "around", around.before));
    passage.append(make("bdi", "around", around.after));
    card.closest("#sources").scrollTop += anchor.getBoundingClientRect().top - top;
    Object.assign(button.dataset, { start: around.start, end: around.end });
    if (around.more) return;
    card.focus({ preventScroll: true });
    button.remove();
  };

  const clicks = {
    "#desk button.copy": (button) => copyFetched(button.dataset),
    "#desk button.copy-address": copyAddress,
    "#desk button.around": widen,
  };

  document.addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(clicks)) {
      const button = event.target.closest?.(selector);
      if (button) act(button).catch(() => tell(words.failedToFetch));
    }
  });

  const nameFiles = (event) => {
    if (!event.target.matches(".export[open]")) return;
    for (const file of event.target.querySelectorAll("a")) {
      file.href = `/conversation/${conversation()}/export?format=${file.dataset.format}`;
    }
  };
  document.addEventListener("toggle", nameFiles, true);

  // Once an answer stands, what might be asked next; it is worked out only now.
  const offer = async (turn) => {
    turn.dataset.offered = "";
    const answer = await get(`/conversation/${conversation()}/followups`);
    const { questions } = await answer.json();
    if (questions.length === 0) return;
    const list = make("ul", "examples");
    for (const question of questions) {
      const button = make("button", "example", question);
      button.type = "button";
      const item = make("li", "");
      item.append(button);
      list.append(item);
    }
    const section = make("section", "followups");
    section.append(make("h3", "", words.suggestions), list);
    turn.append(section);
  };

  new MutationObserver(() => {
    if (!told.isConnected) document.body?.append(told); // Gradio empties the page when it begins
    const turn = document.querySelector("#conversation .turn:last-child:not([data-offered])");
    if (turn?.querySelector("footer") && conversation()) offer(turn).catch(() => {});
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
