// Draws the state that labkit/views/setup.py sends, and tells it when somebody can see it.

function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

function line(row) {
  const tr = make("tr", `lk-${row.state}`);
  const name = make("th", "", `${row.sign} ${row.name}`);
  name.scope = "row";
  const words = make("td", "lk-words", row.words);
  if (row.fraction !== null && row.fraction !== undefined) {
    const bar = make("div", "lk-bar");
    bar.setAttribute("role", "progressbar");
    bar.setAttribute("aria-label", row.name);
    bar.setAttribute("aria-valuenow", Math.round(row.fraction * 100));
    const full = make("div");
    full.style.width = `${row.fraction * 100}%`;
    bar.append(full);
    words.append(bar);
  }
  tr.append(name, make("td", "lk-what", row.what), words);
  return tr;
}

function render({ model, el }) {
  const root = make("div", "lk-setup");
  const summary = make("div", "lk-summary");
  summary.setAttribute("role", "status"); // announced when its text changes
  const grid = make("table");
  grid.setAttribute("aria-label", "The parts of the workbook and how far they are");
  const columns = make("colgroup");
  columns.append(make("col", "lk-name"), make("col", "lk-what"), make("col"));
  const body = make("tbody");
  grid.append(columns, body);
  root.append(summary, grid);
  el.append(root);

  const draw = () => {
    const { rows = [], summary: words = "" } = model.get("state");
    if (summary.textContent !== words) summary.textContent = words;
    body.replaceChildren(...rows.map(line));
  };
  draw();
  model.on("change:state", draw);

  const view = Math.random().toString(36).slice(2);
  let inside = false, told = false;
  const tell = () => {
    const seen = inside && !document.hidden;
    if (seen !== told) model.send({ view, seen });
    told = seen;
  };
  const observer = new IntersectionObserver((entries) => {
    inside = entries[entries.length - 1].isIntersecting;
    tell();
  });
  observer.observe(root);
  document.addEventListener("visibilitychange", tell);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", tell);
    model.off("change:state", draw);
    inside = false;
    tell();
  };
}

export default { render };
