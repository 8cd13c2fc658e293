// Draws the state that labkit/views/cluster.py sends.
// What did not change is not touched, so that 500 pods stay smooth.

const SIGN = { good: "●", busy: "◐", bad: "✕", done: "○" };
const MANY = 40; // from here on a pod is one line, without its containers

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

function fillPod(card, pod, many) {
  card.className = `lk-pod lk-is-${pod.tone}`;
  const head = make("div", "lk-head");
  head.append(sign(pod.tone), make("b", "", pod.name), make("span", "lk-status", pod.status));
  card.replaceChildren(head);
  card.title = `${pod.name}: ${pod.status}, ready ${pod.ready}, restarts ${pod.restarts}`;
  if (many) return;
  const facts = make("div", "lk-facts");
  facts.append(make("span", "", `ready ${pod.ready}`));
  facts.append(make("span", pod.restarts ? "lk-strong" : "", plural(pod.restarts, "restart")));
  facts.append(make("span", "", pod.ip || "no address yet"));
  card.append(facts);
  const list = make("div", "lk-containers");
  for (const [name, kind, label, tone, restarts] of pod.containers) {
    const chip = make("span", "lk-container");
    const extra = (kind === "app" ? "" : ` (${kind})`) + (restarts ? ` ↻${restarts}` : "");
    chip.append(sign(tone), make("b", "", name + extra), make("span", "", label));
    list.append(chip);
  }
  card.append(list);
  if (pod.cause) card.append(make("div", "lk-cause", pod.cause));
}

function flash(card) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const colour = getComputedStyle(card).borderLeftColor;
  card.animate([{ boxShadow: `0 0 0 3px ${colour}` }, { boxShadow: "0 0 0 3px transparent" }], 1200);
}

function table(state) {
  const grid = make("table");
  const head = make("tr");
  for (const title of ["Pod", "Ready", "Status", "Restarts", "IP", "Node", "Containers"]) {
    const cell = make("th", "", title);
    cell.scope = "col";
    head.append(cell);
  }
  grid.append(make("caption", "", `Pods of namespace ${state.namespace}`), head);
  for (const pod of state.pods) {
    const line = make("tr");
    const parts = pod.containers.map(([name, , label]) => `${name} ${label}`).join(", ");
    const { name, ready, status, restarts, ip, node } = pod;
    for (const value of [name, ready, status, restarts, ip || "-", node || "-", parts]) {
      line.append(make("td", "", String(value)));
    }
    grid.append(line);
  }
  return grid;
}

function render({ model, el }) {
  const root = make("div", "lk-cluster");
  const title = make("div", "lk-title");
  const banner = make("div", "lk-away");
  banner.setAttribute("role", "status");
  const places = make("div", "lk-places");
  const news = make("ol", "lk-news");
  const spoken = make("div", "lk-spoken");
  spoken.setAttribute("aria-live", "polite");
  const details = make("details");
  const body = make("div", "lk-table");
  details.append(make("summary", "", "The same as a table"), body);
  root.append(title, banner, places, make("div", "lk-newshead", "What happened"), news, spoken, details);
  el.append(root);

  const pods = new Map(); // id -> {card, mark, place}
  const nodes = new Map(); // node name -> {box, head, pods, mark}
  let asked = false;
  let speak = null;
  let heard = 0;

  function place(key) {
    let entry = nodes.get(key);
    if (!entry) {
      const box = make("section", "lk-node");
      const head = make("div", "lk-nodehead");
      const inside = make("div", "lk-pods");
      box.append(head, inside);
      entry = { box, head, inside, mark: "" };
      nodes.set(key, entry);
      places.append(box);
    }
    return entry;
  }

  function drawNodes(state) {
    const wanted = new Map(state.nodes.map((node) => [node.name, node]));
    for (const pod of state.pods) if (!wanted.has(pod.node)) wanted.set(pod.node, null);
    for (const [key, node] of wanted) {
      const entry = place(key);
      const mark = JSON.stringify(node);
      if (entry.mark === mark) continue;
      entry.mark = mark;
      entry.box.classList.toggle("lk-nowhere", !node);
      if (node) {
        entry.head.replaceChildren(sign(node.tone), make("b", "", `node ${node.name}`),
          make("span", "", `${node.status} · ${node.version}`));
      } else {
        entry.head.replaceChildren(make("b", "", key ? `node ${key} (not in the list)` : "on no node yet"));
      }
    }
    for (const [key, entry] of nodes) {
      if (wanted.has(key)) continue;
      entry.box.remove();
      nodes.delete(key);
    }
  }

  function drawPods(state) {
    const many = state.pods.length > MANY;
    root.classList.toggle("lk-many", many);
    const here = new Set();
    const changed = [];
    for (const pod of state.pods) {
      here.add(pod.id);
      let entry = pods.get(pod.id);
      const mark = JSON.stringify(pod) + many;
      if (entry && entry.mark === mark) continue;
      const fresh = !entry;
      if (fresh) {
        entry = { card: make("article"), place: null };
        pods.set(pod.id, entry);
      }
      entry.mark = mark;
      fillPod(entry.card, pod, many);
      if (entry.place !== pod.node || !entry.card.isConnected) {
        entry.place = pod.node;
        place(pod.node).inside.append(entry.card);
      }
      if (!many) changed.push(entry.card);
    }
    for (const [id, entry] of pods) {
      if (here.has(id)) continue;
      entry.card.remove();
      pods.delete(id);
    }
    changed.forEach(flash); // at the end: asking for a colour makes the browser lay out the page
  }

  function drawWords(state) {
    const ready = state.pods.filter((pod) => pod.tone === "good").length;
    const bad = state.pods.filter((pod) => pod.tone === "bad").length;
    const parts = [make("b", "", `namespace ${state.namespace}`),
      make("span", "", plural(state.pods.length, "pod")), make("span", "", `${ready} ready`)];
    if (bad) parts.push(make("span", "lk-strong", `${bad} in trouble`));
    title.replaceChildren(...parts);
    const said = state.away
      ? `The cluster is not answering since ${clock(state.away.since)}: ${state.away.why}. ` +
        (state.known ? "Below is what was last known, not what is." : "Nothing is known yet.")
      : "";
    if (banner.textContent !== said) banner.textContent = said;
    root.classList.toggle("lk-stale", Boolean(state.away));
    const lines = state.news.slice(-5).reverse();
    const mark = JSON.stringify(lines);
    if (news.dataset.mark !== mark) {
      news.dataset.mark = mark;
      news.replaceChildren(...lines.map(([at, name, what]) => {
        const line = make("li");
        line.append(make("time", "", clock(at)), make("b", "", name), make("span", "", what));
        return line;
      }));
      const latest = state.news.filter(([at]) => at > heard);
      if (latest.length && speak === null) {
        speak = setTimeout(() => { // a screen reader gets a sentence at a time, not a flood
          speak = null;
          const now = model.get("state").news.filter(([at]) => at > heard).slice(-3);
          if (now.length) heard = now[now.length - 1][0];
          spoken.textContent = now.map(([, name, what]) => `${name}: ${what}`).join(". ");
        }, 1500);
      }
    }
    if (details.open) body.replaceChildren(table(state));
  }

  function draw() {
    asked = false;
    const state = model.get("state");
    if (!state || !state.nodes) return;
    drawNodes(state);
    drawPods(state);
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

export default { render };
