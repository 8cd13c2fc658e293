"""The page as a learner has it: chapters are opened and run in Chromium, and looked at.

Chromium runs in a container on the engine in use. `--screenshots FOLDER` keeps a picture of every chapter.
"""

import asyncio
import http.client
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from command import Workbook
from conftest import docker, wait_for

from labkit import paths
from labkit.course import chapters
from labkit.engine import owned

IMAGE = "lab/browser:1"
NAME = "lab-browser"
FACE = Path(__file__).parent / "browser"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.engine,
    pytest.mark.skipif(sys.platform != "linux", reason="the container must share sockets with this machine"),
]


@pytest.fixture(scope="module")
def jupyterlab(engine, tmp_path_factory):
    """`./workbook open` for a learner who starts afresh, on the engine and cluster in use; its address."""
    home = tmp_path_factory.mktemp("home")
    workbook = Workbook(home)
    # Engine, cluster and tools are shared with the session, and so is when a cell ran last: the cluster must not rest
    # while other tests use it. Files, progress and settings are this learner's.
    for name in ("docker", "minikube", "kubeconfig", "foreign.json", "last-cell"):
        (home / "data" / name).symlink_to(paths.data / name)
    (home / "cache").symlink_to(paths.cache)
    process = workbook.start("open", "--no-browser", DOCKER_HOST=engine.find().host)
    seen = ""
    while not (match := re.search(r"http://\S+token=\w+", seen)):
        line = process.stdout.readline()
        assert line, f"it ended: {seen}"
        seen += line
    yield match[0]
    process.terminate()
    process.communicate(timeout=20)


@contextmanager
def forwarded(listen, connect):
    """Connections that come in where listen makes a server, forwarded to where connect leads (asyncio coroutines)."""

    async def pump(reader, writer):
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def forward(reader, writer):
        try:
            far_reader, far_writer = await connect()
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(listen(forward))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.close()


@pytest.fixture(scope="module")
def chromium(engine, jupyterlab, tmp_path_factory):
    """Chromium in a container, which reaches JupyterLab at its address; what to connect to.

    It has a network of its own: in this machine's, the containers of other tests come and go, and Chromium drops what
    it is loading whenever a network interface does.
    """
    from labkit import supply

    supply.ensure("debian")
    # Quick when nothing changed: the builder keeps the layers, also when the image is removed at the end.
    docker("build", "--quiet", "--network", "host", "--label", f"{engine.LABEL}=1", "--tag", IMAGE, str(FACE))
    owned.remove((NAME,))
    sockets = tmp_path_factory.mktemp("sockets")
    port = urllib.parse.urlsplit(jupyterlab).port
    with (
        forwarded(
            lambda forward: asyncio.start_unix_server(forward, sockets / "page"),
            lambda: asyncio.open_connection("127.0.0.1", port),
        ),
        forwarded(
            lambda forward: asyncio.start_server(forward, "127.0.0.1", 0),
            lambda: asyncio.open_unix_connection(sockets / "devtools"),
        ) as (_, devtools),
    ):
        container = engine.client().containers.run(
            IMAGE, [str(port)], name=NAME, detach=True, init=True, volumes={str(sockets): {"bind": "/sockets"}}
        )

        def answer():
            try:
                opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                return json.load(opener.open(f"http://127.0.0.1:{devtools}/json/version", timeout=2))["Browser"]
            except (OSError, http.client.HTTPException):
                return container.logs().decode()[-500:]

        wait_for(answer, lambda seen: seen.startswith(("Chrome/", "HeadlessChrome/")), what="Chromium")
        yield f"http://127.0.0.1:{devtools}"
        owned.remove((NAME, IMAGE))


