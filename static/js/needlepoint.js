/* What every page shares: focus after a swap, toasts, confirmation, keys, the busy state.
   All of it is an extra: without this file each form posts and each link opens. */
(() => {
  "use strict";

  const say = (text) => {
    const status = document.getElementById("status");
    if (status) { status.textContent = text; }
  };

  // A swapped-in piece may ask for the focus: <h2 data-focus tabindex="-1">.
  document.addEventListener("htmx:afterSettle", (event) => {
    const wanted = event.detail.elt.closest?.("[data-focus]") ?? event.detail.elt.querySelector?.("[data-focus]");
    wanted?.focus();
    const spoken = event.detail.elt.querySelector?.("[data-say]");
    if (spoken) { say(spoken.dataset.say); }
  });

  // An error summary takes the focus when the page opens with one.
  document.querySelector(".error-summary")?.focus();

  // A failed request says so and leaves everything as it was typed.
  const words = document.body.dataset;
  document.addEventListener("htmx:sendError", () => toast("bad", words.failed));
  document.addEventListener("htmx:responseError", (event) => {
    toast("bad", event.detail.xhr.status < 500 ? words.refused : words.failed);
  });

  // Toasts: good news leaves by itself after eight seconds, the rest is closed by hand.
  const arm = (note) => {
    const close = note.querySelector("[data-dismiss-toast]");
    if (close) { close.hidden = false; close.addEventListener("click", () => note.remove()); }
    if (["success", "info"].includes(note.dataset.toast) && !note.querySelector("a, form")) {
      setTimeout(() => note.remove(), 8000);
    }
  };
  const toast = (kind, text) => {
    const note = document.createElement("div");
    note.className = `note note-${kind}`;
    note.dataset.toast = kind === "ok" ? "success" : "error";
    note.textContent = text;
    document.getElementById("toasts")?.append(note);
    setTimeout(() => note.remove(), 12000);
  };
  document.querySelectorAll("[data-toast]").forEach(arm);
  document.addEventListener("htmx:oobAfterSwap", (event) => event.detail.target.querySelectorAll?.("[data-toast]").forEach(arm));

  // <button data-confirm="Cancel this visit?"> asks first.
  const dialog = document.getElementById("confirm");
  const ask = (text, onYes) => {
    dialog.querySelector("#confirm-text").textContent = text;
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => { if (dialog.returnValue === "yes") { onYes(); } }, { once: true });
    dialog.showModal();
  };
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    const text = button?.dataset.confirm;
    if (!text || button.dataset.confirmed) { return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(text, () => { button.dataset.confirmed = "1"; button.form.requestSubmit(button); });
  }, true);
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) { return; }
    event.preventDefault();
    ask(event.detail.question, () => event.detail.issueRequest(true));
  });

  // A second click on a plain form's button does nothing while the first is on its way.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog") { return; }
    if (form.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
    if (!form.hasAttribute("hx-post")) { form.setAttribute("aria-busy", "true"); }
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy")));

  // One menu open at a time; Escape and a tap elsewhere close it.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });

  // A page that looks for news by itself waits while somebody writes in a menu of it.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const written = [...document.querySelectorAll("details[data-menu][open] input[type=text]")].some((field) => field.value);
    if (written && event.detail.elt.getAttribute("hx-trigger")?.startsWith("every")) { event.preventDefault(); }
  });

  // Steppers: the two buttons wake up and keep within the field's own limits.
  const wakeSteppers = () => document.querySelectorAll("[data-stepper] button").forEach((button) => { button.disabled = false; });
  wakeSteppers();
  document.addEventListener("htmx:afterSettle", wakeSteppers);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-stepper] [data-step]");
    const input = button?.parentElement.querySelector("input");
    if (!input) { return; }
    if (button.dataset.step < 0) { input.stepDown(); } else { input.stepUp(); }
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // Keys: G then a letter goes; a letter in data-key acts. Never inside a field.
  const keys = document.getElementById("keys");
  const showKeys = () => {
    const list = keys.querySelector("dl");
    list.replaceChildren();
    document.querySelectorAll("[data-go], [data-key]").forEach((target) => {
      const { go, key } = target.dataset;
      const name = document.createElement("dd");
      const press = document.createElement("dt");
      press.textContent = go ? `G ${keys.dataset.then} ${go.toUpperCase()}` : key.toUpperCase();
      const field = target.labels?.[0];
      const copy = (field ?? target).cloneNode(true);
      copy.querySelectorAll("kbd, .count").forEach((extra) => extra.remove());
      name.textContent = target.getAttribute("aria-label") || copy.textContent.trim();
      list.append(press, name);
    });
    keys.showModal();
  };
  if (keys && document.querySelector("[data-go], [data-key]") && !("noSingleKeys" in document.body.dataset)) {
    document.querySelectorAll("[data-show-keys]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", showKeys);
    });
  }

  let going = false;
  const typing = (target) => target.closest("input:not([type=radio],[type=checkbox]), textarea, select, [contenteditable], dialog[open]");
  const act = (element) => {
    if (element.matches("input, textarea, select")) { element.focus(); } else { element.click(); }
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details[data-menu][open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    if ("noSingleKeys" in document.body.dataset) { return; }
    const key = event.key.toLowerCase();
    if (key === "?" && keys) { showKeys(); return; }
    const target = going
      ? document.querySelector(`[data-go="${CSS.escape(key)}"]`)
      : document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    going = !going && key === "g";
    if (!target) { return; }
    event.preventDefault();
    act(target);
  });
})();
