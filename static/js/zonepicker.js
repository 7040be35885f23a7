/* Choosing zones on the drawn face: an extra beside the check boxes, which stay the record. */
(() => {
  "use strict";

  const twinOf = (code) => code.endsWith("-R") ? code.replace("-R", "-L") : code.replace("-L", "-R");

  const arm = (picker) => {
    const chart = picker.querySelector("[data-zone-chart]");
    if (!chart) { return; }
    const boxOf = (code) => picker.querySelector(`input[value="${CSS.escape(code)}"]`);
    const twins = picker.querySelector("[data-zone-twins]");

    const show = () => chart.querySelectorAll("[data-zone]").forEach((zone) => {
      const box = boxOf(zone.dataset.zone);
      const chosen = Boolean(box?.checked);
      zone.setAttribute("aria-pressed", String(chosen));
      zone.setAttribute("aria-label", box?.parentElement.textContent.trim() ?? zone.dataset.zone);
      zone.classList.toggle("d3", chosen);
    });
    const choose = (code) => {
      const box = boxOf(code);
      if (!box) { return; }
      box.checked = !box.checked;
      const twin = twins.checked && twinOf(code) !== code ? boxOf(twinOf(code)) : null;
      if (twin) { twin.checked = box.checked; }
      box.dispatchEvent(new Event("change", { bubbles: true }));
      show();
    };
    chart.addEventListener("click", (event) => {
      const zone = event.target.closest("[data-zone]");
      if (zone) { choose(zone.dataset.zone); }
    });
    chart.addEventListener("keydown", (event) => {
      const zone = event.target.closest("[data-zone]");
      if (!zone || (event.key !== "Enter" && event.key !== " ")) { return; }
      event.preventDefault();
      choose(zone.dataset.zone);
    });
    picker.addEventListener("change", show);
    chart.hidden = false;
    show();
  };

  document.querySelectorAll("[data-zone-picker]").forEach(arm);
})();
