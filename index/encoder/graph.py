"""Layers of BERT as an ONNX graph, written straight from the weights: no torch, no export.

One text a run. With precision "int8" the matrices are int8 with a scale per output channel, and
activations are quantised as they come, with one scale for the whole text; with "fp32" the
arithmetic is exact, at 40 % of the speed.

Source: BERT, https://arxiv.org/abs/1810.04805; the operators of com.microsoft are described in
https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from index.encoder.weights import BLOCK_SIZE, Layers, Precision, Weights, nibbles


class Graph:
    """Nodes and initializers under construction; the methods that add one return a value's name."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def constant(self, name: str, array: NDArray[Any]) -> str:
        """Add an initializer."""
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, kind: str, inputs: list[str], *, outputs: int = 1, **attributes: Any) -> Any:
        """Add an operator; of one with several outputs their names are returned."""
        names = [f"{kind}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def model(self, name: str, taken: Any, given: Any) -> Any:
        """Return all of it as an ``onnx.ModelProto`` from one value to another."""
        body = helper.make_graph(self.nodes, name, [taken], [given], self.initializers)
        opsets = [helper.make_opsetid("", 23), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(body, opset_imports=opsets, ir_version=10)


class Bert(Graph):
    """Layers of BERT over one text."""

    def __init__(self, weights: Layers, precision: Precision, taken: str) -> None:
        """Begin a graph; the second axis of what it takes is the tokens of the text."""
        super().__init__()
        self._weights, self._precision = weights, precision
        self.constant("first", np.array([0], np.int64))
        self.length = self.node("Shape", [taken], start=1, end=2)
        self.constant("ones", np.ones(weights.positions, np.float32))
        self.constant("zeros", np.zeros(weights.positions, np.float32))
        self._plain = [self.node("Slice", [n, "first", self.length]) for n in ("ones", "zeros")]

    def norm(self, name: str, value: str) -> str:
        """Add a layer normalisation.

        Spelt as InstanceNormalization, with the tokens as its channels: the same formula, six times
        as fast on ONNX Runtime 1.31 as LayerNormalization, whose loop is not vectorised.
        """
        floats = self._weights.floats
        scale, shift = (self.constant(name + end, floats[name + end]) for end in (".w", ".b"))
        inputs = [value, *self._plain]
        plain = self.node("InstanceNormalization", inputs, epsilon=self._weights.epsilon)
        return str(self.node("Add", [self.node("Mul", [plain, scale]), shift]))

    def layers(self, state: str) -> str:
        """Add all layers."""
        for name in (f"l{layer}." for layer in range(self._weights.layers)):
            heads = {"q_num_heads": self._weights.heads, "kv_num_heads": self._weights.heads}
            parts = [name + part for part in ("q", "k", "v")]
            (mixed,) = self._dense(
                self.node("Attention", self._dense(state, parts), **heads), [name + "ao"]
            )
            state = self.norm(name + "aln", self.node("Add", [mixed, state]))
            (inner,) = self._dense(state, [name + "fi"])
            # The tanh form is within 0.0005 of the exact one, far below what int8 rounds away, and
            # faster.
            form = "none" if self._precision == "fp32" else "tanh"
            (outer,) = self._dense(self.node("Gelu", [inner], approximate=form), [name + "fo"])
            state = self.norm(name + "oln", self.node("Add", [outer, state]))
        return state

    def _dense(self, value: str, names: list[str]) -> list[str]:
        """Put one value through several dense layers, quantising it once.

        Where it is known how far each column of the value goes (``.m``): a few go ten times as far
        as the rest, for which one scale would leave no room. Their root is taken out of the value
        and put into the matrices (Source: SmoothQuant, Xiao et al. 2023,
        https://arxiv.org/abs/2211.10438, alpha 0.5).
        """
        floats = self._weights.floats
        biases = [self.constant(name + ".b", floats[name + ".b"]) for name in names]
        matrices = [self._weights.dense(name + ".w").T for name in names]
        if self._precision == "fp32":
            products = [
                self.node("MatMul", [value, self.constant(name + ".w", matrix)])
                for name, matrix in zip(names, matrices, strict=True)
            ]
            return [self.node("Add", [a, b]) for a, b in zip(products, biases, strict=True)]
        if (reach := floats.get(f"{names[0]}.m")) is not None:
            root = np.sqrt(np.maximum(reach, 1e-4))
            value = self.node("Mul", [value, self.constant(f"{names[0]}.m", 1 / root)])
            matrices = [matrix * root[:, None] for matrix in matrices]
        taken, scale, zero = self.node("DynamicQuantizeLinear", [value], outputs=3)
        products = []
        for name, matrix, bias in zip(names, matrices, biases, strict=True):
            channels = np.abs(matrix).max(axis=0) / np.float32(127)
            integers = self.constant(name + ".w", np.rint(matrix / channels).astype(np.int8))
            inputs = [taken, integers, scale, self.constant(name + ".s", channels), zero, "", bias]
            products.append(self.node("MatMulIntegerToFloat", inputs, domain="com.microsoft"))
        return products


def build(weights: Weights, *, precision: Precision) -> Any:
    """Return the encoder as an ``onnx.ModelProto``.

    Token ids ``(1, tokens)`` in, one L2-normalised vector ``(1, hidden)`` out, the mean over the
    tokens. The word embeddings keep their 4-bit blocks, repacked from Q4_0 to ONNX's order.
    """
    graph, hidden = Bert(weights, precision, "ids"), weights.hidden
    graph.constant("second", np.array([1], np.int64))
    blocks, shape = weights.words, [len(weights.words), hidden]
    signed = (nibbles(blocks.ravel()) ^ 8).reshape(-1, 2)  # n - 8 in two's complement of four bits
    packed = (signed[:, 0] | signed[:, 1] << 4).tobytes()
    table = helper.make_tensor("emb.word", TensorProto.INT4, shape, packed, raw=True)
    graph.initializers.append(table)
    scale = blocks["scale"].astype(np.float32)
    words = graph.node(
        "GatherBlockQuantized",
        ["emb.word", "ids", graph.constant("emb.word.scale", scale)],
        block_size=BLOCK_SIZE,
        quantize_axis=1,
        domain="com.microsoft",
    )
    # Every token is of the first type.
    places = weights.floats["emb.pos"].reshape(-1, hidden) + weights.floats["emb.type"][:hidden]
    graph.constant("emb.pos", places[None])
    place = graph.node("Slice", ["emb.pos", "first", graph.length, "second"])
    state = graph.layers(graph.norm("emb.ln", graph.node("Add", [words, place])))
    pooled = graph.node("ReduceMean", [state, "second"], keepdims=0)
    graph.nodes.append(helper.make_node("LpNormalization", [pooled], ["vector"], p=2, axis=-1))
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, hidden])
    return graph.model("e5", ids, vector)
