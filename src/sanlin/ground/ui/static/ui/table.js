/* Keys for staff lists: j and k move, Enter opens, x picks, / searches. They can be turned off.
   A page may bring several lists, and with each of them this file: it works once, for the first. */
(() => {
  if (document.documentElement.dataset.listKeys) return;
  document.documentElement.dataset.listKeys = "on";
  const rows = [...document.querySelectorAll("[data-rows] tbody tr")];
  const hint = document.querySelector("[data-keys]");
  if (!rows.length || !hint) return;
  const toggle = hint.querySelector("button");
  const kept = "keys-off";
  const show = () => { toggle.textContent = localStorage.getItem(kept) ? toggle.dataset.on : toggle.dataset.off; };
  hint.hidden = false;
  show();
  toggle.addEventListener("click", () => {
    if (localStorage.getItem(kept)) localStorage.removeItem(kept);
    else localStorage.setItem(kept, "1");
    show();
  });
  const mark = event => event.target.closest("tr")?.classList.toggle("on", event.target.checked);
  document.querySelector("[data-rows]").addEventListener("change", mark);
  const all = document.querySelector("[data-rows] [data-pick-all]");
  if (all) {
    all.hidden = false;
    all.addEventListener("change", event => {
      for (const box of document.querySelectorAll("[data-rows] tbody [name=pick]")) {
        box.checked = event.target.checked;
        box.closest("tr").classList.toggle("on", box.checked);
      }
    });
  }
  const here = () => rows.indexOf(document.activeElement?.closest("tr"));
  const go = to => rows[Math.max(0, Math.min(rows.length - 1, to))].focus();
  const verbs = {
    j: () => go(here() + 1),
    k: () => go(here() - 1),
    x: () => rows[here()]?.querySelector("[name=pick]")?.click(),
    "/": () => document.querySelector(".sieve [name=q], .sieve select")?.focus(),
    Enter: () => rows[here()]?.querySelector("td summary, td a")?.click(),
  };
  document.addEventListener("keydown", event => {
    const typing = event.target.matches("input, textarea, select, a, button, summary");
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
    if (localStorage.getItem(kept) || typing || !plain || !verbs[event.key]) return;
    if (event.key === "Enter" && here() < 0) return;
    verbs[event.key]();
    event.preventDefault();
  });
})();
