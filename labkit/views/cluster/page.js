// Draws the state that labkit/views/cluster sends; stage.js is in front of it.

const MANY = 40; // from here on a pod is one line, without its containers
const TOO_MANY = 60; // and from here on the pods of one owner are
const NAMES = 12; // of a longer list; the table has all

function fillPod(card, pod, many) {
  card.className = `lk-pod lk-is-${pod.tone}`;
  const head = make("div", "lk-head");
  head.append(sign(pod.tone), make("b", "", pod.name), make("span", "lk-status", pod.status));
  card.replaceChildren(head);
  const [owner, which] = pod.of || ["", ""];
  const whose = owner ? `, of ${owner} ${which}`.trimEnd() : "";
  card.title = `${pod.name}: ${pod.status}, ready ${pod.ready}, restarts ${pod.restarts}${whose}`;
  if (many) return;
  const facts = make("div", "lk-facts");
  facts.append(make("span", "", `ready ${pod.ready}`));
  if (pod.restarts) facts.append(make("span", "lk-strong", plural(pod.restarts, "restart")));
  facts.append(make("span", "", pod.ip || "no address yet"));
  if (owner) facts.append(make("span", "", which || owner));
  card.append(facts);
  if (pod.tone === "good" && pod.containers.length === 1) return; // its one container says the same
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

// The pods of one owner on one node, as one item: how many there are of each status.
function grouped(pods) {
  const groups = new Map();
  for (const pod of pods) { // what is in trouble comes first, and so does its group
    const [owner, which] = pod.of || ["no owner", ""];
    const id = `${pod.node}/${owner}/${which}`;
    if (!groups.has(id)) groups.set(id, { id, node: pod.node, tone: pod.tone, owner, which, pods: 0, statuses: {} });
    const group = groups.get(id);
    group.pods += 1;
    const one = (group.statuses[`${pod.tone} ${pod.status}`] ||= { tone: pod.tone, status: pod.status, count: 0 });
    one.count += 1;
  }
  return [...groups.values()];
}

function fillGroup(card, group) {
  card.className = `lk-pod lk-is-${group.tone}`;
  const head = make("div", "lk-head");
  head.append(make("b", "", `${group.owner} ${group.which}`.trimEnd()), make("span", "", plural(group.pods, "pod")));
  for (const { tone, status, count } of Object.values(group.statuses)) {
    const part = make("span");
    part.append(sign(tone), ` ${count} ${status}`);
    head.append(part);
  }
  card.replaceChildren(head);
  card.title = "";
}

function listed(names) {
  const rest = names.length - NAMES;
  return names.slice(0, NAMES).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function fillThing(card, thing) {
  card.className = `lk-pod lk-thing lk-is-${thing.tone}`;
  const head = make("div", "lk-head");
  head.append(sign(thing.tone), make("span", "lk-word", thing.word), make("b", "", thing.name),
    make("span", "lk-status", thing.status));
  const facts = make("div", "lk-facts");
  if (thing.dots) {
    const dots = make("span", "lk-dots", thing.dots);
    dots.setAttribute("aria-hidden", "true");
    facts.append(dots);
  }
  facts.append(...thing.facts.map((fact) => make("span", "", fact)));
  card.replaceChildren(head, facts);
  if (thing.cause) card.append(make("div", "lk-cause", thing.cause));
  if (thing.parts.length) {
    const parts = make("div", "lk-parts");
    parts.append(...thing.parts.map((part) => fillThing(make("div"), part)));
    card.append(parts);
  }
  for (const [tone, said, names] of thing.lines) {
    const line = make("div", "lk-line");
    const words = make("span", "", said);
    if (names.length) words.append(" ", make("span", "lk-names", listed(names)));
    line.append(sign(tone), words);
    card.append(line);
  }
  return card;
}

// A band of cards with a heading; nothing at all as long as it has no cards.
function band(name, title) {
  const section = make("section", `lk-band lk-${name}`);
  section.setAttribute("aria-label", title);
  const inside = make("div", "lk-pods");
  section.append(make("div", "lk-nodehead", title), inside);
  section.hidden = true;
  const draw = cards();
  return {
    section,
    draw(things) {
      section.hidden = !things.length;
      draw(things, { fill: fillThing, placeOf: () => "", insideOf: () => inside });
    },
  };
}

function lines(thing, above = "") {
  const own = thing.lines.map(([tone, said, names]) => `${SIGN[tone]} ${said} ${names.join(", ")}`.trimEnd());
  const name = above ? `${above}: ${thing.name}` : thing.name;
  return [[thing.word, name, `${SIGN[thing.tone]} ${thing.status}`, thing.facts.join(", "),
    [thing.cause, ...own].filter(Boolean).join("; ") || "-"],
  ...thing.parts.flatMap((part) => lines(part, thing.name))];
}

const TITLES = {
  releases: "Helm releases", wants: "What wants pods", leads: "What leads to pods", keeps: "What pods keep",
};

function picture(root, places) {
  const nodes = boxes(places);
  const pods = cards();
  const bands = Object.fromEntries(Object.entries(TITLES).map(([name, title]) => [name, band(name, title)]));
  places.before(bands.releases.section, bands.wants.section);
  places.after(bands.leads.section, bands.keeps.section);
  return {
    who: "The cluster",
    places(state) {
      for (const [name, own] of Object.entries(bands)) own.draw(state.bands[name]);
      const wanted = new Map(state.nodes.map((node) => [node.name, node]));
      for (const pod of state.pods) if (!wanted.has(pod.node)) wanted.set(pod.node, null);
      nodes.draw(wanted, (head, box, node, key) => {
        box.classList.toggle("lk-nowhere", !node);
        if (node) {
          head.replaceChildren(sign(node.tone), make("b", "", `node ${node.name}`),
            make("span", "", `${node.status} · ${node.version}`));
        } else {
          head.replaceChildren(make("b", "", key ? `node ${key} (not in the list)` : "on no node yet"));
        }
      });
      const many = state.pods.length > MANY;
      const tooMany = state.pods.length > TOO_MANY;
      root.classList.toggle("lk-many", many);
      root.classList.toggle("lk-grouped", tooMany);
      pods(tooMany ? grouped(state.pods) : state.pods, {
        fill: (card, item) => (tooMany ? fillGroup(card, item) : fillPod(card, item, many)),
        placeOf: (item) => item.node,
        insideOf: (node) => nodes.place(node).inside,
        extra: String(many),
        quiet: many,
      });
    },
    title(state) {
      const ready = state.pods.filter((pod) => pod.tone === "good").length;
      const bad = state.pods.filter((pod) => pod.tone === "bad").length;
      const parts = [make("b", "", `namespace ${state.namespace}`),
        make("span", "", plural(state.pods.length, "pod")), make("span", "", `${ready} ready`)];
      if (bad) parts.push(make("span", "lk-strong", `${bad} in trouble`));
      return parts;
    },
    table(state) {
      const owned = state.pods.some((pod) => pod.of);
      const columns = ["Pod", "Ready", "Status", "Restarts", "IP", "Node", "Containers"].concat(owned ? ["Of"] : []);
      const rows = state.pods.map(({ name, ready, status, restarts, ip, node, containers, of }) => [
        name, ready, status, restarts, ip || "-", node || "-",
        containers.map(([part, , label]) => `${part} ${label}`).join(", ")].concat(
        owned ? [of ? of.join(" ").trimEnd() : "-"] : []));
      const tables = Object.entries(TITLES).filter(([name]) => state.bands[name].length).map(([name, title]) => (
        grid(title, ["Kind", "Name", "Status", "Facts", "More"], state.bands[name].flatMap((one) => lines(one)))));
      return [grid(`Pods of namespace ${state.namespace}`, columns, rows), ...tables];
    },
  };
}

export default { render: (page) => stage(page, "lk-cluster", picture) };
