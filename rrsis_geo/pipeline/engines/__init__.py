"""Where shards run. The library of an engine is imported when it is opened."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from rrsis_geo.errors import EngineError
from rrsis_geo.job import ENGINES
from rrsis_geo.types import Engine


def open_engine(name: str, *, workers: int = 1) -> Engine:
    """The engine of that name.

    Args:
        name: A key of `rrsis_geo.job.ENGINES`.
        workers: Items that are worked on at a time.

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
