// A figure leads to what is behind it: what its column is made from, and the command that follows it to its loans.
const figures = new Map();

// Cells with their row and their place among the columns; a record and a turned table have a column in each line.
const cellsOf = (section) => {
  const table = section.querySelector("table");
  if (!table) {
    return [...section.querySelectorAll(".record > div")]
      .map(({ children: [head, cell] }, place) => ({ cell, head, row: 0, place, along: "row" }));
  }
  const heads = table.tHead.rows[0].cells;
  const isTurned = table.classList.contains("turned");
  return [...table.tBodies[0].rows].flatMap(({ cells }, line) => [...cells].map((cell, index) => {
    const place = heads.length - cells.length + index;
    return isTurned
      ? { cell, head: cells[0], row: place - 1, place: line + 1, along: "row" }
      : { cell, head: heads[place], row: line, place, along: "place" };
  }));
};

for (const behind of document.querySelectorAll("section > details")) {
  const section = behind.parentElement;
  const names = [...behind.querySelectorAll(".rows code")].map((name) => name.textContent);
  const columns = new Map();
  for (const item of behind.querySelectorAll("li")) {
    const codes = item.querySelectorAll("code");
    const places = item.dataset.at.split(" ").map(Number);
    places.forEach((place, at) => columns.set(place, { item, name: codes[at], at, count: places.length }));
  }
  const found = cellsOf(section).filter(({ row, place }) => row >= 0 && columns.has(place));
  found.forEach((figure, at) => {
    const column = columns.get(figure.place);
    const words = [section.id, names[figure.row] ?? figure.row + 1, column.name.textContent].join(" ");
    figure.cell.classList.add("figure");
    figure.cell.tabIndex = at ? -1 : 0;
    figures.set(figure.cell, { ...figure, ...column, section, words });
  });
}

const dialog = document.querySelector("dialog");
const [title, command, model, what, copy] = ["h2", "code", ".model", ".what", "button"]
  .map((part) => dialog?.querySelector(part));

// Of what is told of several columns, on a line each between the first and the last, that of one.
const ofOne = (text, at, count) => {
  const [before, ...lines] = text.split("\n");
  const after = lines.pop();
  return lines.length === count ? `${before} ${lines[at].replace(/[,;；]$/, "")} ${after}` : text;
};

const open = ({ cell, head, section, item, at, count, words }) => {
  title.textContent = `${section.id} ${head.textContent.trim()}: ${cell.textContent.trim()}`;
  command.textContent = `${document.querySelector(".explain").textContent} ${words}`;
  model.textContent = item.closest("details").querySelector("code").textContent;
  what.replaceChildren(...[...item.cloneNode(true).childNodes].slice(2 * count));
  what.childNodes.forEach((part) => { part.textContent = ofOne(part.textContent, at, count); });
  copy.textContent = copy.dataset.copy;
  dialog.showModal();
};

// To the figure before or after, or to the next one above or below.
const move = (figure, step, isAlong) => {
  const order = [...figure.section.querySelectorAll(".figure")]
    .filter((cell) => !isAlong || figures.get(cell)[figure.along] === figure[figure.along]);
  const next = order[order.indexOf(figure.cell) + step];
  if (!next) return;
  figure.cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
};

const KEYS = { ArrowLeft: [-1, false], ArrowRight: [1, false], ArrowUp: [-1, true], ArrowDown: [1, true] };
document.addEventListener("keydown", (event) => {
  const figure = figures.get(event.target);
  if (!figure || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key in KEYS) move(figure, ...KEYS[event.key]);
  else if (event.key === "Enter" || event.key === " ") open(figure);
  else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  const figure = figures.get(event.target.closest?.(".figure"));
  if (figure && getSelection().isCollapsed) open(figure);
});
copy?.addEventListener("click", async () => {
  getSelection().selectAllChildren(command);
  await navigator.clipboard?.writeText(command.textContent);
  copy.textContent = copy.dataset.copied;
});