@contextmanager
def page(chromium: str, address: str):
    """A fresh page on an address, as wide as a laptop's screen; fails on errors in its scripts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.connect_over_cdp(chromium)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.set_default_timeout(60_000)
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.locator(".jp-Notebook:visible .jp-Cell").first.wait_for()
        try:
            yield page
        except BaseException:
            print(f"What it looked like: {_picture(page)}")
            raise
        finally:
            context.close()
        assert not errors, f"the page's scripts failed: {errors}"


def _picture(page) -> Path:
    """A picture of the page as it is when a test fails."""
    path = Path(tempfile.mkdtemp(prefix="workbook-page-")) / "failed.png"
    page.screenshot(path=path)
    return path


def address_of(jupyterlab: str, notebook: str) -> str:
    """Where a notebook opens, in a page that has forgotten what was open."""
    return re.sub(r"/tree/[^?]+", f"/tree/{notebook}", jupyterlab).replace("?", "?reset&")


def run_all(page, seconds: float) -> None:
    """Run → Run All Cells, and until the last one has ended."""
    # Else nothing runs: the notebook's sign is there before its kernel is.
    page.locator('.jp-Notebook-ExecutionIndicator:visible[data-status="idle"]').wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    prompts = page.locator(".jp-Notebook:visible .jp-CodeCell .jp-InputPrompt")

    def state():
        return [text.strip() for text in prompts.all_text_contents()]

    def numbers(texts):
        return [int(number) for number in re.findall(r"\d+", "".join(texts))]

    ran_before = max(numbers(state()), default=0)

    def all_ran(texts):
        # A folded cell, as a solution is, has no number.
        return re.fullmatch(r"(\[\d+\]:)+", "".join(texts)) and min(numbers(texts)) > ran_before

    # What is asked for while JupyterLab still connects, or changes to a second kernel that it has begun in the same
    # moment, never runs.
    for _ in range(3):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        with suppress(AssertionError):
            wait_for(state, lambda texts: "*" in "".join(texts) or all_ran(texts), 20, "the first cell's start")
        ran = all_ran(wait_for(state, lambda texts: "*" not in "".join(texts), seconds, "the last cell's end"))
        if ran or faults(page):
            # Cells far below are not in the page, and may not have run yet.
            page.locator('.jp-Notebook-ExecutionIndicator:visible[data-status="idle"]').wait_for(timeout=seconds * 1000)
            return
    raise AssertionError(f"not all cells ran: {state()}")


def look(page, chapter, request) -> None:
    """Keeps pictures of the whole notebook, screen by screen, if asked for."""
    folder = request.config.getoption("--screenshots")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": 1280, "height": 1600})
    outer = page.locator(".jp-WindowedPanel-outer:visible")
    place, number = 0, 1
    while True:
        outer.evaluate("(element, place) => element.scrollTo(0, place)", place)
        # Cells that come into view are laid out in the next frames.
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.screenshot(path=f"{folder}/{chapter}-{number:02}.png")
        reached, height, visible = outer.evaluate("e => [e.scrollTop, e.scrollHeight, e.clientHeight]")
        if reached + visible >= height - 2:
            return
        place, number = reached + visible - 60, number + 1


def faults(page) -> list[str]:
    """Everything on the page that a learner would take for an error."""
    found = []
    for selector, what in (
        ('.jp-Notebook [data-mime-type="application/vnd.jupyter.error"]', "a cell that failed"),
        ('.jp-Notebook [data-mime-type="application/vnd.jupyter.stderr"]', "output on standard error"),
        (".jp-Dialog", "a dialog"),
        (".Toastify__toast", "a notification"),
        (".jp-Notebook .jp-RenderedJavaScript", "a script that was not run"),
    ):
        found += [f"{what}: {text.strip()[:500]}" for text in page.locator(selector).all_text_contents()]
    text = page.locator(".jp-Notebook:visible").text_content()
    found += [
        words
        for words in (
            "Error displaying widget",
            "Error creating widget",
            "Loading widget...",
            "Mermaid error",
            "Syntax error in text",
        )
        if words in text
    ]
    return found


def clean_up(page, chapter) -> None:
    """Runs the chapter's last cell by itself: within a second after another one, it would take that for Run All."""
    ended = time.monotonic()
    wait_for(time.monotonic, lambda now: now - ended > 1.5, what="the pause of somebody who reads")
    page.locator(".jp-CodeCell .cm-content", has_text="lab.clean(").last.click()
    page.keyboard.press("Shift+Enter")
    page.get_by_text(f"Chapter {chapter} is cleaned up").wait_for(timeout=180_000)  # a node may have to leave


