"""Plain data out of a pickle that nobody has to trust.

A pickle is a program for a stack machine; some of its opcodes import and call whatever
the file names. Two checks stand before it. `check_opcodes` walks through the program
with `pickletools`, which runs nothing, and lets only opcodes pass that build numbers,
texts, bytes, lists, tuples, dicts and sets, within limits on memory and time. Then
`PlainUnpickler` runs it, and refuses to look up any class, function or persistent
object.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from pathlib import Path
from typing import Any, NoReturn

from rrsis_geo.errors import DataError

MAX_BYTES = 64 * 2**20
"""Size limit of a file; one byte of it may become an object of 64 bytes."""

MAX_VALUES = 1000
"""Limit of values in a tuple or frozenset, including nested ones. C code visits all of
them for a hash, so shared or deeply nested ones could hang or crash the interpreter."""

_VALUES = {
    *("NONE", "NEWTRUE", "NEWFALSE"),
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4"),
    *("FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING"),
    *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8"),
    *("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
}
_LISTS = {"EMPTY_LIST", "LIST", "APPEND", "APPENDS"}
_DICTS = {"EMPTY_DICT", "DICT", "SETITEM", "SETITEMS"}
_SETS = {"EMPTY_SET", "ADDITEMS"}
_HASHABLE = {"EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "FROZENSET"}
_PUT = {"PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"}
_GET = {"GET", "BINGET", "LONG_BINGET"}
_LINES = {"INT", "LONG", "FLOAT", "STRING", "UNICODE", "PUT", "GET"}
"""Opcodes of protocol 0, whose argument is a line of text."""
_STACK = {"MARK", "POP", "POP_MARK"}
_FRAMING = {"PROTO", "FRAME", "STOP"}

ALLOWED_OPCODES = frozenset().union(
    *(_VALUES, _LISTS, _DICTS, _SETS, _HASHABLE, _PUT, _GET, _STACK, _FRAMING)
)


def read_plain_pickle(path: Path) -> Any:
    """Read the value in a pickle of plain data, of any protocol.

    Texts that Python 2 pickled as bytes are decoded as Latin-1.

    Raises:
        DataError: The file cannot be read, is larger than `MAX_BYTES`, is no pickle, or
            holds more than plain data.
    """
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    if len(body) > MAX_BYTES:
        raise DataError(
            f"{path}: larger than {MAX_BYTES >> 20} MiB, so it is not the list of "
            "expressions of a data set"
        )
    try:
        check_opcodes(body)
        return PlainUnpickler(io.BytesIO(body), encoding="latin-1").load()
    except RefusedPickle as error:
        raise DataError(
            f"{path}: holds more than plain data ({error}); it was not run. A list of "
            "expressions needs only dicts, lists, texts and numbers; get the file from "
            "where the data set was published"
        ) from error
    except _BROKEN as error:
        raise DataError(f"{path}: not a pickle of plain data ({error})") from error


class RefusedPickle(pickle.UnpicklingError):
    """A pickle asks for more than plain data."""


_BROKEN = (
    *(pickle.UnpicklingError, EOFError, ValueError, OverflowError),
    *(LookupError, TypeError, AttributeError),
)
"""What `pickletools` and `Unpickler` raise where a program is broken."""


class PlainUnpickler(pickle.Unpickler):
    """An unpickler without access to any name outside the pickle."""

    def find_class(self, module: str, name: str, /) -> NoReturn:
        """Refuse to look up a class or function."""
        raise RefusedPickle(f"the name {module}.{name}"[:100])

    def persistent_load(self, pid: Any, /) -> NoReturn:
        """Refuse to look up an object outside the pickle."""
        raise RefusedPickle("a persistent object")


def check_opcodes(body: bytes) -> None:
    """Check that a pickle only builds plain data, in bounded memory and time.

    Follows the stack as `pickletools.dis` does, with the size of each value in its
    place: 1, or the values in a tuple or frozenset.

    Raises:
        RefusedPickle: An opcode is not in `ALLOWED_OPCODES`, or a limit is exceeded.
        ValueError: The program is broken: it ends early, or an operand is missing.
    """
    stack: list[int] = []
    marks: list[int] = []
    memo: dict[int, int] = {}
    framed = False
    for opcode, argument, _ in pickletools.genops(body):
        name = opcode.name
        if name not in ALLOWED_OPCODES:
            shown = "" if argument is None else f" {str(argument)[:60]!r}"
            raise RefusedPickle(f"opcode {name}{shown}")
        framed |= name == "FRAME"
        if framed and name in _LINES:
            # `Unpickler` skips what of such a line lies before the end of a frame.
            raise ValueError(f"opcode {name} after a frame")
        if name == "MARK":
            marks.append(len(stack))
        elif name == "POP" and marks and marks[-1] == len(stack):
            marks.pop()
        elif name in _GET:
            if argument not in memo:
                raise ValueError(f"opcode {name} {str(argument)[:20]} before its PUT")
            stack.append(memo[argument])
        elif name in _PUT:
            index = len(memo) if argument is None else argument
            if not stack:
                raise ValueError(f"opcode {name} on an empty stack")
            if not 0 <= index <= len(body):
                # The memo of `Unpickler` is an array up to the largest index.
                raise RefusedPickle(f"opcode {name} {str(index)[:20]} beyond its size")
            memo[index] = stack[-1]
        else:
            operands = _pop_operands(opcode, stack, marks)
            size = 1 + sum(operands) if name in _HASHABLE else 1
            if size > MAX_VALUES:
                raise RefusedPickle(f"opcode {name} with more than {MAX_VALUES} values")
            stack += [size] * len(opcode.stack_after)
    if stack or marks:
        raise ValueError("more than one value is left")


def _pop_operands(
    opcode: pickletools.OpcodeInfo, stack: list[int], marks: list[int]
) -> list[int]:
    """Take what an opcode consumes, and its mark, off the stack; returns the sizes."""
    before = opcode.stack_before
    if pickletools.markobject in before:
        if not marks:
            raise ValueError(f"opcode {opcode.name} without a mark")
        start = marks.pop() - before.index(pickletools.markobject)
    else:
        start = len(stack) - len(before)
    if start < (marks[-1] if marks else 0):
        raise ValueError(f"opcode {opcode.name} without its operands")
    operands = stack[start:]
    del stack[start:]
    return operands
