"""Live pictures, one module each: `lab.views.layers` is imported when somebody asks for it."""

import importlib
import importlib.util


def __getattr__(name: str):
    if not name.startswith("_") and importlib.util.find_spec(f"{__name__}.{name}"):
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"there is no picture module {name} in labkit.views")
