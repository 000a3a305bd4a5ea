// Tables of rows can be sorted by a head: up, down, and back as published. Totals, and what is unknown, stay last.
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  let published = null;

  // A cell over several rows becomes one in each, so that a row says itself what it is of.
  const part = () => {
    for (const row of [...body.rows]) {
      const first = row.cells[0];
      for (let below = row, left = first.rowSpan - 1; left > 0; left -= 1) {
        below = below.nextElementSibling;
        const copy = first.cloneNode(true);
        copy.removeAttribute("rowspan");
        copy.scope = "row";
        below.prepend(copy);
      }
      first.removeAttribute("rowspan");
    }
    published = [...body.rows];
  };

  const keyOf = (row, place) => {
    const text = row.cells[place].textContent.trim();
    const day = /^(\d+)年(\d+)月(\d+)日$/.exec(text);
    if (day) return Date.UTC(day[1], day[2] - 1, day[3]);
    if (/^\d+ [A-Z][a-z]+ \d{4}$/.test(text)) return Date.parse(text);
    if (/^-?[\d,]+(\.\d+)?%?$/.test(text)) return Number(text.replace(/[,%]/g, ""));
    return text;
  };

  const compare = (one, other, sign) => {
    if (typeof one === "number" && typeof other === "number") return sign * (one - other);
    if (typeof one !== typeof other) return typeof one === "number" ? -1 : 1;
    if (one === "—" || other === "—") return (one === "—") - (other === "—");
    return sign * one.localeCompare(other, document.documentElement.lang);
  };

  heads.forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      if (!published) part();
      const was = head.getAttribute("aria-sort");
      const now = was === "ascending" ? "descending" : was === "descending" ? null : "ascending";
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      const rows = [...published];
      if (now) {
        head.setAttribute("aria-sort", now);
        const sign = now === "ascending" ? 1 : -1;
        const isTotal = (row) => row.classList.contains("total");
        rows.sort((a, b) => isTotal(a) - isTotal(b)
          || (isTotal(a) ? 0 : compare(keyOf(a, place), keyOf(b, place), sign)));
      }
      body.append(...rows);
    });
  });
}
