// Asks the server how things stand, and brings it files, texts and wishes.
(() => {
  const { find, legible, say, size, tell, words } = base;
  const WORKING = 1000; // milliseconds between two looks while something is built
  const RESTING = 10_000;
  const NONE = { seen: false, added: [], removed: [] };
  const writable = find("adding") !== null;
  let state = null;
  let changes = NONE;
  let timer = 0;
  let turn = 0; // of looking; what an earlier one brings is out of date

  class Refusal extends Error {}

  const ask = async (path, request, silent) => {
    const answer = await fetch(`/library/${path}`, request).catch(() => null);
    if (answer === null) throw new Refusal(silent);
    if (answer.status === 401 || answer.redirected) throw new Refusal(words.signed_out);
    const told = await answer.json().catch(() => ({}));
    if (answer.ok || Array.isArray(told.refused)) return told;
    throw new Refusal(legible(told.error ?? words.unexpected));
  };

  const messageOf = (error) => {
    if (!(error instanceof Refusal)) throw error;
    return error.message;
  };

  // The articles come and go between two generations; a page that saw only one knows of no change.
  const compare = (before, after) => {
    if (!before) return NONE;
    const missing = (some, others) => {
      const known = new Set(others.map((article) => article.id));
      return some.filter((article) => !known.has(article.id));
    };
    const [old, now] = [before.articles, after.articles];
    return { seen: true, added: missing(now, old), removed: missing(old, now) };
  };

  const held = ({ articles }) => {
    const passages = articles.reduce((sum, article) => sum + article.passages, 0);
    return articles.length ? say(words.held, { articles: articles.length, passages }) : "";
  };

  const limits = ({ file_bytes, files, request_bytes, text_characters }) => {
    const values = { size: size(file_bytes), files, total: size(request_bytes) };
    tell(find("limits"), say(words.limits, values));
    find("pasting").querySelector("textarea").maxLength = text_characters;
  };

  const trouble = (message) => {
    tell(find("trouble"), message);
    find("trouble").hidden = message === "";
  };

  const render = (now) => {
    const first = state === null;
    if (!first && now.build.started !== state.build.started) changes = { ...NONE, seen: true };
    if (first || now.generation !== state.generation) {
      changes = compare(state, now);
      table.show(now.articles, new Set(changes.added.map((article) => article.id)));
      tell(find("held"), held(now));
    }
    state = now;
    if (!writable) return;
    if (first) limits(now.limits);
    work.show(now, changes);
  };

  const hold = () => {
    clearTimeout(timer);
    turn += 1;
    return turn;
  };

  const look = async () => {
    const own = hold();
    let lost = false;
    try {
      const now = await ask("state", { cache: "no-store" }, words.unreachable);
      if (own !== turn) return;
      render(now);
      trouble(now.damaged ? words.damaged : "");
    } catch (error) {
      if (own !== turn) return;
      lost = true;
      trouble(messageOf(error));
    }
    if (document.hidden && !state?.build.running) return;
    timer = setTimeout(look, state?.build.running || lost ? WORKING : RESTING);
  };

  const send = (path, body) => {
    const form = body instanceof FormData;
    const type = form ? {} : { "Content-Type": "application/json" };
    const request = { method: "POST", headers: { "X-Tenkyo": "1", ...type } };
    request.body = form ? body : JSON.stringify(body);
    return ask(path, request, words.unsent);
  };

  const start = async (kind, path, body) => {
    hold();
    work.begin(kind);
    try {
      await send(path, body);
      if (kind === "remove") table.release();
      await look();
    } catch (error) {
      work.fail(messageOf(error));
      timer = setTimeout(look, RESTING);
    }
  };

  // Which files may go, and why the others may not; the server looks again.
  const sorted = (files) => {
    const { file_bytes, files: most, request_bytes } = state.limits;
    const [taken, refused] = [[], []];
    let sum = 0;
    const why = (file) => {
      if (file.folder) return words.a_folder;
      if (file.size > file_bytes) return say(words.too_large, { size: size(file.size), most: size(file_bytes) });
      if (taken.length >= most) return say(words.too_many, { files: most });
      if (sum + file.size > request_bytes) return say(words.too_much, { total: size(request_bytes) });
      return "";
    };
    for (const file of files) {
      const reason = why(file);
      if (reason) refused.push({ path: file.name, reason });
      else {
        taken.push(file);
        sum += file.size;
      }
    }
    return [taken, refused];
  };

  const add = async (files) => {
    if (!state || files.length === 0) return;
    const [taken, refused] = sorted(files);
    hold();
    work.begin("add");
    work.refuse(refused);
    if (taken.length === 0) return work.fail("");
    const form = new FormData();
    for (const file of taken) form.append("files", file);
    try {
      const told = await send("files", form);
      work.refuse([...refused, ...(told.refused ?? [])]);
      if (told.accepted?.length) return look();
      work.fail("");
    } catch (error) {
      work.fail(messageOf(error));
    }
    timer = setTimeout(look, RESTING);
  };

  const paste = () => {
    const dialog = find("pasting");
    const form = dialog.querySelector("form");
    const { text } = form.elements;
    const count = () => {
      const most = state?.limits.text_characters ?? 0;
      tell(find("characters"), say(words.characters, { count: [...text.value].length, most }));
    };
    find("paste").addEventListener("click", () => {
      tell(find("paste-wrong"), "");
      count();
      dialog.showModal();
    });
    find("paste-close").addEventListener("click", () => dialog.close());
    text.addEventListener("input", count);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector(".main");
      button.disabled = true;
      try {
        await send("text", Object.fromEntries(new FormData(form)));
        form.reset();
        dialog.close();
        work.begin("add");
        look();
      } catch (error) {
        tell(find("paste-wrong"), messageOf(error));
      }
      button.disabled = false;
    });
  };

  const dropped = (transfer) => {
    const files = [];
    for (const item of transfer.items) {
      if (item.kind !== "file") continue;
      const entry = item.webkitGetAsEntry?.();
      if (entry?.isDirectory) files.push({ name: entry.name, folder: true });
      else files.push(item.getAsFile());
    }
    return files;
  };

  const drag = () => {
    const place = find("dropping");
    let depth = 0; // of elements entered and not left
    const ours = (event) => event.dataTransfer?.types.includes("Files");
    const cover = (step) => (event) => {
      if (!ours(event)) return;
      event.preventDefault(); // or the browser leaves the page for the file
      depth = Math.max(depth + step, 0);
      place.hidden = depth === 0 || find("pasting").open;
      tell(place.firstChild, state?.build.running ? words.busy_drop : words.drop);
    };
    addEventListener("dragenter", cover(1));
    addEventListener("dragleave", cover(-1));
    addEventListener("dragover", cover(0));
    addEventListener("drop", (event) => {
      cover(-Infinity)(event);
      if (!ours(event) || find("pasting").open || state?.build.running) return;
      add(dropped(event.dataTransfer));
    });
  };

  if (writable) {
    find("choose").addEventListener("click", () => find("files").click());
    find("files").addEventListener("change", ({ target }) => {
      const files = [...target.files];
      target.value = ""; // so that the same file can be chosen again
      add(files);
    });
    find("remove").addEventListener("click", () => start("remove", "remove", { ids: table.chosen() }));
    find("undo").addEventListener("click", () => start("undo", "undo", {}));
    find("rebuild").addEventListener("click", () => start("rebuild", "rebuild", {}));
    paste();
    drag();
  }
  document.addEventListener("visibilitychange", () => document.hidden || look());
  look();
})();
