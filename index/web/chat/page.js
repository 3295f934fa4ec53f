// The page around the conversation: language, brightness, the drawer of conversations, the filter,
// verdicts, the question box. What Python should know goes out as a "tenkyo" event from inside the
// HTML component that is meant; what it always should know is in window.tenkyo.said().
(() => {
  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);
  const tell = (from, name, data) =>
    from.dispatchEvent(new CustomEvent("tenkyo", { bubbles: true, detail: { name, data } }));

  // What was chosen here is a cookie, so that every page follows it.
  const kept = (name) =>
    document.cookie.split("; ").find((part) => part.startsWith(`tenkyo-${name}=`))?.split("=")[1] ?? "";
  const keep = (name, value) => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `tenkyo-${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  };

  // Language: the one chosen, else the first of the browser's that there is.
  const texts = window.tenkyo.texts;
  const offered = [kept("language"), ...navigator.languages.map((tag) => tag.split("-")[0])];
  const language = offered.find((name) => texts[name]) ?? "en";
  const { title, builtIn, between } = texts[language];
  window.tenkyo.words = texts[language];
  if (language !== window.tenkyo.language) root.classList.add("translating");
  root.lang = language;
  root.dataset.scheme = kept("scheme");

  const conversation = () => new URLSearchParams(location.search).get("c") ?? "";
  const narrowing = () => {
    const form = find("#filter form");
    const values = form ? new FormData(form) : new FormData();
    const day = (name) => values.get(name) || null;
    return {
      since: day("since"),
      until: day("until"),
      publisher: values.getAll("publisher"),
      article: values.getAll("article"),
    };
  };
  window.tenkyo.said = () =>
    JSON.stringify({
      language,
      conversation: conversation(),
      words: find("#history [name=words]")?.value ?? "",
      filter: narrowing(),
    });

  // The drawer of conversations.
  const drawer = (open) => {
    root.classList.toggle("looking-back", open);
    if (open) {
      tell(find("#history-head .bar"), "input");
      find("#history [name=words]").focus({ preventScroll: true });
    }
  };

  const item = (element) => {
    const li = element.closest("[data-id]");
    return { id: li.dataset.id, title: li.querySelector(".open").textContent };
  };

  const fill = (words) => {
    const box = find("#question textarea");
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, words);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  };

  // Verdicts given here stay on the page, also when it is drawn anew before Python has heard of them.
  const verdicts = new Map();
  const judged = (form) => [conversation(), form.dataset.turn, form.dataset.citation].join();

  const press = (form, { verdict, word }) => {
    for (const button of form.querySelectorAll("[aria-pressed]")) {
      button.ariaPressed = button.className === verdict;
    }
    form.querySelector(".word").hidden = false;
    if (form.elements.word.value !== word) form.elements.word.value = word;
  };

  const judge = (form, verdict) => {
    const said = { verdict, word: form.elements.word.value };
    verdicts.set(judged(form), said);
    press(form, said);
    tell(form, "like", { ...form.dataset, ...said });
    form.querySelector(".thanks").textContent = form.dataset.thanks;
  };

  const clicks = {
    "#masthead .history": () => drawer(!root.classList.contains("looking-back")),
    "#masthead .new": (button) => tell(button, "clear"),
    "#history .close": () => {
      drawer(false);
      find("#masthead .history").focus();
    },
    "#history .open": (button) => {
      tell(button, "select", item(button));
      drawer(false);
    },
    "#history .rename": (button) => {
      const form = button.closest("li").querySelector("form");
      form.hidden = !form.hidden;
      form.elements.title.select();
    },
    "#history .delete": (button) => tell(button, "delete", item(button)),
    "#history .restore": (button) => tell(button, "undo", { id: button.dataset.id }),
    "#desk .example": (button) => tell(button, "submit", { question: button.textContent }),
    "#desk .again": (button) => tell(button, "submit", { question: button.dataset.question }),
    "#desk .widen": (button) => {
      find("#filter form")?.reset();
      tell(button, "submit", { question: button.dataset.question });
    },
    "#desk .otherwise": (button) => fill(button.dataset.question),
    ".judging [aria-pressed]": (button) => judge(button.form, button.className),
  };

  document.addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(clicks)) {
      const button = event.target.closest?.(selector);
      if (button) act(button);
    }
    for (const open of document.querySelectorAll("details.menu[open], details.narrow[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
    if (root.classList.contains("looking-back") && event.target.closest?.("#desk")) drawer(false);
  });

  // The filter's form covers the conversation; it closes when the attention goes elsewhere.
  document.addEventListener("focusin", (event) => {
    const open = find("details.narrow[open]");
    if (open && !open.contains(event.target)) open.open = false;
  });

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    if (form.matches(".judging")) judge(form, form.querySelector("[aria-pressed=true]").className);
    if (form.matches(".naming")) {
      tell(form, "edit", { id: item(form).id, title: form.elements.title.value });
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (root.classList.contains("looking-back")) clicks["#history .close"]();
    const open = find("details.menu[open], details.narrow[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  // The filter says beside its name what is in force, also when it is closed.
  const force = () => {
    const form = find("#filter form");
    const day = ({ name, value }) => value && window.tenkyo.words[name].replace("{day}", value);
    const label = (box) => (box.type === "date" ? day(box) : box.parentElement.textContent.trim());
    const chosen = [...form.querySelectorAll("input:checked, input[type=date]")];
    const words = chosen.map(label).filter(Boolean);
    find("#filter .force").textContent = words.join(between);
    find("#filter details").classList.toggle("in-force", words.length > 0);
  };

  const winnow = (input) => {
    const words = input.value.normalize("NFKC").toLowerCase();
    for (const choice of input.closest("fieldset").querySelectorAll(".choice")) {
      choice.hidden = !choice.textContent.normalize("NFKC").toLowerCase().includes(words);
    }
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("#history [name=words]") && !event.isComposing) tell(event.target, "input");
    const said = event.target.matches(".judging input") && verdicts.get(judged(event.target.form));
    if (said) said.word = event.target.value;
    if (event.target.matches("#filter .find")) winnow(event.target);
    else if (event.target.matches("#filter input")) force();
  });
  document.addEventListener("compositionend", (event) => {
    if (event.target.matches("#history [name=words]")) tell(event.target, "input");
  });
  document.addEventListener("reset", (event) =>
    setTimeout(() => {
      event.target.querySelectorAll(".find").forEach(winnow);
      force();
    }),
  );

  document.addEventListener("change", (event) => {
    if (!event.target.matches(".view select")) return;
    keep(event.target.name, event.target.value);
    if (event.target.name === "language") location.reload();
    else brighten();
  });

  // Enter that ends a composition confirms the word, and with Shift it breaks the line; neither sends.
  for (const name of ["keydown", "keypress", "keyup"]) {
    document.addEventListener(
      name,
      (event) => {
        const composing = event.isComposing || event.keyCode === 229 || event.shiftKey;
        if (event.key === "Enter" && composing) event.stopImmediatePropagation();
      },
      true,
    );
  }

  // Gradio follows the system; a choice made here goes before it.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const brighten = () => {
    const wanted = kept("scheme") ? kept("scheme") === "dark" : dark.matches;
    if (root.dataset.scheme !== kept("scheme")) root.dataset.scheme = kept("scheme");
    if (document.body && document.body.classList.contains("dark") !== wanted) {
      document.body.classList.toggle("dark", wanted);
    }
    const select = find(".view [name=scheme]");
    if (select && select.value !== kept("scheme")) select.value = kept("scheme");
  };

  const address = (id) => {
    const url = new URL(location);
    if (id) url.searchParams.set("c", id);
    else url.searchParams.delete("c");
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  };

  const settle = () => {
    brighten();
    if (root.lang !== language) root.lang = language; // Gradio puts the browser's own there
    const spoken = find(`#name header[lang="${language}"]`);
    // Taking away a class that is not there is a change as well, and would call this again for ever.
    if (spoken && root.matches(".translating")) root.classList.remove("translating");
    const shown = find("#conversation [data-conversation]");
    if (shown) address(shown.dataset.conversation);
    root.classList.toggle("kept", Boolean(shown?.dataset.conversation));
    if (document.title !== title) document.title = title;
    for (const form of document.querySelectorAll(".judging")) {
      const said = verdicts.get(judged(form));
      if (said) press(form, said);
    }
    document.querySelectorAll(".toast-title, .toast-message-text").forEach((element) => {
      const words = builtIn[element.textContent.trim()];
      if (words) element.textContent = words;
    });
  };
  const watched = { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "lang"] };
  new MutationObserver(settle).observe(root, watched);
})();
