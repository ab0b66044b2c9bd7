// Keeps every sheet in this browser from the moment it is entered until the server has said that it is
// stored, and sends it again with the same number until then. Without it the form works page by page.
const form = document.getElementById("sheet");
const shelf = (() => { try { localStorage.setItem("probe", "1"); localStorage.removeItem("probe"); return localStorage; } catch { return null; } })();

if (form && shelf) {
  const name = form.dataset.keep, here = location.pathname;
  const kept = document.getElementById("kept"), row = document.getElementById("row");
  const tally = document.getElementById("tally"), trouble = document.getElementById("trouble"), hand = document.getElementById("hand"), held = document.getElementById("held");
  const LONGEST = 30000; // milliseconds between two tries, and before an answer is given up
  let busy = false, wait = 1000, timer = 0;

  const read = () => { try { return JSON.parse(shelf.getItem(name)) ?? []; } catch { return []; } };
  const write = all => all.length ? shelf.setItem(name, JSON.stringify(all)) : shelf.removeItem(name);
  const number = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), one => one.toString(16).padStart(2, "0")).join("");
  const rowOf = client => kept.querySelector(`tr[data-client="${CSS.escape(client)}"]`);

  const count = () => {
    const local = read().length, n = kept.rows.length, words = { n, local, stored: n - local };
    if (!local) held.hidden = true;
    tally.textContent = tally.dataset.words.replace(/\{(\w+)\}/g, (_all, key) => words[key]);
  };
  const say = words => { trouble.textContent = words; trouble.hidden = !words; };

  const show = (entry, words) => { // a row of the list: as it is here, and once acknowledged as the server read it
    let line = rowOf(entry.client);
    if (!line) {
      line = row.content.firstElementChild.cloneNode(true);
      line.dataset.client = line.querySelector("[name=client]").value = entry.client;
      kept.prepend(line);
    }
    const [serial, marks, where] = line.cells;
    serial.textContent = entry.serial || "—";
    marks.textContent = entry.fault || words || entry.words;
    marks.classList.toggle("error", Boolean(entry.fault));
    where.textContent = words === undefined ? where.dataset.local : where.dataset.stored;
  };

  const keep = () => {
    const fields = [...new FormData(form)].filter(([key]) => key !== "csrfmiddlewaretoken").map(([key, value]) => [key, String(value)]);
    const told = Object.fromEntries(fields);
    const chosen = fields.filter(([key, value]) => /^m\d+$/.test(key) && value && value !== "0").map(([key]) => {
      const label = form.querySelector(`[name="${key}"]`).closest("label, .field").querySelector("strong");
      return label ? label.textContent : key;
    });
    const entry = { client: told.client, serial: told.strange ? "" : told.serial.trim(), words: chosen.join("、"), fields };
    write([...read().filter(one => one.client !== entry.client), entry]);
    show(entry);
  };

  const send = async entry => { // true: acknowledged, or refused with a sentence; false: nobody knows, so again
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    entry.fields.forEach(([key, value]) => body.append(key, value));
    const answer = await fetch(here, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", signal: AbortSignal.timeout(LONGEST) });
    const plain = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (answer.type === "opaqueredirect" || answer.status === 403 || (answer.ok && !plain)) { say(trouble.dataset.door); return false; }
    if (answer.ok) {
      const told = await answer.json();
      if (told.stored !== entry.client) return false;
      write(read().filter(one => one.client !== entry.client));
      show({ ...entry, serial: told.serial }, told.words);
      return true;
    }
    if (!plain) return false;
    const { fault } = await answer.json();
    write(read().map(one => one.client === entry.client ? { ...one, fault } : one));
    show({ ...entry, fault });
    return true;
  };

  const pump = async () => {
    clearTimeout(timer);
    if (busy) return;
    busy = true;
    for (let next; (next = read().find(one => !one.fault)); ) {
      let known = false;
      try { known = await send(next); } catch { say(trouble.dataset.offline); }
      count();
      if (!known) { timer = setTimeout(pump, wait); wait = Math.min(2 * wait, LONGEST); busy = false; return; }
      wait = 1000;
      say("");
    }
    busy = false;
    count();
  };

  form.addEventListener("submit", event => {
    event.preventDefault();
    if (!form.serial.value.trim() && !form.strange.checked) { form.serial.focus(); return; }
    keep();
    form.reset();
    form.client.value = number();
    count();
    form.serial.focus();
    pump();
  });
  kept.addEventListener("submit", event => { // what never left this browser is dropped here
    const client = event.target.client.value, entry = read().find(one => one.client === client);
    if (!entry) return;
    if (entry.fault) {
      event.preventDefault();
      write(read().filter(one => one.client !== client));
      rowOf(client).remove();
      form.serial.value = entry.serial;
      form.serial.focus();
      count();
    } else { event.preventDefault(); pump(); } // on its way: it can be taken back once it is stored
  });
  hand.addEventListener("submit", event => {
    const n = read().length;
    if (!n) return;
    event.preventDefault();
    held.textContent = hand.dataset.wait.replace("{n}", n);
    held.hidden = false;
    pump();
  });
  addEventListener("online", pump);

  for (const entry of read()) {
    if (rowOf(entry.client)) write(read().filter(one => one.client !== entry.client)); // stored; only its answer was lost
    else show(entry);
  }
  form.reset();
  form.client.value = number();
  count();
  pump();
}
