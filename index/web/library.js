// The library: clicks in its table, and what may not even be sent.
{
  const { onClick, tell } = window.tenkyo;

  onClick({
    "#articles th button": (head) => tell(head, "apply", { column: head.dataset.column }),
    "#articles .more": (more) => tell(more, "expand", {}),
  });

  document.addEventListener("change", ({ target }) => {
    if (!target.matches("#articles [type=checkbox]")) return;
    const [every, ...boxes] = document.querySelectorAll("#articles [type=checkbox]");
    if (target !== every) every.checked = boxes.every((box) => box.checked);
    tell(target, "select", { id: target.value, on: target.checked });
  });

  // A row that is given another article keeps what was pressed in it.
  window.tenkyoSettle = (element) => {
    for (const box of element.querySelectorAll("[type=checkbox]")) box.checked = box.hasAttribute("checked");
  };

  // The server refuses too much as well, but only once it has all been sent.
  const check = (event, files, folder) => {
    const size = files.reduce((sum, file) => sum + file.size, 0);
    const fault = folder ? "⟦library_a_folder⟧" : size > 1e8 ? "⟦library_too_much⟧" : "";
    document.querySelector("#work .warning").textContent = fault;
    if (!fault) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("#files [type=file]")) check(event, [...event.target.files], false);
  }, true);

  document.addEventListener("drop", (event) => {
    if (!event.target.closest?.("#files")) return;
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.());
    check(event, [...event.dataTransfer.files], entries.some((entry) => entry?.isDirectory));
  }, true);
}
