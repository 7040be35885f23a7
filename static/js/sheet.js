/* The session sheet. Every form with data-tap posts without this file; with it each tap is a small
   request, sent in order. When the network is away the queue waits in memory and is tried again;
   the page says how many changes wait and asks before it is closed. */
(() => {
  "use strict";

  const sheet = document.querySelector("[data-sheet]");
  if (!sheet) { return; }
  const live = document.getElementById("live");
  const words = sheet.dataset;
  const tablet = words.tablet;
  let version = words.version;
  let sequence = 0;
  let chosen = null;
  let sending = false;
  let pause = 1000;
  let onward = "";
  let kitIsShown = true;  // as the last answer left it: then a tap on zones need not draw it again
  const queue = [];

  const say = (text) => { const status = document.getElementById("status"); if (status) { status.textContent = text; } };
  const band = (code) => code.replace(/-[RL]$/, "");
  const rowOf = (code) => live.querySelector(`[data-row="${CSS.escape(code)}"]`);
  const chart = () => live.querySelector("[data-facechart]");
  const two = (mm) => Number(mm).toFixed(2);

  // Waiting and saved ------------------------------------------------------

  const showWaiting = () => {
    const line = document.querySelector("[data-saved]");
    if (!line || !queue.length) { return; }
    line.classList.add("waiting");
    line.textContent = queue.length === 1 ? words.wordOne : `${queue.length} ${words.wordWaiting}`;
  };
  window.addEventListener("beforeunload", (event) => { if (queue.length) { event.preventDefault(); } });

  // A link waits until everything is saved: leaving early would lose what is on its way.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !queue.length || link.target || link.dataset.pick || link.dataset.pickRow || "product" in link.dataset) { return; }
    event.preventDefault();
    onward = link.href;
    showWaiting();
  });

  // Sending, one after the other ---------------------------------------------

  const send = async () => {
    if (sending || !queue.length) { return; }
    sending = true;
    const tap = queue[0];
    tap.body.set("version", version);
    tap.body.set("kit", kitIsShown ? "shown" : "");
    let answer;
    try {
      answer = await fetch(tap.url, {
        method: "POST",
        body: tap.body,
        headers: { "HX-Request": "true", "HX-Current-URL": location.href },
        credentials: "same-origin",
      });
    } catch {
      answer = null;
    }
    sending = false;
    if (answer === null || answer.status >= 500) { later(); return; }
    if (answer.status === 401 || answer.status === 403) { showWaiting(); say(words.wordOut); const line = document.querySelector("[data-saved]"); if (line) { line.textContent = words.wordOut; } later(); return; }
    pause = 1000;
    queue.shift();
    version = answer.headers.get("X-Sheet-Version") ?? version;
    if (answer.status === 409) { queue.length = 0; }
    if (answer.redirected) { location.assign(answer.url); return; }
    const html = await answer.text();
    const stops = answer.status === 409 || answer.status === 422;
    if (stops) { onward = ""; }
    if (!queue.length && onward) { location.assign(onward); return; }
    if (queue.length && !stops) { kitIsShown &&= html.includes("data-kept"); showWaiting(); } else { show(html, tap); }
    send();
  };
  const later = () => { showWaiting(); setTimeout(send, pause); pause = Math.min(pause * 2, 15000); };
  window.addEventListener("online", () => { pause = 1000; send(); });

  // What the server answers replaces the live part; focus and choice stay --------

  const show = (html, tap) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const focused = document.activeElement;
    const view = focused?.closest?.("svg[data-view]")?.dataset.view;
    const key = focused?.id ? `#${CSS.escape(focused.id)}` : focused?.dataset?.zone ? `${view ? `svg[data-view="${view}"] ` : ""}[data-zone="${focused.dataset.zone}"]` : "";
    const open = live.querySelector("#table")?.open;
    page.querySelectorAll("[data-replace]").forEach((piece) => {
      document.getElementById(piece.dataset.replace)?.replaceChildren(...piece.childNodes);
      piece.remove();
    });
    // Another tap does not take away what is being typed about a product.
    const typing = tap?.kind === "topical" ? null : live.querySelector("[data-product-form]");
    page.querySelectorAll("[data-kept]").forEach((place) => { place.replaceWith(document.getElementById(place.id)); });
    kitIsShown = true;
    live.replaceChildren(...page.body.childNodes);
    if (typing) { live.querySelector("#product")?.replaceChildren(typing); }
    const table = live.querySelector("#table");
    if (table && open) { table.open = true; }
    live.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true, detail: { elt: live } }));
    settle();
    const refused = live.querySelector("[data-refused]");
    const ask = live.querySelector("[data-ask] button, [data-ask] input:not([type=hidden])");
    if (ask) { ask.focus(); } else if (refused) { refused.focus(); } else if (key) { live.querySelector(key)?.focus(); }
    const alert = refused ?? live.querySelector("[data-ask] [role=alert]");
    if (alert) { say(alert.textContent.trim()); }
    chosen = null;
    if (tap?.next) { const panel = live.querySelector("#panel"); chosen = panel?.dataset.codes.split(" ") ?? null; }
  };

  const settle = () => {
    live.querySelectorAll("[data-both]").forEach((button) => { button.hidden = false; });
  };

  // A tap ---------------------------------------------------------------------

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-tap]");
    if (!form || event.defaultPrevented) { return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    // A second touch of the same button opens no second unit.
    if (form.dataset.tap === "lot" && queue.some((tap) => tap.kind === "lot")) { return; }
    const button = event.submitter;
    const body = new FormData(form);
    if (button?.name) { body.set(button.name, button.value); }
    if (body.has("mm") && !body.get("mm")) { return; }
    sequence += 1;
    body.set("tablet", tablet);
    body.set("sequence", sequence);
    // After an endpoint the server chooses the next group that lacks one.
    const next = form.dataset.tap === "endpoint";
    if (next) { body.delete("selected"); } else if (chosen) { body.set("selected", chosen.join(" ")); }
    button?.closest("details[data-menu]")?.removeAttribute("open");
    queue.push({ url: form.action, body, next, kind: form.dataset.tap });
    paint(form.dataset.tap, body, button);
    send();
  }, true);

  // Seen at once, before the answer: the chip, the figure, the chart.
  const paint = (kind, body, button) => {
    button?.parentElement?.querySelectorAll(".chip[aria-pressed]").forEach((chip) => { if (chip.name === button.name) { chip.setAttribute("aria-pressed", chip === button); } });
    const codes = (body.get("zones") ?? "").split(" ").filter(Boolean);
    const field = { depth: "mm", passes: "passes", endpoint: "endpoint" }[kind];
    if (!field) { return; }
    codes.forEach((code) => { const row = rowOf(code); if (row) { row.dataset[field] = body.get(field); } });
    if (kind === "depth") {
      const figure = live.querySelector("[data-depth]");
      if (figure) { figure.textContent = two(body.get("mm")); }
      chart()?.facechart?.paint(Object.fromEntries(codes.map((code) => [code, body.get("mm")])));
    }
  };

  // Choosing zones: at once from the table, then the panel from the server -----------

  const nameOf = (codes) => {
    const row = rowOf(codes[0]);
    if (codes.length === 1) { return row?.dataset.label ?? codes[0]; }
    if (codes.length === 2 && band(codes[0]) === band(codes[1])) { return `${row?.dataset.pair ?? codes[0]} (${words.wordBoth})`; }
    return `${codes.length} ${words.wordZones}`;
  };
  const common = (codes, field) => { const values = new Set(codes.map((code) => rowOf(code)?.dataset[field] ?? "")); return values.size === 1 ? [...values][0] : ""; };

  const preview = (codes) => {
    const panel = live.querySelector("#panel");
    if (!panel) { return; }
    panel.querySelector("[data-name]").textContent = nameOf(codes);
    panel.querySelectorAll("input[name=zones]").forEach((input) => { input.value = codes.join(" "); });
    const mm = common(codes, "mm");
    const figure = panel.querySelector("[data-depth]");
    if (figure) { figure.textContent = mm ? two(mm) : "–"; }
    ["mm", "passes", "endpoint"].forEach((field) => {
      const value = common(codes, field);
      panel.querySelectorAll(`.chip[name=${field}]`).forEach((chip) => chip.setAttribute("aria-pressed", Boolean(value) && (field === "mm" ? Number(chip.value) === Number(value) : chip.value === value)));
    });
  };

  let asked = 0;
  const choose = async (codes) => {
    if (!codes.length) { return; }
    chosen = codes;
    const key = [...codes].sort().join(" ");
    live.querySelectorAll("[data-pick]").forEach((chip) => { if (chip.dataset.pick.split(" ").sort().join(" ") === key) { chip.setAttribute("aria-current", "true"); } else { chip.removeAttribute("aria-current"); } });
    preview(codes);
    say(nameOf(codes));
    if (queue.length) { return; }
    asked += 1;
    const mine = asked;
    try {
      const answer = await fetch(`${words.base}?zones=${encodeURIComponent(codes.join(","))}`, { headers: { "HX-Request": "true", "HX-Current-URL": location.href }, credentials: "same-origin" });
      if (!answer.ok || mine !== asked || queue.length) { return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const panel = page.querySelector("#panel");
      if (panel) { live.querySelector("#panel")?.replaceWith(panel); }
    } catch { /* the network is away: the panel shows what the table knows */ }
  };

  document.addEventListener("facechart:select", (event) => choose(event.detail.codes));
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick], [data-pick-row]");
    if (!pick || !live.contains(pick)) { return; }
    event.preventDefault();
    const codes = (pick.dataset.pick ?? pick.dataset.pickRow).split(" ");
    if (pick.dataset.pickRow) { chart()?.facechart?.select(codes); live.querySelector("#panel")?.scrollIntoView({ block: "nearest" }); }
  });

  // The form of a product comes when it is asked for, and goes again.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-product]");
    if (!link || !live.contains(link) || event.defaultPrevented) { return; }
    event.preventDefault();
    try {
      const answer = await fetch(link.href, { headers: { "HX-Request": "true", "HX-Current-URL": location.href }, credentials: "same-origin" });
      if (!answer.ok) { return; }
      const place = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#product");
      if (!place) { return; }
      live.querySelector("#product")?.replaceWith(place);
      place.querySelector("select, a")?.focus();
      place.scrollIntoView({ block: "nearest" });
    } catch { say(words.wordAway); }
  });

  // + and - change the depth of what is chosen, also with the focus on a zone.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) { return; }
    const id = { "+": "more", "=": "more", "-": "less" }[event.key];
    const button = id && document.getElementById(id);
    if (button && !button.disabled) { event.preventDefault(); button.click(); }
  });
  document.addEventListener("keydown", (event) => {
    const undo = document.getElementById("undo");
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && undo && !event.target.closest("input, textarea")) { event.preventDefault(); undo.click(); }
  });

  // A menu low on the page opens above the foot of the page, not under it.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details[data-menu][open]") && !event.target.closest("form, .kit-item")?.querySelector("[data-refused]")) { event.target.querySelector(".popover-card")?.scrollIntoView({ block: "nearest" }); }
  }, true);

  settle();
})();
