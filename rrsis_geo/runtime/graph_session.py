"""Sessions of ONNX Runtime: a shipped graph filled with the tensors of weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from rrsis_geo.errors import WeightsError
from rrsis_geo.model.config import ModelConfig
from rrsis_geo.runtime.graph_files import graph_path
from rrsis_geo.runtime.threads import thread_count

Value: TypeAlias = Any  # an onnxruntime.OrtValue, which has no type hints


class GraphSession:
    """A part of the network, ready to run."""

    def __init__(
        self,
        part: str,
        config: ModelConfig,
        tensors: Mapping[str, NDArray[np.float32]],
        *,
        once: bool = False,
    ) -> None:
        """Fill the graph.

        Args:
            part: a key of `PART_FIELDS`.
            config: of the network.
            tensors: its parameters, see `folding`.
            once: it runs a few times only, so matrices are not copied into the order
                that multiplies fastest.

        Raises:
            WeightsError: the tensors do not fit the graph.
        """
        path = graph_path(part, config)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = thread_count()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors; they are raised as well
        options.enable_cpu_mem_arena = False
        if once:
            options.add_session_config_entry("session.disable_prepacking", "1")
        # Idle threads of a waiting worker must not spin.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        values = {
            name: onnxruntime.OrtValue.ortvalue_from_numpy(tensors[name])
            for name in tensors
        }
        options.add_external_initializers(list(values), list(values.values()))
        try:
            self._session = onnxruntime.InferenceSession(
                path.read_bytes(), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # its own kinds have no common base
            raise WeightsError(
                f"the weights do not fit the graph of their config, {path.name}: "
                f"{error}"
            ) from error
        self._values = values
        self._inputs = [item.name for item in self._session.get_inputs()]
        self._outputs = [item.name for item in self._session.get_outputs()]

    def __call__(self, *inputs: NDArray[np.generic] | Value) -> Sequence[Value]:
        """Run the graph on its inputs, in their order."""
        feed = {
            name: value
            if isinstance(value, onnxruntime.OrtValue)
            else onnxruntime.OrtValue.ortvalue_from_numpy(value)
            for name, value in zip(self._inputs, inputs, strict=True)
        }
        outputs: Sequence[Value] = self._session.run_with_ort_values(
            self._outputs, feed
        )
        return outputs