@pytest.mark.plays("00")
def test_the_first_page_opens_on_chapter_00(chromium, jupyterlab):
    with page(chromium, jupyterlab) as shown:
        assert shown.locator(".jp-Notebook:visible h1").first.inner_text().strip("¶ ") == "00 · Start here"
        names = shown.locator(".jp-DirListing-itemText")
        files = [name for name in names.all_text_contents() if "." in name]
        wanted = [chapter.notebook for chapter in chapters.every()]
        assert files[: len(wanted)] == wanted, "chapters come first in the list of files"
        cut = names.evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)")
        assert not cut, "names in the list of files are cut"
        assert shown.locator(".jp-CodeCell .cm-lineWrapping").count(), "long lines of code run out of the page"
        assert not faults(shown)


def test_commands_have_bashs_colours_and_instructors_notes_open_by_one_switch(chromium, jupyterlab):
    with page(chromium, jupyterlab) as shown:
        first = shown.locator(".jp-CodeCell .cm-content", has_text="%%sh").first
        wait_for(lambda: first.get_attribute("data-language"), lambda seen: seen == "shell", what="bash's colours")
        python = shown.locator(".jp-CodeCell .cm-content", has_text="lab.prepare").first
        assert python.get_attribute("data-language") in ("python", "ipython")
        note = shown.locator(".workbook-note p").first
        note.wait_for(state="attached")  # what is far below is laid out when there is time
        assert not note.is_visible(), "instructor's notes are folded"
        for seen in (True, False):
            shown.get_by_role("menuitem", name="View", exact=True).click()
            shown.locator(".lm-Menu-itemLabel", has_text="Show Instructor's Notes").click()
            note.wait_for(state="visible" if seen else "hidden")


@pytest.mark.plays("00")
def test_the_answer_to_a_prediction_is_hidden_until_its_cell_has_run(chromium, jupyterlab):
    with page(chromium, jupyterlab) as shown:
        shown.locator('.jp-Notebook-ExecutionIndicator:visible[data-status="idle"]').wait_for()
        answer = shown.locator(".jp-MarkdownCell p", has_text="A container runs as long as its first program runs")
        answer.wait_for(state="attached")
        assert not answer.is_visible(), "it can be read before the prediction"
        shown.locator(".jp-CodeCell .cm-content", has_text="docker rm -f lab-00-first").click()
        shown.keyboard.press("Control+Enter")
        answer.wait_for(state="visible")


def pytest_generate_tests(metafunc):
    """A plain run opens the first chapter, one with diagrams, and one on the cluster; `--every-page` opens all."""
    if "chapter" in metafunc.fixturenames:
        every = metafunc.config.getoption("--every-page")
        some = [one for one in chapters.every() if every or one.number in ("00", "01", "07")]
        metafunc.parametrize("chapter", [pytest.param(one, id=str(one), marks=_marks(one)) for one in some])


def _marks(lesson):
    return [pytest.mark.plays(lesson.number), *([pytest.mark.cluster] if lesson.cluster else ())]


def test_chapter(chapter, chromium, jupyterlab, request):
    if chapter.cluster:
        request.getfixturevalue("cluster")
    address = address_of(jupyterlab, chapter.notebook)
    with page(chromium, address) as shown:
        run_all(shown, 600)
        look(shown, chapter, request)
        assert not faults(shown)
        assert shown.get_by_role("region", name=f"Chapter {chapter.number}").count() >= 1, (
            "the chapter's header is missing"
        )
        for exercise in chapter.exercises.values():
            assert shown.get_by_role("region", name=f"Exercise {exercise.title}").count() >= 1, (
                f"the card of {exercise.name} is missing"
            )
        words = shown.locator(".jp-Notebook:visible").text_content()
        assert "Not yet" in words, "no exercise says that it is not done yet"
        # Solutions are folded away, and Run All of a learner runs none.
        solutions = shown.locator(".jp-Notebook:visible .jp-CodeCell .cm-content", has_text="%%solution")
        assert solutions.count() == 0, "a solution can be read without being asked for"
        assert "Nothing is removed" in words, "Run All takes away what the chapter made"
        clean_up(shown, chapter)


