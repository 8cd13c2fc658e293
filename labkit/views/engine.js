// Draws the state that labkit/views/engine.py sends; stage.js is in front of it.

function fillContainer(card, item) {
  card.className = `lk-pod lk-is-${item.tone}`;
  card.title = `${item.name}: ${item.status}, from ${item.image}`;
  const head = make("div", "lk-head");
  head.append(sign(item.tone), make("b", "", item.name), make("span", "lk-status", item.status));
  const facts = make("div", "lk-facts");
  facts.append(make("span", "", item.image));
  facts.append(make("span", "", `restart ${item.policy}`));
  if (item.restarts) facts.append(make("span", "lk-strong", plural(item.restarts, "restart")));
  card.replaceChildren(head, facts);
  const list = make("div", "lk-containers");
  for (const port of item.ports) {
    const chip = make("span", `lk-container lk-port${port.open ? "" : " lk-shut"}`);
    chip.append(sign(!port.open ? "done" : port.everywhere ? "busy" : "good"), make("span", "", port.words));
    if (!port.open) chip.title = "not open while the container does not run";
    list.append(chip);
  }
  for (const [name, address] of item.networks) {
    if (address) list.append(make("span", "lk-container", item.networks.length > 1 ? `${name} ${address}` : address));
  }
  for (const mount of item.mounts) {
    const chip = make("span", "lk-container");
    const from = mount.kind === "bind" ? `folder …/${mount.source.split("/").pop()}` : mount.words;
    chip.append(make("span", "", `${from} at `), make("b", "", mount.at));
    chip.title = mount.words;
    list.append(chip);
  }
  card.append(list);
  if (item.cause) card.append(make("div", "lk-cause", item.cause));
}

function fillVolume(card, item) {
  card.className = `lk-pod lk-is-${item.tone}`;
  const head = make("div", "lk-head");
  const users = item.users.length ? `used by ${item.users.join(", ")}` : "unused";
  head.append(sign(item.tone), make("b", "", item.words), make("span", "", users));
  card.replaceChildren(head);
}

function picture(root, places) {
  const above = make("div", "lk-places");
  const below = make("div", "lk-places");
  places.append(above, below);
  const networks = boxes(above);
  const stores = boxes(below);
  const containers = cards();
  const volumes = cards();
  const home = (item) => (item.networks.length ? item.networks[0][0] : "");
  return {
    who: "The engine",
    places(state) {
      const wanted = new Map(state.networks.map((network) => [network.name, network]));
      for (const item of state.containers) if (!wanted.has(home(item))) wanted.set(home(item), null);
      networks.draw(wanted, (head, box, network, key) => {
        box.classList.toggle("lk-nowhere", !network);
        head.replaceChildren(make("b", "", key ? `network ${key}` : "on no network"),
          make("span", "", network ? network.driver : ""));
      });
      containers(state.containers, {
        fill: fillContainer, placeOf: home, insideOf: (key) => networks.place(key).inside,
      });
      stores.draw(new Map(state.volumes.length ? [["volumes", "volumes"]] : []), (head, box) => {
        box.classList.add("lk-stores");
        head.replaceChildren(make("b", "", "volumes"), make("span", "", "they stay when a container goes"));
      });
      volumes(state.volumes, {
        fill: fillVolume, placeOf: () => "volumes", insideOf: (key) => stores.place(key).inside,
      });
    },
    title(state) {
      const up = state.containers.filter((item) => item.up).length;
      const bad = state.containers.filter((item) => item.tone === "bad").length;
      const parts = [make("b", "", `engine, ${state.scope}`),
        make("span", "", plural(state.containers.length, "container")), make("span", "", `${up} running`),
        make("span", "", plural(state.volumes.length, "volume"))];
      if (bad) parts.push(make("span", "lk-strong", `${bad} in trouble`));
      return parts;
    },
    table(state) {
      return [
        grid(`Containers, ${state.scope}`,
          ["Container", "Image", "Status", "Restarts", "Policy", "Ports", "Networks", "Mounts", "Cause"],
          state.containers.map((item) => [
            item.name, item.image, item.status, item.restarts, item.policy,
            item.ports.map((port) => port.words).join(", ") || "-",
            item.networks.map(([name, address]) => `${name} ${address}`.trim()).join(", ") || "-",
            item.mounts.map((mount) => `${mount.words} at ${mount.at}`).join(", ") || "-", item.cause || "-"])),
        grid("Networks", ["Network", "Driver"], state.networks.map((network) => [network.name, network.driver])),
        grid("Volumes", ["Volume", "Used by"], state.volumes.map((one) => [one.words, one.users.join(", ") || "-"])),
      ];
    },
  };
}

export default { render: (page) => stage(page, "lk-engine", picture) };
