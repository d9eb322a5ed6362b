"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const groups = [...document.querySelectorAll("details.group")];
  const rows = [...document.querySelectorAll("details.group tbody tr")];
  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) {
      const title = row.closest("details").querySelector("h3").textContent;
      texts.set(row, [title, ...[...row.children].map((cell) => cell.textContent)].join(" ").toLowerCase());
    }
    return texts.get(row);
  };
  const unfolded = new Set(groups.filter((group) => group.open));

  const select = () => {
    const words = find("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const isShown = words.every((word) => textOf(row).includes(word));
      if (row.hidden === isShown) row.hidden = !isShown;
      if (isShown) shown += 1;
    }
    for (const group of groups) {
      group.hidden = group.querySelector("tbody tr:not([hidden])") === null;
      group.open = words.length ? !group.hidden : unfolded.has(group);
    }
    find("nothing").hidden = shown > 0;
    find("told").textContent = `${shown} of ${rows.length} packages shown`;
  };

  find("controls").hidden = false;
  let waiting = 0;
  find("search").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(select, 150); });
  find("unfold").addEventListener("click", () => { for (const group of groups) group.open = true; });
  find("fold").addEventListener("click", () => { for (const group of groups) group.open = false; });
  find("theme").addEventListener("change", (event) => { document.documentElement.dataset.theme = event.target.value; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select")) return;
    event.preventDefault();
    find("search").focus();
  });
})();