def test_a_picture_goes_beside_the_notebook_by_one_click(chromium, jupyterlab):
    write_notebook(jupyterlab, "picture.ipynb", ['lab.views.engine.live("lab-00-*")'])
    with page(chromium, address_of(jupyterlab, "picture.ipynb")) as shown:
        run_all(shown, 60)
        shown.get_by_role("button", name="Beside the notebook").click()
        pictures = shown.locator(".lk-engine")
        wait_for(pictures.count, lambda seen: seen == 2, what="a second view of the picture")
        first, second = (pictures.nth(i).bounding_box() for i in (0, 1))
        assert second["x"] >= first["x"] + first["width"], "it stands at the right"
        assert shown.get_by_role("button", name="Beside the notebook").count() == 1
        assert not faults(shown)
        shown.keyboard.press("Control+s")

        def layout():
            return json.dumps(ask(jupyterlab, "lab/api/workspaces/default"))

        wait_for(layout, lambda seen: "cloned-outputs" in seen, what="the layout, kept by JupyterLab")
        shown.reload()
        wait_for(pictures.count, lambda seen: seen == 2, what="both pictures when the page was loaded anew")


def test_a_second_picture_comes_in_the_place_of_the_first(chromium, jupyterlab):
    write_notebook(jupyterlab, "two.ipynb", [f'lab.views.engine.live("lab-0{n}-*")' for n in (0, 1)])
    with page(chromium, address_of(jupyterlab, "two.ipynb")) as shown:
        run_all(shown, 60)
        notebook = shown.locator(".jp-NotebookPanel:visible")
        for name in ("lab-00-*", "lab-01-*"):
            notebook.locator(".lk-engine", has_text=name).get_by_role("button", name="Beside the notebook").click()
            beside = shown.locator(".jp-LinkedOutputView:visible")
            wait_for(beside.all_text_contents, lambda seen, name=name: len(seen) == 1 and name in seen[0], 30, name)
        wide = shown.viewport_size["width"]
        assert notebook.bounding_box()["width"] > wide / 4, "both stand side by side, and the notebook has no room"


def test_a_picture_whose_kernel_was_restarted_says_so(chromium, jupyterlab):
    write_notebook(jupyterlab, "restarted.ipynb", ['lab.views.engine.live("lab-00-*")'])
    with page(chromium, address_of(jupyterlab, "restarted.ipynb")) as shown:
        run_all(shown, 60)
        shown.get_by_role("button", name="Beside the notebook").click()
        wait_for(shown.locator(".lk-engine").count, lambda seen: seen == 2, what="a second view of the picture")
        said = shown.locator(".lk-away", has_text="Its kernel has ended")
        assert said.count() == 0
        shown.get_by_role("menuitem", name="Kernel", exact=True).click()
        shown.get_by_role("menuitem", name=re.compile(r"^Restart Kernel")).first.click()
        shown.get_by_role("button", name="Confirm Kernel Restart").click()
        wait_for(said.count, lambda seen: seen == 2, 30, "both views that say that their kernel has ended")
        assert shown.get_by_role("button", name="Beside the notebook").count() == 0
        shown.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        shown.locator(".jp-Notebook:visible .cm-content").first.click()
        shown.keyboard.press("Shift+Enter")
        wait_for(
            shown.locator(".jp-Notebook:visible .lk-away").all_text_contents,
            lambda seen: seen == [""],
            30,
            "it is live again",
        )


CLUSTER = "lab-view-page"


@pytest.fixture
def namespace(cluster):
    """kubectl in a namespace of its own, with an autoscaled deployment of two pods, a service, and an ingress."""
    from labkit import shell, supply
    from labkit.cluster import contents

    def kubectl(*words, stdin=None):
        subprocess.run(
            ["kubectl", "-n", CLUSTER, *words],
            input=stdin,
            check=True,
            capture_output=True,
            text=True,
            env=shell.environment(),
        )

    supply.ensure("busybox")
    contents.load_image("busybox:1.37")
    contents.make_namespace(CLUSTER)
    kubectl("create", "-f", str(Path(__file__).parent / "shop.yaml"))
    kubectl("rollout", "status", "deployment/shop", "--timeout=2m")
    yield kubectl
    contents.delete_namespaces(CLUSTER)


def watch_services(seen: dict, number: int, cluster) -> threading.Thread:
    """Follows the services of the namespace until it saw so many new ones: when each came, in seconds since 1970."""
    from kubernetes import client, watch

    core = client.CoreV1Api(cluster.client())
    version = core.list_namespaced_service(CLUSTER).metadata.resource_version

    def follow():
        events = watch.Watch()
        options = {"resource_version": version, "timeout_seconds": 60}
        for event in events.stream(core.list_namespaced_service, CLUSTER, **options):
            seen.setdefault(event["object"].metadata.name, time.time())
            if len(seen) == number:
                events.stop()

    thread = threading.Thread(target=follow)
    thread.start()
    return thread


