// A draft that was checked: the sentence whose sources are shown.
{
  let chosen; // by the reader: the id of a sentence, empty for none

  const show = (id) => {
    for (const claim of document.querySelectorAll("#checked .claim")) {
      claim.ariaExpanded = claim.id === id;
      document.getElementById(claim.getAttribute("aria-controls")).hidden = claim.id !== id;
    }
  };

  window.tenkyo.onClick({
    "#checked .claim": (claim) => show((chosen = claim.ariaExpanded === "true" ? "" : claim.id)),
  });

  document.addEventListener("keydown", (event) => {
    if (![" ", "Enter"].includes(event.key) || !event.target.matches?.("#checked .claim")) return;
    event.preventDefault();
    event.target.click();
  });

  // Each new state of the draft has the sentence open that the reader chose; a new draft, that of the server.
  window.tenkyoChecked = (element) => {
    if (!element.querySelector(".claim")) chosen = undefined;
    if (chosen !== undefined) show(chosen);
  };
}
