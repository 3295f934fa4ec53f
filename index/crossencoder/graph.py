"""The cross-encoder as an ONNX graph: embeddings ``(1, tokens, hidden)`` in, logits out.

The layers are those of the encoder's graph; the logits, ``(1, tokens, COLUMNS)``, are described in
``reading``.
"""

from typing import Any

import numpy as np
from onnx import TensorProto, helper

from index.crossencoder.reading import COLUMNS
from index.crossencoder.weights import CrossEncoderWeights
from index.encoder.graph import Graph, Precision, add_layer, normaliser


def build(weights: CrossEncoderWeights, *, precision: Precision) -> Any:
    """Return the model as an ``onnx.ModelProto``."""
    graph = Graph()
    graph.constant("first", np.array([0], np.int64))
    length = graph.node("Shape", ["embedded"], start=1, end=2)
    normalise = normaliser(graph, weights, length)
    state = "embedded"
    for layer in range(weights.layers):
        state = add_layer(graph, weights, state, f"l{layer}.", normalise, precision)
    head = graph.constant("head.w", weights.floats["head.w"].T)
    rows = graph.node("MatMul", [state, head])
    bias = graph.constant("head.b", weights.floats["head.b"])
    graph.nodes.append(helper.make_node("Add", [rows, bias], ["logits"]))
    hidden = weights.floats["head.w"].shape[1]
    embedded = helper.make_tensor_value_info("embedded", TensorProto.FLOAT, [1, "tokens", hidden])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, "tokens", COLUMNS])
    return graph.model("crossencoder", embedded, logits)
