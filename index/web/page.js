// The page around a conversation: brightness, language, menus, the question box, the list of the kept.
// What Python should know goes out as a "tenkyo" event from inside the HTML component that is meant.
window.tenkyo = (() => {
  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);
  const tell = (from, name, data) =>
    from.dispatchEvent(new CustomEvent("tenkyo", { bubbles: true, detail: { name, data } }));

  // What was chosen here is a cookie, so that every page follows it.
  const kept = (name) =>
    document.cookie.split("; ").find((part) => part.startsWith(`tenkyo-${name}=`))?.split("=")[1] ?? "";
  const keep = (name, value) => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    const path = new URL(document.baseURI).pathname;
    document.cookie = `tenkyo-${name}=${value}; Path=${path}; Max-Age=31536000; SameSite=Lax${secure}`;
  };

  const address = (id) => {
    const url = new URL(location);
    if (id) url.searchParams.set("c", id);
    else url.searchParams.delete("c");
    if (url.href !== location.href) history.replaceState(history.state, "", url);
    root.classList.toggle("kept", Boolean(id));
  };
  const conversation = () => new URLSearchParams(location.search).get("c") ?? "";

  // Puts a turn (a question and how far its answer has come) in its place; what came after it goes.
  const append = (shown, told) => {
    if (!told) return [shown];
    address(told.conversation);
    return [[...shown.slice(0, 2 * told.turn - 2), ...told.messages]];
  };

  const item = (element) => {
    const li = element.closest("[data-id]");
    return { id: li.dataset.id, title: li.querySelector(".open").textContent };
  };

  // What is done with what is clicked, by selectors; ``failed`` is called where that was a promise and broke.
  const onClick = (acts, failed) =>
    document.addEventListener("click", (event) => {
      for (const [selector, act] of Object.entries(acts)) {
        const clicked = event.target.closest?.(selector);
        if (clicked) act(clicked, event)?.catch?.(failed);
      }
    });

  onClick({
    "#masthead .new": (button) => tell(button, "clear"),
    "#history .open": (button) => tell(button, "select", item(button)),
    "#history .rename": (button) => {
      const form = button.closest("li").querySelector("form");
      form.hidden = !form.hidden;
      form.elements.title.select();
    },
    "#history .delete": (button) => tell(button, "delete", item(button)),
    "#history .restore": (button) => tell(button, "undo", { id: button.dataset.id }),
    "#conversation .widen": (button) =>
      tell(find("#sources .bar"), "submit", { question: button.dataset.question }),
  });

  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.menu[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    if (form.matches(".naming")) tell(form, "edit", { id: item(form).id, title: form.elements.title.value });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    find("#history.open .toggle-button")?.click();
    const open = find("details.menu[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  document.addEventListener("toggle", (event) => {
    if (!event.target.matches(".export[open]")) return;
    for (const file of event.target.querySelectorAll("a")) {
      file.href = `conversation/${conversation()}/export?format=${file.dataset.format}`;
    }
  }, true);

  document.addEventListener("change", (event) => {
    if (!event.target.matches(".view select")) return;
    keep(event.target.name, event.target.value);
    if (event.target.name === "language") location.reload();
    else brighten();
  });

  // Enter that ends a composition confirms the word, and with Shift it breaks the line; neither sends.
  for (const name of ["keydown", "keypress", "keyup"]) {
    document.addEventListener(name, (event) => {
      const composing = event.isComposing || event.keyCode === 229 || event.shiftKey;
      if (event.key === "Enter" && composing) event.stopImmediatePropagation();
    }, true);
  }

  // Gradio follows the system; a choice made here goes before it.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const brighten = () => {
    const scheme = kept("scheme");
    const wanted = scheme ? scheme === "dark" : dark.matches;
    if (root.dataset.scheme !== scheme) root.dataset.scheme = scheme;
    if (document.body && document.body.classList.contains("dark") !== wanted) {
      document.body.classList.toggle("dark", wanted);
    }
    const select = find(".view [name=scheme]");
    if (select && select.value !== scheme) select.value = scheme;
  };

  // What Gradio says in English whatever the language, or says wrongly to those who hear the page.
  const said = {
    Error: "⟦toast_error⟧",
    Warning: "⟦toast_warning⟧",
    "This application is currently busy. Please try again.": "⟦toast_busy⟧",
    "Connection to the server was lost. Attempting reconnection...": "⟦toast_lost⟧",
    Liked: "⟦right⟧",
    Disliked: "⟦wrong⟧",
  };
  const settle = () => {
    brighten();
    for (const part of document.querySelectorAll(".toast-title, .toast-message-text")) {
      const words = said[part.textContent.trim()];
      // The same words again would be a change as well, and call this for ever.
      if (words && words !== part.textContent.trim()) part.textContent = words;
    }
    for (const thumb of document.querySelectorAll("[title=Liked], [title=Disliked]")) {
      thumb.ariaLabel = thumb.title = said[thumb.title];
    }
    if (root.lang !== window.tenkyoLanguage) root.lang = window.tenkyoLanguage; // Gradio puts the browser's own there
    find(".toggle-button")?.setAttribute("aria-label", "⟦history⟧");
    find("#files button:has([type=file])")?.setAttribute("aria-label", "⟦library_files⟧");
    for (const part of document.querySelectorAll("#conversation [data-testid][aria-label]")) {
      part.removeAttribute("aria-label");
    }
    find("#conversation .examples[role]")?.removeAttribute("role"); // a list without items
    find("#conversation [role=log]")?.setAttribute("aria-label", "⟦conversation⟧");
  };
  new MutationObserver(settle).observe(root, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["class", "lang"],
  });

  // An article that is opened from here leads back to this very place.
  addEventListener("pagehide", () =>
    self.navigation && sessionStorage.setItem("tenkyo-chat", navigation.currentEntry.key));

  return { append, conversation, find, onClick, tell };
})();
