"use strict";
(() => {
  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  const patches = [...document.querySelectorAll("details.patch")];
  const boxes = [...document.querySelectorAll("#filter input")];
  const cells = new Map([...document.querySelectorAll("[data-cell]")].map((cell) => [cell.dataset.cell, cell]));
  const search = find("search");
  const texts = new Map();

  const tell = (text) => { find("told").textContent = text; };

  const textOf = (patch) => {
    if (!texts.has(patch)) texts.set(patch, patch.textContent.toLowerCase());
    return texts.get(patch);
  };

  const select = () => {
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const patch of patches) {
      const isShown = wanted.has(patch.dataset.status) && words.every((word) => textOf(patch).includes(word));
      if (patch.hidden === isShown) patch.hidden = !isShown;
      cells.get(patch.id).classList.toggle("dim", !isShown);
      if (isShown) shown += 1;
    }
    find("nothing").hidden = shown > 0;
    tell(`${shown} of ${patches.length} patches shown`);
  };

  // Of many lines in the picture only those of one patch can be told apart.
  const strip = document.querySelector(".strip");
  let lit = [];
  const light = (id) => {
    for (const one of lit) one.classList.remove("lit");
    lit = id ? [...strip.querySelectorAll(`.arc[data-from="${id}"], .arc[data-to="${id}"]`)] : [];
    for (const one of lit) one.classList.add("lit");
  };

  const show = (element) => {
    const patch = element.closest("details.patch");
    light(patch && patch.id);
    if (patch && patch.hidden) {
      search.value = "";
      for (const box of boxes) box.checked = true;
      select();
    }
    for (let at = element; at; at = at.parentElement) if (at.localName === "details") at.open = true;
    const place = element.localName === "details" ? element.querySelector("summary") : element;
    place.focus({ preventScroll: true });
    element.scrollIntoView({ block: "start" });
  };

  const openRegions = () => [...document.querySelectorAll(".region.open")].filter((one) => !one.closest("details.patch").hidden);

  let current = null;
  const step = (by) => {
    const regions = openRegions();
    if (regions.length === 0) { tell("No open region is shown."); return; }
    const at = regions.indexOf(current);
    const next = at < 0 ? (by > 0 ? 0 : regions.length - 1) : (at + by + regions.length) % regions.length;
    if (current) current.classList.remove("current");
    current = regions[next];
    current.classList.add("current");
    show(current);
    tell(`Open region ${next + 1} of ${regions.length}`);
  };

  const follow = () => {
    const target = location.hash.length > 1 && find(location.hash.slice(1));
    if (target && target.closest("details.patch, .compared")) show(target);
  };

  // A report knows no folders of a machine, so a reader says what a command needs beside it.
  const commands = new Map([...document.querySelectorAll(".command code")].map((code) => [code, code.textContent]));
  const extend = () => {
    const options = find("options").value.trim();
    for (const [code, text] of commands) code.textContent = options ? `${text} ${options}` : text;
  };

  const foldAll = (isOpen) => { for (const patch of patches) patch.open = isOpen; };

  const copy = async (button) => {
    const code = button.previousElementSibling;
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    tell(`${button.textContent}: ${code.textContent}`);
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  };

  find("controls").hidden = false;
  find("presets").hidden = false;
  for (const button of document.querySelectorAll(".copy")) button.hidden = false;
  if (find("options")) {
    find("further").hidden = false;
    find("options").addEventListener("input", extend);
  }
  strip.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("[data-cell]");
    light(cell && cell.dataset.cell);
  });
  document.addEventListener("focusin", (event) => {
    const cell = event.target.closest("[data-cell]");
    const patch = event.target.closest("details.patch");
    if (cell || patch) light(cell ? cell.dataset.cell : patch.id);
  });
  // One stop of the tab key for the whole picture; arrows walk in it, as in a grid.
  strip.addEventListener("keydown", (event) => {
    const all = [...cells.values()];
    const at = all.indexOf(event.target.closest("[data-cell]"));
    const columns = Number(strip.dataset.columns);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    if (!all[to]) return;
    all[at].setAttribute("tabindex", "-1");
    all[to].setAttribute("tabindex", "0");
    all[to].focus();
  });
  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(select, 120); });
  find("filter").addEventListener("change", select);
  find("only-open").addEventListener("click", () => {
    const open = new Set(["partial", "conflicted", "broken"]);
    for (const box of boxes) box.checked = open.has(box.value);
    select();
  });
  find("all").addEventListener("click", () => { for (const box of boxes) box.checked = true; search.value = ""; select(); });
  find("unfold").addEventListener("click", () => foldAll(true));
  find("fold").addEventListener("click", () => foldAll(false));
  find("theme").addEventListener("change", (event) => { root.dataset.theme = event.target.value; });
  if (find("next")) {
    find("next").addEventListener("click", () => step(1));
    find("previous").addEventListener("click", () => step(-1));
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".copy");
    if (button) copy(button);
    const link = event.target.closest("a[href^='#p'], a[href^='#c']");
    if (link && find(link.getAttribute("href").slice(1))) setTimeout(follow);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea")) return;
    if (event.key === "n") step(1);
    if (event.key === "p") step(-1);
    if (event.key === "/") { event.preventDefault(); search.focus(); }
  });
  addEventListener("hashchange", follow);

  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of folded) one.open = false; });
  follow();
})();
