// What the workbook adds to JupyterLab's page. It has the form of a prebuilt extension, as module federation makes them,
// and is written by hand: no step builds it (jupyterlab.readthedocs.io, "Prebuilt extensions", read 2026-11).
(() => {
  const NAME = "container-workbook";
  const NOTES = "container-workbook:notes";
  let shared;

  // A module that JupyterLab shares with its extensions, as it uses it itself.
  async function load(name) {
    const [version] = Object.values(shared[name]);
    return (await version.get())();
  }

  const tags = (model) => model.getMetadata("tags") || [];

  // -- %%sh cells are bash ----------------------------------------------------------------------

  const SHELL = "text/x-sh";
  const PYTHON = "text/x-ipython";

  function colour(model) {
    const shell = /^%%(sh\b|solution .*\n%%sh\b)/.test(model.sharedModel.getSource());
    if (shell !== (model.mimeType === SHELL)) {
      model.mimeType = shell ? SHELL : PYTHON;
    }
  }

  // -- instructor's notes are folded until they are asked for -------------------------------------

  const STYLE = `
    .workbook-page .jp-DirListing-itemText { font-size: var(--jp-ui-font-size0); } /* the longest chapter's name is shown whole */
    body:not(.workbook-notes) .workbook-note .jp-MarkdownOutput > * { display: none; }
    body:not(.workbook-notes) .workbook-note .jp-MarkdownOutput::before {
      content: "Instructor's note"; font-size: var(--jp-ui-font-size1); opacity: .6;
    }
    .workbook-prediction {
      border: 1px solid var(--jp-border-color1); border-radius: 6px; padding: .5em 1em .7em; max-width: 52em;
    }
    .workbook-prediction .widget-radio-box { max-height: none; }
    .workbook-prediction .widget-radio-box label {
      display: flex; align-items: flex-start; height: auto; white-space: normal; line-height: 1.5;
    }
    .workbook-prediction .widget-radio-box input { flex: none; order: -1; height: 1.5em; }
    .workbook-page .widget-html-content { line-height: 1.5; }
    .workbook-prediction code {
      font-family: var(--jp-code-font-family); background: var(--jp-layout-color2); padding: 1px 5px;
    }
    /* Words stay whole in outputs, and so do options in a text and the rows of a text twin. */
    .workbook-page code.workbook-whole { white-space: nowrap; }
    .workbook-page .jp-OutputArea-output pre { word-break: normal; overflow-wrap: anywhere; }
    .workbook-page .jp-OutputArea-output details pre { white-space: pre; overflow-x: auto; }
    body.workbook-notes .workbook-note .jp-MarkdownOutput {
      border-left: 4px solid var(--jp-border-color1); padding-left: .8em;
    }
    .workbook-early .jp-MarkdownOutput > * { display: none; }
    .workbook-early .jp-MarkdownOutput::before {
      content: "What happens is told here, once the cell above has run."; opacity: .7;
    }`;

  const notes = {
    shown: () => document.body.classList.contains("workbook-notes"),
    show: (wanted) => document.body.classList.toggle("workbook-notes", wanted),
  };

  // -- what a widget showed stays, when its kernel has ended ------------------------------------------

  // A view of an output beside its notebook knows the notebook's path and the number of its cell.
  const besides = (app) => [...app.shell.widgets("main")].filter((one) => one.content?.hasClass?.("jp-LinkedOutputView"));

  async function keep(app, tracker, lost) {
    const beside = besides(app).find((one) => one.node.contains(lost))?.content;
    const panel = tracker.find((one) => (beside ? one.context.path === beside.path : one.node.contains(lost)));
    const cells = panel?.content.widgets || [];
    const cell = beside ? cells[beside.index] : cells.find((one) => one.node.contains(lost));
    const output = lost.closest(".jp-OutputArea-child");
    const place = [...(output?.parentElement.children || [])].indexOf(output);
    const model = cell?.model.outputs?.get(place);
    if (!model?.data["text/html"]) {
      return;
    }
    const renderer = panel.content.rendermime.createRenderer("text/html");
    await renderer.renderModel(panel.content.rendermime.createModel({
      data: { "text/html": model.data["text/html"] },
      trusted: model.trusted,
    }));
    lost.replaceChildren(renderer.node);
  }

  // The outputs of lost widgets that a change of the page brings: their words come into an output on the page, or an
  // output comes with them, from below the page's end.
  function lostWidgets(target, node) {
    const outputs = node.nodeType === Node.TEXT_NODE ? [target]
      : node.querySelectorAll?.(".jp-OutputArea-output") || [];
    return [...outputs].filter((one) => !one.children.length && one.textContent.startsWith("Error displaying widget"));
  }

  // A live picture stands still then, and looks as if it were true.
  const ENDING = ["restarting", "autorestarting", "terminating", "dead"];

  function stale(app, panel) {
    const views = besides(app).filter((one) => one.content.path === panel.context.path);
    for (const { node } of [...panel.content.widgets, ...views]) { // cells far away are not on the page
      for (const picture of node.querySelectorAll(".lk-live")) {
        picture.classList.add("lk-stale", "lk-ended");
        picture.querySelector(".lk-away").textContent = "Its kernel has ended: run the picture's cell again. Below is what was " +
          "last known, not what is.";
      }
    }
  }

  // -- what answers a prediction can be read when the cell that shows it has run --------------------------

  function answers(notebook) {
    let told = true;
    for (const { model, node } of notebook.widgets) {
      if (model.type === "code") {
        told = model.executionCount !== null;
      } else if (tags(model).includes("answer")) {
        // While a cell runs again it has no number: what was told stays.
        node.workbookTold ||= told;
        node.classList.toggle("workbook-early", !node.workbookTold);
      }
    }
  }

  // -- short code in a text stays whole: a browser breaks lines after each hyphen ------------------------------

  function keepWhole(node) {
    for (const code of node.querySelectorAll?.(":not(pre) > code") || []) {
      // What a table cannot break makes it wide.
      code.classList.toggle("workbook-whole", code.textContent.length <= (code.closest("table") ? 16 : 30));
    }
  }

  // -- all of it, for every notebook -----------------------------------------------------------------

  function watch(app, tracker) {
    new MutationObserver((changes) => {
      const lost = new Set();
      for (const { target, addedNodes } of changes) {
        for (const node of addedNodes) {
          keepWhole(node);
          lostWidgets(target, node).forEach((one) => lost.add(one));
        }
      }
      lost.forEach((one) => keep(app, tracker, one));
    }).observe(app.shell.node, { childList: true, subtree: true });
  }

  function dress(notebook, cell) {
    const model = cell.model;
    if (cell.workbook) {
      return;
    }
    cell.workbook = true;
    if (model.type === "code") {
      colour(model);
      model.mimeTypeChanged.connect(colour);
      model.contentChanged.connect(colour);
      model.stateChanged.connect((_, { name }) => name === "executionCount" && answers(notebook));
    }
    cell.node.classList.toggle("workbook-note", tags(model).includes("instructor"));
  }

  function follow(notebook) {
    const all = () => {
      notebook.widgets.forEach((cell) => dress(notebook, cell));
      answers(notebook);
    };
    all();
    notebook.modelContentChanged.connect(all);
  }

  // A button with this attribute puts the output that it stands in beside the notebook.
  const BESIDE = "data-workbook-beside";

  async function besideNotebook(app, panel, index, place) {
    const before = new Set(app.shell.widgets("main"));
    await app.commands.execute("notebook:create-output-view", { path: panel.context.path, index });
    for (const view of app.shell.widgets("main")) {
      if (!before.has(view)) {
        app.shell.add(view, "main", { ...place, activate: false });
        return view;
      }
    }
  }

  function clicked(app, tracker, button) {
    const panel = tracker.find((one) => one.node.contains(button));
    const index = panel ? panel.content.widgets.findIndex((cell) => cell.node.contains(button)) : -1;
    if (index < 0) {
      return;
    }
    const there = besides(app).filter((one) => one.content.path === panel.context.path);
    const again = there.find((one) => one.content.index === index);
    const place = there.length ? { ref: there[0].id, mode: "tab-before" } : { ref: panel.id, mode: "split-right" };
    // A second picture comes in the place of the first; what is typed next goes to the notebook.
    (again ? Promise.resolve(again) : besideNotebook(app, panel, index, place)).then((view) => {
      app.shell.activateById(view.id);
      app.shell.activateById(panel.id);
    });
  }

  // After a reload a view beside the notebook stays at "Loading widget...": it was made before the notebook knew its
  // widgets. Made again, it shows them.
  async function remake(app, panel) {
    for (const view of besides(app).filter((one) => one.content.path === panel.context.path)) {
      await besideNotebook(app, panel, view.content.index, { ref: view.id, mode: "tab-after" });
      view.dispose();
    }
  }

  async function plugins() {
    const [{ INotebookTracker }, { ICommandPalette }, { IMainMenu }, { IStateDB }] = await Promise.all(
      ["@jupyterlab/notebook", "@jupyterlab/apputils", "@jupyterlab/mainmenu", "@jupyterlab/statedb"].map(load),
    );
    return {
      id: `${NAME}:page`,
      autoStart: true,
      requires: [INotebookTracker],
      optional: [ICommandPalette, IMainMenu, IStateDB],
      activate: (app, tracker, palette, menu, state) => {
        const style = document.head.appendChild(document.createElement("style"));
        style.textContent = STYLE;
        document.body.classList.add("workbook-page");
        app.commands.addCommand(NOTES, {
          label: "Show Instructor's Notes",
          isToggleable: true,
          isToggled: notes.shown,
          execute: () => {
            state?.save(NOTES, notes.show(!notes.shown()));
            app.commands.notifyCommandChanged(NOTES);
          },
        });
        palette?.addItem({ command: NOTES, category: "Workbook" });
        menu?.viewMenu.addGroup([{ command: NOTES }], 40);
        watch(app, tracker);
        tracker.widgetAdded.connect((_, panel) => {
          panel.sessionContext.statusChanged.connect((_, status) => ENDING.includes(status) && stale(app, panel));
          panel.revealed.then(() => follow(panel.content));
          Promise.all([app.restored, panel.sessionContext.ready]).then(() => remake(app, panel));
        });
        document.addEventListener("click", (event) => {
          const button = event.target.closest?.(`[${BESIDE}]`);
          if (button) {
            clicked(app, tracker, button);
          }
        });
        state?.fetch(NOTES).then((before) => notes.show(Boolean(before))); // the state comes when all are activated
      },
    };
  }

  (window._JUPYTERLAB ??= {})[NAME] = {
    init: (scope) => {
      shared = scope;
    },
    get: async () => {
      const plugin = await plugins();
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
