// Draws the state that labkit/views/relay.py sends; stage.js is in front of it.

function picture(root, places) {
  const table = make("table", "lk-relay");
  const head = make("tr");
  const body = make("tbody");
  table.append(make("thead"), body);
  table.firstChild.append(head);
  const empty = make("div", "lk-empty");
  places.append(empty, table);
  let lanes = "";
  let shown = "";

  function row(step, names) {
    const line = make("tr");
    line.append(make("td", "lk-after", step.after));
    for (const name of names) {
      const cell = make("td", "lk-lane", name === step.lane ? "●" : "");
      if (name === step.lane) cell.setAttribute("aria-label", name);
      line.append(cell);
    }
    line.append(make("td", step.main ? "lk-words lk-strong" : "lk-words", step.words));
    return line;
  }

  return {
    who: "The cluster",
    places(state) {
      if (lanes !== state.lanes.join()) {
        lanes = state.lanes.join();
        const titles = [make("th", "", "after"), ...state.lanes.map((name) => make("th", "lk-lane", name)),
          make("th", "", "what")];
        for (const title of titles) title.scope = "col";
        head.replaceChildren(...titles);
      }
      empty.textContent = state.steps.length ? "" : "Nothing yet. Change something in this namespace.";
      table.hidden = !state.steps.length;
      const mark = JSON.stringify(state.steps);
      if (mark === shown) return;
      shown = mark;
      body.replaceChildren(...state.steps.map((step) => row(step, state.lanes)));
    },
    title(state) {
      return [make("b", "", "From a wish to a container"), make("span", "", `namespace ${state.namespace}`),
        make("span", "", state.wishes ? `wish number ${state.wishes}` : "no wish yet")];
    },
    table(state) {
      return [grid("The steps of the last wish", ["After", "Who", "What"],
        state.steps.map(({ after, lane, words }) => [after, lane, words]))];
    },
  };
}

export default { render: (page) => stage(page, "lk-relay-picture", picture) };
