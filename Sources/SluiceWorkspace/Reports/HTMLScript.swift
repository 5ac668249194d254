/// Filters the page of `HTMLReport`; without it everything is shown.
enum HTMLScript {
  static let text = """
    "use strict";
    const form = document.getElementById("filters");
    if (form) {
      const byId = (id) => document.getElementById(id);
      const items = [...document.querySelectorAll(".finding")].map((item) => ({
        item, ...item.dataset, text: item.textContent.toLowerCase(),
      }));
      const files = [...document.querySelectorAll(".file")];
      const buttons = [...document.querySelectorAll("button[aria-pressed]")];
      let path = "";
      const apply = () => {
        const words = byId("search").value.toLowerCase().split(/\\s+/).filter(Boolean);
        const wanted = {
          rule: byId("rule").value, severity: byId("severity").value,
          confidence: byId("confidence").value, path,
        };
        let shown = 0;
        for (const entry of items) {
          const fits = Object.keys(wanted).every((key) => !wanted[key] || entry[key] === wanted[key])
            && words.every((word) =>
              entry.text.includes(word) || entry.path.toLowerCase().includes(word));
          entry.item.hidden = !fits;
          if (fits) shown += 1;
        }
        for (const file of files) file.hidden = !file.querySelector(".finding:not([hidden])");
        byId("shown").textContent = shown === items.length
          ? `${items.length} shown` : `${shown} of ${items.length} shown`;
        byId("none").hidden = shown > 0;
        for (const button of buttons) {
          const [key, value] = Object.entries(button.dataset)[0];
          button.setAttribute("aria-pressed", String(wanted[key] === value));
        }
      };
      for (const button of buttons) {
        button.addEventListener("click", () => {
          const [key, value] = Object.entries(button.dataset)[0];
          if (key === "path") path = path === value ? "" : value;
          else byId(key).value = byId(key).value === value ? "" : value;
          apply();
        });
      }
      form.addEventListener("input", apply);
      form.addEventListener("submit", (event) => event.preventDefault());
      form.addEventListener("reset", () => { path = ""; setTimeout(apply); });
      form.hidden = false;
      apply();
    }
    """
}
