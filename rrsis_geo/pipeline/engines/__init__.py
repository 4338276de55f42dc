"""Where shards run. An engine's library is imported when it is opened, not before."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from rrsis_geo.errors import EngineError
from rrsis_geo.types import Engine

ENGINES = {
    "serial": "rrsis_geo.pipeline.engines.local:SerialEngine",
    "processes": "rrsis_geo.pipeline.engines.local:ProcessEngine",
    "ray": "rrsis_geo.pipeline.engines.ray:RayEngine",
}


def open_engine(name: str, *, workers: int = 1) -> Engine:
    """The engine of that name, for so many pieces of work at a time.

    Raises:
        EngineError: there is no such engine, or its library is not installed.
    """
    if name not in ENGINES:
        raise EngineError(f"no engine {name!r}; there are {', '.join(ENGINES)}")
    module, _, kind = ENGINES[name].partition(":")
    try:
        return cast(Engine, getattr(import_module(module), kind)(workers=workers))
    except ModuleNotFoundError as error:
        raise EngineError(
            f"engine {name!r} needs {error.name}: pip install 'rrsis-geo[{name}]'"
        ) from error
