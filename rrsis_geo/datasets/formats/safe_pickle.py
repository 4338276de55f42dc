"""Plain data out of a pickle, without running it.

A pickle is a program for a small machine with a stack; some of its instructions import
and call whatever they name, so a stranger's pickle can do anything. This machine knows
only the instructions that build numbers, texts, lists, tuples, dicts and sets. All
others, those that name a class or function first of all, are refused before anything
happens. `pickletools` splits the file into instructions and runs none.
"""

from __future__ import annotations

import pickletools
from pathlib import Path
from typing import Any

from rrsis_geo.errors import DataError

_MARK = object()

_CONSTANTS: dict[str, Any] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}

_VALUES = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4"),
    *("FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING"),
    *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8"),
    *("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
}
"""Instructions that put their argument on the stack."""

_EMPTY = {"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_TUPLE": tuple}
_EMPTY["EMPTY_SET"] = set

_GET = {"GET", "BINGET", "LONG_BINGET"}
_PUT = {"PUT", "BINPUT", "LONG_BINPUT"}
_NOTHING = {"PROTO", "FRAME"}


def read_plain_pickle(path: Path) -> Any:
    """The value in a pickle of plain data, of any protocol.

    Raises:
        DataError: the file cannot be read, is no pickle, or holds more than numbers,
            texts, lists, tuples, dicts and sets.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    machine = _Machine()
    try:
        for code, argument, _ in pickletools.genops(body):
            if code.name == "STOP":
                (value,) = machine.stack
                return value
            machine.step(code.name, argument)
    except _Refused as refused:
        raise DataError(
            f"{path}: holds more than plain data ({refused}); it was not run. A "
            "data set's list of expressions needs no such thing"
        ) from refused
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: not a pickle of plain data ({error!r})") from error
    raise DataError(f"{path}: not a pickle of plain data (it breaks off)")


class _Refused(Exception):
    """An instruction outside the plain ones."""


class _Machine:
    """A stack of values under construction."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        """Do one instruction, or refuse it."""
        stack = self.stack
        if name in _VALUES:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in _EMPTY:
            stack.append(_EMPTY[name]())
        elif name in _GET:
            stack.append(self._memo[int(argument)])
        elif name in _PUT:
            self._memo[int(argument)] = stack[-1]
        elif name == "MEMOIZE":
            self._memo[len(self._memo)] = stack[-1]
        elif name == "MARK":
            stack.append(_MARK)
        elif name == "POP":
            stack.pop()
        elif name == "POP_MARK":
            self._since_mark()
        elif name not in _NOTHING:
            self._build(name, argument)

    def _build(self, name: str, argument: Any) -> None:
        """Lists, tuples, dicts and sets from what lies on the stack."""
        stack = self.stack
        match name:
            case "LIST":
                stack.append(self._since_mark())
            case "TUPLE":
                stack.append(tuple(self._since_mark()))
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                values = [stack.pop() for _ in range(int(name[-1]))]
                stack.append(tuple(reversed(values)))
            case "DICT":
                stack.append(_pairs(self._since_mark()))
            case "FROZENSET":
                stack.append(frozenset(self._since_mark()))
            case "APPEND":
                value = stack.pop()
                _of(stack[-1], list).append(value)
            case "APPENDS":
                values = self._since_mark()
                _of(stack[-1], list).extend(values)
            case "SETITEM":
                value, key = stack.pop(), stack.pop()
                _of(stack[-1], dict)[key] = value
            case "SETITEMS":
                values = self._since_mark()
                _of(stack[-1], dict).update(_pairs(values))
            case "ADDITEMS":
                values = self._since_mark()
                _of(stack[-1], set).update(values)
            case _:
                shown = "" if argument is None else f" {str(argument)[:60]!r}"
                raise _Refused(f"the instruction {name}{shown}")

    def _since_mark(self) -> list[Any]:
        """Take what was put down since the last mark, and the mark."""
        at = len(self.stack) - 1
        while self.stack[at] is not _MARK:
            at -= 1
            if at < 0:
                raise ValueError("a mark is missing")
        values = self.stack[at + 1 :]
        del self.stack[at:]
        return values


def _of(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} wanted, got {type(value).__name__}")
    return value


def _pairs(values: list[Any]) -> dict[Any, Any]:
    return dict(zip(values[::2], values[1::2], strict=True))
