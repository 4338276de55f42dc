"""Reading the tensors of a weights file with numpy. No torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.head import names_of_head
from rrsis_geo.model.serialization.header import WeightsInfo
from rrsis_geo.model.serialization.numpy_tensors import (
    SCALE,
    open_tensors,
    unpacked,
)
from rrsis_geo.model.serialization.text_encoder_file import TEXT_PREFIX


class StoredTensors:
    """Tensors of weights under their names in the network.

    Each is read and unpacked when it is asked for: the text encoder is most of the file
    and is not needed for long.
    """

    def __init__(self, info: WeightsInfo, *, second: bool = False) -> None:
        """Open the files.

        Args:
            info: Of the weights.
            second: Whether the tensors of the head are those of the second one.

        Raises:
            WeightsError: a file cannot be read, or a tensor is in the wrong one.
        """
        self.info = info
        file = open_tensors(info.path)
        self._files = dict.fromkeys(file.keys(), file)
        if info.text_path is not None:
            text = open_tensors(info.text_path)
            odd = [name for name in self._files if name.startswith(TEXT_PREFIX)]
            names = text.keys()
            odd += [name for name in names if not name.startswith(TEXT_PREFIX)]
            if odd:
                raise WeightsError(
                    f"{info.path} and {info.text_path}: {odd[0]} lies in the wrong "
                    "one; fetch both again"
                )
            self._files |= dict.fromkeys(names, text)
        self._names = names_of_head(self._files, second=second)
        self._unread = {name for name in self._names if not name.endswith(SCALE)}

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        """A tensor in float32.

        Raises:
            WeightsError: the files do not have it.
        """
        self._unread.discard(name)
        return self._unpacked(name, slice(None))

    def rows(self, name: str, rows: Sequence[int]) -> NDArray[np.float32]:
        """Some rows of a matrix in float32; the others are not unpacked.

        Raises:
            WeightsError: the files do not have it.
        """
        self._unread.discard(name)
        return self._unpacked(name, list(rows))

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor.

        Raises:
            WeightsError: the files do not have it.
        """
        return tuple(self._find(name).shape)

    def check_read(self, belongs: Callable[[str], bool]) -> None:
        """Check that every tensor of a part of the network has been read.

        Args:
            belongs: whether the tensor of a name is of that part.

        Raises:
            WeightsError: one has not; then the config is of another network.
        """
        if unread := sorted(filter(belongs, self._unread)):
            raise self._other_architecture(unread[0])

    def _find(self, name: str) -> NDArray[Any]:
        kept = self._names.get(name)
        if kept is None:
            raise self._other_architecture(name)
        stored: NDArray[Any] = self._files[kept].get_tensor(kept)
        return stored

    def _unpacked(self, name: str, rows: Any) -> NDArray[Any]:
        stored = self._find(name)
        if stored.dtype != np.int8:
            return unpacked(stored, None, rows)
        if name + SCALE not in self._names:
            raise WeightsError(
                f"{name}: int8 without scales; the weights file is damaged, fetch it "
                "again"
            )
        return unpacked(stored, self._find(name + SCALE), rows)

    def _other_architecture(self, name: str) -> WeightsError:
        return WeightsError(
            f"{self.info.path}: another architecture than its config says: the first "
            f"tensor that differs is {name}; fetch the file again"
        )
