// What the live pictures share. A picture's own module follows in the same script.
// What did not change is not touched, so that a picture of many things stays smooth.

const SIGN = { good: "●", busy: "◐", bad: "✕", done: "○" };

function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour12: false });
}

function plural(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function sign(tone) {
  const mark = make("span", `lk-sign lk-${tone}`, SIGN[tone]);
  mark.setAttribute("aria-hidden", "true");
  return mark;
}

function flash(card) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const colour = getComputedStyle(card).borderLeftColor;
  card.animate([{ boxShadow: `0 0 0 3px ${colour}` }, { boxShadow: "0 0 0 3px transparent" }], 1200);
}

function grid(caption, titles, lines) {
  const table = make("table");
  const head = make("tr");
  for (const title of titles) {
    const cell = make("th", "", title);
    cell.scope = "col";
    head.append(cell);
  }
  table.append(make("caption", "", caption), head);
  for (const values of lines) {
    const line = make("tr");
    for (const value of values) line.append(make("td", "", String(value)));
    table.append(line);
  }
  return table;
}

// Cards by their id, in the order of their items, each in a place that the picture gives it; changed ones are filled anew.
function cards() {
  const known = new Map(); // id -> {card, mark, place}
  return (items, { fill, placeOf, insideOf, extra = "", quiet = false }) => {
    const here = new Set();
    const changed = [];
    for (const item of items) {
      here.add(item.id);
      let entry = known.get(item.id);
      const mark = JSON.stringify(item) + extra;
      if (entry && entry.mark === mark) continue;
      if (!entry) {
        entry = { card: make("article") };
        known.set(item.id, entry);
      }
      entry.mark = mark;
      fill(entry.card, item);
      if (!quiet) changed.push(entry.card);
    }
    for (const [id, entry] of known) {
      if (here.has(id)) continue;
      entry.card.remove();
      known.delete(id);
    }
    const last = new Map(); // inside -> the card that was put there last
    for (const item of items) {
      const { card } = known.get(item.id);
      const inside = insideOf(placeOf(item));
      const next = last.has(inside) ? last.get(inside).nextSibling : inside.firstChild;
      if (next !== card) inside.insertBefore(card, next);
      last.set(inside, card);
    }
    changed.forEach(flash); // at the end: asking for a colour makes the browser lay out the page
  };
}

// Boxes by their key, for example one for each node; `fill(head, box, value)` when a value changed.
function boxes(root) {
  const known = new Map(); // key -> {box, head, inside, mark}
  function place(key) {
    let entry = known.get(key);
    if (!entry) {
      const box = make("section", "lk-node");
      const head = make("div", "lk-nodehead");
      const inside = make("div", "lk-pods");
      box.append(head, inside);
      entry = { box, head, inside, mark: "" };
      known.set(key, entry);
      root.append(box);
    }
    return entry;
  }
  function draw(wanted, fill) { // wanted: a Map of key -> value
    for (const [key, value] of wanted) {
      const entry = place(key);
      const mark = JSON.stringify(value);
      if (entry.mark === mark) continue;
      entry.mark = mark;
      fill(entry.head, entry.box, value, key);
    }
    for (const [key, entry] of known) {
      if (wanted.has(key)) continue;
      entry.box.remove();
      known.delete(key);
    }
  }
  return { place, draw };
}

// The frame of a picture: title, what is wrong, the places, what happened, and the same as a table.
// picture(root, places) gives { who, title(state), places(state), table(state) }; who: what may be away.
function stage({ model, el }, name, picture) {
  const root = make("div", `lk-live ${name}`);
  const title = make("div", "lk-title");
  const beside = make("button", "lk-beside", "Beside the notebook"); // the page's extension acts on it
  beside.type = "button";
  beside.dataset.workbookBeside = "";
  const top = make("div", "lk-top");
  top.append(title, beside);
  const banner = make("div", "lk-away");
  banner.setAttribute("role", "status");
  const places = make("div", "lk-places");
  const news = make("ol", "lk-news");
  const spoken = make("div", "lk-spoken");
  spoken.setAttribute("aria-live", "polite");
  const details = make("details");
  const body = make("div", "lk-table");
  details.append(make("summary", "", "The same as a table"), body);
  root.append(top, banner, places, make("div", "lk-newshead", "What happened"), news, spoken, details);
  el.append(root);
  const own = picture(root, places);
  let asked = false;
  let speak = null;
  let heard = 0;

  function drawWords(state) {
    title.replaceChildren(...own.title(state));
    const said = state.away
      ? `${own.who} is not answering since ${clock(state.away.since)}: ${state.away.why}. ` +
        (state.known ? "Below is what was last known, not what is." : "Nothing is known yet.")
      : "";
    if (banner.textContent !== said) banner.textContent = said;
    root.classList.toggle("lk-stale", Boolean(state.away));
    const lines = state.news.slice(-5).reverse();
    const mark = JSON.stringify(lines);
    if (news.dataset.mark !== mark) {
      news.dataset.mark = mark;
      news.replaceChildren(...lines.map(([at, who, what]) => {
        const line = make("li");
        line.append(make("time", "", clock(at)), make("b", "", who), make("span", "", what));
        return line;
      }));
      const latest = state.news.filter(([at]) => at > heard);
      if (latest.length && speak === null) {
        speak = setTimeout(() => { // a screen reader gets a sentence at a time, not a flood
          speak = null;
          const now = model.get("state").news.filter(([at]) => at > heard).slice(-3);
          if (now.length) heard = now[now.length - 1][0];
          spoken.textContent = now.map(([, who, what]) => `${who}: ${what}`).join(". ");
        }, 1500);
      }
    }
    if (details.open) body.replaceChildren(...own.table(state));
  }

  function draw() {
    asked = false;
    const state = model.get("state");
    if (!state || !state.news) return;
    own.places(state);
    drawWords(state);
  }

  function soon() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(draw);
  }

  details.addEventListener("toggle", draw);
  model.on("change:state", soon);
  draw();
  return () => {
    model.off("change:state", soon);
    clearTimeout(speak);
  };
}
