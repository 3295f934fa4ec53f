"""The encoder as an ONNX graph, written straight from the weights: no torch, no export.

One text a run: token ids ``(1, tokens)`` in, one L2-normalised vector ``(1, hidden)`` out, mean
pooling inside the graph. The word embeddings keep the 4-bit blocks they came in. With precision
"int8" the matrices are int8 with a scale per output channel, and activations are quantised as they
come, with one scale for the whole text; with "fp32" the arithmetic is exact, at half the speed.

Source: BERT, https://arxiv.org/abs/1810.04805; the operators of com.microsoft are described in
https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from index.encoder.weights import BLOCK_SIZE, Weights, nibbles

Precision = Literal["int8", "fp32"]


class _Graph:
    """Nodes and initializers under construction; every method returns the name of a value."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def constant(self, name: str, array: NDArray[Any]) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, kind: str, inputs: list[str], *, outputs: int = 1, **attributes: Any) -> Any:
        names = [f"{kind}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def fused(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        """Add one of ONNX Runtime's own operators."""
        return str(self.node(kind, inputs, domain="com.microsoft", **attributes))


def build(weights: Weights, *, precision: Precision) -> Any:
    """Return the model as an ``onnx.ModelProto``."""
    graph = _Graph()
    state = _embeddings(graph, weights)
    for layer in range(weights.layers):
        state = _layer(graph, weights, state, f"l{layer}.", precision)
    pooled = graph.node("ReduceMean", [state, "axis"], keepdims=0)
    graph.nodes.append(helper.make_node("LpNormalization", [pooled], ["vector"], p=2, axis=-1))
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, weights.hidden])
    body = helper.make_graph(graph.nodes, "e5", [ids], [vector], graph.initializers)
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=10)


def _embeddings(graph: _Graph, weights: Weights) -> str:
    words = graph.fused(
        "GatherBlockQuantized",
        [_words(graph, weights), "ids", "emb.word.scale"],
        block_size=BLOCK_SIZE,
        quantize_axis=1,
    )
    table = weights.floats["emb.pos"].reshape(-1, weights.hidden)
    kind = weights.floats["emb.type"][: weights.hidden]  # every token is of the first kind
    graph.constant("emb.pos", (table + kind)[None])
    graph.constant("zero", np.array([0], np.int64))
    graph.constant("axis", np.array([1], np.int64))
    length = graph.node("Shape", ["ids"], start=1, end=2)
    places = graph.node("Slice", ["emb.pos", "zero", length, "axis"])
    return _normalised(graph, weights, "emb.ln", [words, places])


def _words(graph: _Graph, weights: Weights) -> str:
    """Add the word embeddings in their 4-bit blocks, repacked from Q4_0 to ONNX's order."""
    blocks = weights.blocks["emb.word"]
    rows = weights.rows("emb.word")
    signed = (nibbles(blocks) ^ 8).reshape(-1, 2)  # n - 8 in two's complement of four bits
    packed = signed[:, 0] | signed[:, 1] << 4
    shape = [rows, weights.hidden]
    graph.initializers.append(
        helper.make_tensor("emb.word", TensorProto.INT4, shape, packed.tobytes(), raw=True)
    )
    graph.constant("emb.word.scale", blocks["scale"].astype(np.float32).reshape(rows, -1))
    return "emb.word"


def _layer(graph: _Graph, weights: Weights, state: str, name: str, precision: Precision) -> str:
    def bias(part: str) -> str:
        return graph.constant(name + part, weights.floats[name + part])

    def product(value: str, *parts: str) -> list[str]:
        return _products(graph, weights, value, [name + part for part in parts], precision)

    projections = product(state, "q.w", "k.w", "v.w")
    joint = graph.constant(
        name + "qkv.b", np.concatenate([weights.floats[name + p] for p in ("q.b", "k.b", "v.b")])
    )
    attended = graph.fused("MultiHeadAttention", [*projections, joint], num_heads=weights.heads)
    (mixed,) = product(attended, "ao.w")
    state = _normalised(graph, weights, name + "aln", [mixed, state], bias("ao.b"))
    (inner,) = product(state, "fi.w")
    active = graph.fused("BiasGelu", [inner, bias("fi.b")])
    (outer,) = product(active, "fo.w")
    return _normalised(graph, weights, name + "oln", [outer, state], bias("fo.b"))


def _normalised(graph: _Graph, weights: Weights, name: str, summands: list[str], *bias: str) -> str:
    scale = graph.constant(name + ".w", weights.floats[name + ".w"])
    shift = graph.constant(name + ".b", weights.floats[name + ".b"])
    return graph.fused(
        "SkipLayerNormalization", [*summands, scale, shift, *bias], epsilon=weights.epsilon
    )


def _products(
    graph: _Graph, weights: Weights, value: str, names: list[str], precision: Precision
) -> list[str]:
    """Multiply one value with several matrices, quantising it once."""
    if precision == "fp32":
        dense = [graph.constant(name, weights.dense(name).T) for name in names]
        return [graph.node("MatMul", [value, matrix]) for matrix in dense]
    quantised, scale, zero = graph.node("DynamicQuantizeLinear", [value], outputs=3)
    products = []
    for name in names:
        dense_rows = weights.dense(name)
        scales = np.abs(dense_rows).max(axis=1) / np.float32(127)
        integers = np.rint(dense_rows / scales[:, None]).astype(np.int8)
        matrix, channel = graph.constant(name, integers.T), graph.constant(name + ".scale", scales)
        products.append(
            graph.fused("MatMulIntegerToFloat", [quantised, matrix, scale, channel, zero])
        )
    return products
