/* A page that is left alone is not shown for ever. When the time may be over it asks the server,
   which alone decides; an unsent form goes along and is back after the next sign-in. Typing and
   pointing without sending count as being here, at most once in four minutes. */
(() => {
  "use strict";

  const { leftAlone, stillHere } = document.currentScript.dataset;
  const FIRST_S = 15 * 60;
  const HERE_S = 4 * 60;
  let typedIn = null;
  let touched = false;
  let timer = 0;
  let asking = false;

  const send = (address, fields) => fetch(address, {
    method: "POST",
    headers: { "HX-Request": "true", "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "" },
    body: fields,
  });

  const unsent = () => {
    const fields = new FormData();
    fields.set("kept-page", location.pathname + location.search);
    if (!typedIn?.isConnected) { return fields; }
    const to = typedIn.getAttribute("action") || typedIn.getAttribute("hx-post") || location.pathname;
    fields.set("kept-action", new URL(to, location.href).pathname);
    for (const [name, value] of new FormData(typedIn)) {
      if (typeof value === "string") { fields.append(name, value); }
    }
    return fields;
  };

  const wait = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(() => ask(), (seconds + 2) * 1000);
  };

  // One question at a time; whichever comes too late carries the unsent form along.
  const ask = async (address = leftAlone) => {
    if (asking) { return; }
    asking = true;
    try {
      const answer = await send(address, unsent());
      const place = answer.headers.get("HX-Redirect");
      if (place) { location.assign(place); return; }
      wait(answer.status === 200 ? Math.max((await answer.json()).left_s, 5) : FIRST_S);
    } catch {
      wait(60);  // no connection: nothing is shown that was not shown before
    } finally {
      asking = false;
    }
  };

  setInterval(() => {
    if (touched) { touched = false; ask(stillHere); }
  }, HERE_S * 1000);

  ["pointerdown", "keydown"].forEach((kind) => document.addEventListener(kind, () => { touched = true; }, { passive: true }));
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form");
    if (form?.method === "post" || form?.hasAttribute("hx-post")) { typedIn = form; }
  });
  document.addEventListener("htmx:afterRequest", () => wait(FIRST_S));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { ask(); } });
  wait(FIRST_S);
})();
