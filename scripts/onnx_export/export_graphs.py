"""Export the graphs of runtime onnx from the torch modules, without their weights.

    python scripts/onnx_export/export_graphs.py

writes rrsis_geo/runtime/graphs/ anew, for the preset btd-mobile and for all shipped
weights, in some minutes. Run it after a change of the network's modules or of
`rrsis_geo/runtime/folding.py`; tests/runtime/test_graphs.py fails where it is due. It
needs onnx and onnxscript.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import onnx
import torch

sys.path.insert(0, str(Path(__file__).parent))

from network_parts import AnswerPart, LookPart, Part, TextPart

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import ModelConfig, preset
from rrsis_geo.model.serialization.header import list_weights, read_header
from rrsis_geo.model.serialization.probability_calibration import Calibration
from rrsis_geo.runtime.folding import State, fold_answer, fold_look, fold_text
from rrsis_geo.runtime.graph_files import FOLDER, PART_FIELDS, graph_path

OPSET = 20
"""The first that has Gelu."""
DYNAMIC = torch.export.Dim.DYNAMIC
LARGEST_CONSTANT = 1_000
"""Bytes; a larger constant would be a weight."""

EXAMPLE = {
    "tokens": 7,
    "height": 480,
    "width": 448,
    **{f"height{level}": 480 // 2 ** (level + 2) for level in range(4)},
    **{f"width{level}": 448 // 2 ** (level + 2) for level in range(4)},
}
"""Axes of any length, with the length that the export traces."""

_MAPS = {
    f"{name}{level}": ("1", f"channels{level}", f"height{level}", f"width{level}")
    for level in range(4)
    for name in ("query", "value", "vision")
}
INPUTS: dict[str, dict[str, tuple[str, ...]]] = {
    "text": {"embedded": ("1", "tokens", "text_dim")},
    "look": {"pixels": ("1", "3", "height", "width")},
    "answer": {
        "words": ("1", "tokens", "word_dim"),
        "rows": ("height", "height0"),
        "columns": ("width0", "width"),
        **_MAPS,
    },
}
"""Part, input, axes."""
OUTPUTS = {"text": ("words",), "look": tuple(_MAPS), "answer": ("probability",)}


def configs() -> Iterator[ModelConfig]:
    """Configs to export: the preset, and every shipped network."""
    yield preset("btd-mobile")
    for name in list_weights():
        yield read_header(name).config


def build_part(part: str, config: ModelConfig) -> Part:
    """A part with random parameters."""
    net = BTDNet(config).eval()
    state = State({name: value.numpy() for name, value in net.inference_state()})
    if part == "text":
        kind, folded = TextPart, fold_text(state, config)
    elif part == "look":
        kind, folded = LookPart, fold_look(state, config)
    else:
        kind, folded = AnswerPart, fold_answer(state, config, Calibration())
    # All different, since the exporter merges equal ones.
    tensors = {name: torch.randn(value.shape) for name, value in folded.items()}
    return kind(config, tensors).eval()


def export(part: str, config: ModelConfig) -> onnx.ModelProto:
    """The graph of a part; lengths of its axes are free, its weights left out."""
    inputs, outputs = INPUTS[part], OUTPUTS[part]
    example = tuple(
        torch.zeros(shape, dtype=torch.uint8 if part == "look" else torch.float32)
        for shape in (example_shape(axes, config) for axes in inputs.values())
    )
    free = [
        {place: DYNAMIC for place, axis in enumerate(axes) if axis in EXAMPLE}
        for axes in inputs.values()
    ]
    program = torch.onnx.export(
        build_part(part, config),
        example,
        dynamo=True,
        opset_version=OPSET,
        input_names=list(inputs),
        output_names=list(outputs),
        # the projections are one argument of the module, a tuple
        dynamic_shapes=(*free[:3], tuple(free[3:])) if part == "answer" else free,
        verbose=False,
    )
    return without_weights(program.model_proto, part)


def example_shape(axes: tuple[str, ...], config: ModelConfig) -> list[int]:
    """Lengths of named axes, for the export."""
    sizes = EXAMPLE | {
        "text_dim": config.text_dim,
        "word_dim": config.word_dim,
        **{f"channels{level}": dim for level, dim in enumerate(config.neck_dims)},
    }
    return [sizes[axis] if axis in sizes else int(axis) for axis in axes]


def without_weights(model: onnx.ModelProto, part: str) -> onnx.ModelProto:
    """The model with its weights declared to be outside, and nothing but the graph."""
    graph = model.graph
    for tensor in graph.initializer:
        if "/" in tensor.name and tensor.data_type == onnx.TensorProto.FLOAT:
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value="weights.safetensors")
        elif tensor.ByteSize() > LARGEST_CONSTANT:
            raise ValueError(f"{tensor.name}: a weight is baked into the graph")
    for item in graph.input:
        for axis, dim in zip(
            INPUTS[part][item.name], item.type.tensor_type.shape.dim, strict=True
        ):
            if axis in EXAMPLE:
                dim.dim_param = axis
    for item in graph.output:
        for dim in item.type.tensor_type.shape.dim:
            dim.ClearField("dim_param")
    graph.ClearField("value_info")
    for holder in (model, graph, *graph.node, *graph.input, *graph.output):
        holder.ClearField("metadata_props")
        holder.ClearField("doc_string")
    for tensor in graph.initializer:
        tensor.ClearField("metadata_props")
        tensor.ClearField("doc_string")
    model.producer_version = ""
    return model


def main() -> None:
    """Write all graphs and remove those of no network."""
    FOLDER.mkdir(exist_ok=True)
    written = set()
    for config in configs():
        for part in PART_FIELDS:
            path = graph_path(part, config)
            if path not in written:
                path.write_bytes(export(part, config).SerializeToString())
                written.add(path)
                print(f"{path.name}: {path.stat().st_size:,} bytes", flush=True)
    for path in set(FOLDER.glob("*.onnx")) - written:
        path.unlink()


if __name__ == "__main__":
    main()
