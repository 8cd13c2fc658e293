import time, pathlib
from test_browser import chromium, jupyterlab
import pytest
@pytest.mark.engine
def test_walk(chromium, jupyterlab):
    pathlib.Path("/tmp/walk/addr").write_text(f"{chromium}\n{jupyterlab}\n")
    end = pathlib.Path("/tmp/walk/end")
    while not end.exists():
        time.sleep(1)
