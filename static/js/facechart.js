/* Choosing zones on the face chart. Put the views, and any buttons, into [data-facechart]:
     data-pick="CM-R CM-L" chooses zones, data-pick="*" all that have a depth,
     data-both is the switch "Both sides" (aria-pressed).
   The element gets .facechart: select(codes), selected(), paint({"CM-R": "1.25"}); after a choice
   it sends the event "facechart:select" with detail.codes. The server's picture stays the record. */
(() => {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const band = (mm) => (!mm ? 0 : mm >= 1.5 ? 5 : mm > 1 ? 4 : mm > 0.75 ? 3 : mm > 0.5 ? 2 : 1);
  const twin = (code) => (code.endsWith("-R") ? code.slice(0, -1) + "L" : code.endsWith("-L") ? code.slice(0, -1) + "R" : code);

  const setUp = (root) => {
    const zones = [...root.querySelectorAll(".fc-zone[data-zone]")];
    const both = root.querySelector("[data-both]");
    let chosen = new Set(zones.filter((zone) => zone.getAttribute("aria-pressed") === "true").map((zone) => zone.dataset.zone));

    const ring = () => {
      root.querySelectorAll(".fc-rings").forEach((rings) => rings.replaceChildren());
      zones.forEach((zone) => zone.setAttribute("aria-pressed", chosen.has(zone.dataset.zone)));
      ["fc-halo", "fc-ring"].forEach((css) => zones.filter((zone) => chosen.has(zone.dataset.zone)).forEach((zone) => {
        const path = document.createElementNS(SVG, "path");
        path.setAttribute("class", css);
        path.setAttribute("d", zone.getAttribute("d"));
        zone.closest("svg").querySelector(".fc-rings").append(path);
      }));
    };

    const select = (codes) => {
      chosen = new Set(codes);
      ring();
      root.dispatchEvent(new CustomEvent("facechart:select", { bubbles: true, detail: { codes: [...chosen] } }));
    };

    const paint = (depths) => Object.entries(depths).forEach(([code, depth]) => {
      const mm = Number(depth) || 0;
      zones.filter((zone) => zone.dataset.zone === code).forEach((zone) => {
        zone.setAttribute("class", mm ? `fc-zone d${band(mm)}` : "fc-zone left-out");
        const name = zone.getAttribute("aria-label").split(",")[0];
        zone.setAttribute("aria-label", mm ? `${name}, ${mm.toFixed(2)}\u00a0mm` : `${name}, ${root.dataset.untreated || "not treated"}`);
      });
      root.querySelectorAll(`[data-number="${code}"]`).forEach((number) => {
        number.textContent = mm ? mm.toFixed(2).replace(/0$/, "") : "";
        number.setAttribute("class", `fc-number d${band(mm)}`);
      });
    });

    const choose = (code) => select(both?.getAttribute("aria-pressed") === "true" ? [code, twin(code)] : [code]);

    // A finger that just misses a narrow zone means the nearest one, up to 10 units away.
    const nearest = (svg, x, y) => {
      const inside = [...svg.querySelectorAll("[data-zone]")];
      const spot = inside.length && new DOMPoint(x, y).matrixTransform(inside[0].getScreenCTM().inverse());
      for (const reach of spot ? [4, 7, 10] : []) {
        for (let turn = 0; turn < 16; turn += 1) {
          const angle = (turn * Math.PI) / 8;
          const near = new DOMPoint(spot.x + reach * Math.cos(angle), spot.y + reach * Math.sin(angle));
          const hit = inside.find((zone) => zone.isPointInFill(near));
          if (hit) { return hit; }
        }
      }
      return null;
    };

    root.addEventListener("click", (event) => {
      const svg = event.target.closest("svg[data-view]");
      const zone = event.target.closest("[data-zone]") ?? (svg && nearest(svg, event.clientX, event.clientY));
      const pick = event.target.closest("[data-pick]");
      if (zone) { choose(zone.dataset.zone); }
      if (pick) { select(pick.dataset.pick === "*" ? zones.filter((one) => /\bd[1-5]\b/.test(one.getAttribute("class"))).map((one) => one.dataset.zone) : pick.dataset.pick.split(" ")); }
      if (both && both.contains(event.target)) { both.setAttribute("aria-pressed", both.getAttribute("aria-pressed") !== "true"); }
    });
    root.addEventListener("keydown", (event) => {
      const zone = event.target.closest("[data-zone]");
      if (!zone) { return; }
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(zone.dataset.zone); }
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (step) {
        event.preventDefault();
        const beside = [...zone.parentNode.querySelectorAll("[data-zone]")];
        beside[(beside.indexOf(zone) + step + beside.length) % beside.length].focus();
      }
    });

    root.facechart = { select, selected: () => [...chosen], paint };
  };

  document.querySelectorAll("[data-facechart]").forEach(setUp);
  document.addEventListener("htmx:afterSettle", (event) => {
    event.target.querySelectorAll?.("[data-facechart]").forEach((root) => { if (!root.facechart) { setUp(root); } });
  });
})();
