// Draws the state that labkit/views/cluster.py sends; stage.js is in front of it.

const MANY = 40; // from here on a pod is one line, without its containers

function fillPod(card, pod, many) {
  card.className = `lk-pod lk-is-${pod.tone}`;
  const head = make("div", "lk-head");
  head.append(sign(pod.tone), make("b", "", pod.name), make("span", "lk-status", pod.status));
  card.replaceChildren(head);
  card.title = `${pod.name}: ${pod.status}, ready ${pod.ready}, restarts ${pod.restarts}`;
  if (many) return;
  const facts = make("div", "lk-facts");
  facts.append(make("span", "", `ready ${pod.ready}`));
  if (pod.restarts) facts.append(make("span", "lk-strong", plural(pod.restarts, "restart")));
  facts.append(make("span", "", pod.ip || "no address yet"));
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

function picture(root, places) {
  const nodes = boxes(places);
  const pods = cards();
  return {
    who: "The cluster",
    places(state) {
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
      root.classList.toggle("lk-many", many);
      pods(state.pods, {
        fill: (card, pod) => fillPod(card, pod, many),
        placeOf: (pod) => pod.node,
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
      return [grid(`Pods of namespace ${state.namespace}`,
        ["Pod", "Ready", "Status", "Restarts", "IP", "Node", "Containers"],
        state.pods.map(({ name, ready, status, restarts, ip, node, containers }) => [
          name, ready, status, restarts, ip || "-", node || "-",
          containers.map(([part, , label]) => `${part} ${label}`).join(", ")]))];
    },
  };
}

export default { render: (page) => stage(page, "lk-cluster", picture) };