# When a word came into the picture, in seconds since 1970, and the longest time between two frames, in milliseconds.
OBSERVE = """element => {
  window.came = {}; window.longest = 0;
  const look = () => {
    for (const b of element.querySelectorAll(".lk-leads b")) window.came[b.textContent] ??= Date.now() / 1000;
  };
  new MutationObserver(look).observe(element, { childList: true, subtree: true, characterData: true });
  let before = performance.now();
  const frame = now => {
    window.longest = Math.max(window.longest, now - before);
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""


def test_the_cluster_picture_shows_what_is_in_a_namespace(chromium, jupyterlab, cluster, namespace, request):
    kubectl = namespace
    write_notebook(jupyterlab, "cluster.ipynb", [f'lab.views.cluster.live("{CLUSTER}")'])
    with page(chromium, address_of(jupyterlab, "cluster.ipynb")) as shown:
        run_all(shown, 60)
        picture = shown.locator(".lk-cluster").first
        for title in ("What wants pods", "What leads to pods"):
            picture.get_by_role("region", name=title).wait_for()
        assert not picture.get_by_role("region", name="Helm releases").is_visible(), "there are no releases"
        picture.get_by_text("2 endpoints, ready").wait_for()
        assert picture.get_by_text("autoscaler shop: cpu").count() == 1

        picture.evaluate(OBSERVE)
        seen: dict[str, float] = {}
        follower = watch_services(seen, 5, cluster)
        for number in range(5):
            kubectl("create", "service", "clusterip", f"soon-{number}", "--tcp=80")
            picture.locator(".lk-leads b", has_text=f"soon-{number}").wait_for()
        follower.join(20)
        came = shown.evaluate("window.came")
        late = sorted(came[name] - seen[name] for name in seen)
        print(f"on the screen after {late} s")
        assert late[2] < 0.2, f"on the screen {late} s after the watch API's own event"
        kubectl("delete", "service", *seen)

        # A rolling update that goes no further: its new pod does not become ready.
        kubectl("set", "env", "deployment/shop", "READY=no")
        shop = picture.locator(".lk-wants > .lk-pods > .lk-thing", has_text="deployment")
        shop.locator(".lk-parts .lk-thing").nth(1).wait_for()
        picture.get_by_text("not ready, gets no requests:").wait_for()
        picture.locator(".lk-node .lk-facts", has_text="revision 2, new").wait_for()
        for width in (1280, 1024):
            shown.set_viewport_size({"width": width, "height": 1100})
            assert picture.evaluate("e => e.scrollWidth <= e.clientWidth"), f"it is wider than a page of {width}"
            keep(shown, request, f"cluster-{width}")
        shown.get_by_role("button", name="Beside the notebook").click()
        docked = shown.locator(".lk-cluster").nth(1)
        docked.get_by_text("not ready, gets no requests:").wait_for()
        assert docked.evaluate("e => e.scrollWidth <= e.clientWidth"), "it is wider than half a window"
        keep(shown, request, "cluster-docked")
        shown.get_by_role("menuitem", name="Settings", exact=True).click()
        shown.locator(".lm-Menu-itemLabel", has_text="Theme").first.hover()
        shown.locator(".lm-Menu-itemLabel", has_text="JupyterLab Dark").first.click()
        shown.locator('body[data-jp-theme-light="false"]').wait_for(state="attached")
        keep(shown, request, "cluster-dark")

        shown.evaluate("() => { window.longest = 0; }")
        kubectl("scale", "deployment/many", "--replicas=500")
        group = docked.locator(".lk-node .lk-head", has_text="deployment many revision 1")
        group.get_by_text("500 SchedulingGated").wait_for(timeout=120_000)
        longest = shown.evaluate("window.longest")
        print(f"longest time between two frames: {longest:.0f} ms")
        assert longest < 1000, f"the page stood still for {longest:.0f} ms"
        assert docked.locator(".lk-node .lk-pod").count() < 10, "one line for each owner"
        keep(shown, request, "cluster-many")
        docked.get_by_text("The same as a table").click()
        rows = docked.locator("table", has_text=f"Pods of namespace {CLUSTER}").locator("tr")
        wait_for(rows.count, lambda seen: seen > 500, what="all pods in the table")
        assert not faults(shown)


def keep(page, request, name: str) -> None:
    """A picture of the page as it is, if asked for."""
    if folder := request.config.getoption("--screenshots"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_learner_compares_their_list_with_ours(chromium, jupyterlab):
    name = "docker-deployment/missing"
    cells = [
        '%%sh\nprintf "%s\\n" "Nobody noticed." "The number was gone." > 05-missing.txt',
        f'lab.compare("{name}")',
    ]
    write_notebook(jupyterlab, "compare.ipynb", cells)
    with page(chromium, address_of(jupyterlab, "compare.ipynb")) as shown:
        run_all(shown, 60)
        ours = chapters.exercise(name).model
        assert shown.get_by_text("Nobody noticed.", exact=True).count() == 1
        assert not shown.get_by_label(ours[0]).is_visible(), "our list is folded"
        for rows, had in (((0, 3), 2), ((0,), 1)):
            shown.get_by_text("Our list", exact=True).first.click()
            for row in rows:
                shown.get_by_label(ours[row]).click()
            shown.get_by_role("button", name="This is what I had").click()
            shown.get_by_text(f"You had {had} of these {len(ours)}").wait_for()
            run_all(shown, 60)  # and again, to change it
        assert not faults(shown)


def test_what_was_live_stays_to_be_read_when_its_kernel_has_ended(chromium, jupyterlab):
    long = "it goes on, " * 20
    cells = [
        f'lab.predict("start-here/guess", "What then?", ["it ends", "{long}"])',
        "%%solution start-here/hello\nprint(1)",
        'lab.views.engine.live("lab-00-*")',
        *["pass\n" * 15] * 90,
        'lab.predict("start-here/far", "And far below?", ["the same", "an error"])',
    ]
    write_notebook(jupyterlab, "ended.ipynb", cells)
    address = address_of(jupyterlab, "ended.ipynb")
    with page(chromium, address) as shown:
        run_all(shown, 60)
        box = shown.locator(".workbook-prediction").first
        assert box.evaluate("e => e.scrollWidth <= e.clientWidth"), "a long answer runs out of its card"

        def saved():
            shown.keyboard.press("Control+s")
            return ask(jupyterlab, "api/contents/ended.ipynb")["content"]["cells"][-1]

        wait_for(saved, lambda cell: cell["outputs"], what="the last cell's output in what was saved")
        [kernel] = [one for one in ask(jupyterlab, "api/sessions") if one["path"] == "ended.ipynb"]
        ask(jupyterlab, f"api/kernels/{kernel['kernel']['id']}/restart", method="POST")
        shown.goto("about:blank")
        shown.goto(address)
        again = shown.locator(".jp-Notebook:visible").get_by_text("its kernel has ended: run this cell again")
        wait_for(again.count, lambda seen: seen >= 3, what="what stays of three cells")

        def at_the_end():
            # A cell is laid out when it comes near, while nothing moves, and until then the page's length is a guess.
            # So from one cell to the last that is there, and never beyond.
            shown.locator(".jp-Notebook:visible .jp-Cell:visible").last.evaluate(
                "e => e.getBoundingClientRect().bottom > innerHeight - 30 && e.scrollIntoView({block: 'end'})"
            )
            return again.count()

        wait_for(at_the_end, lambda seen: seen == 4, 90, "what stays of the cell far below")
        words = shown.locator(".jp-Notebook:visible").text_content()
        assert long.strip() in words and "A solution of" in words and "engine, lab-00-*" in words
        assert not faults(shown)


def ask(jupyterlab: str, path: str, content: dict | None = None, method: str = "GET"):
    """JupyterLab's answer to a request to its API."""
    address = urllib.parse.urlsplit(jupyterlab)
    request = urllib.request.Request(
        f"{address.scheme}://{address.netloc}/{path}?{address.query}",
        json.dumps(content).encode() if content else None,
        {"Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
        return json.load(answer)


def write_notebook(jupyterlab: str, name: str, cells: list[str]) -> None:
    """Puts a notebook of these code cells into the learner's folder."""
    import nbformat

    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)"}  # else the page asks
    ask(jupyterlab, f"api/contents/{name}", {"type": "notebook", "content": book}, "PUT")
