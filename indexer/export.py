"""Makes the fast CPU form of the packaged model: `python -m lsfs.indexer.export MODEL_DIR OUT`.

Runs once, in a process of its own, because it needs torch: exports the model with pooling and
normalisation to ONNX, quantises its matrix products to int8, and compares both with torch on real
sentences of all lengths before the file gets its name. An exporter that yields a silently wrong
graph has been seen; it must never reach a user.

The graph takes one text at a time, int64 [1, length], and no mask: see `packaged.PackagedModel`.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

MAX_ERROR_FP32 = 1e-3
MIN_COSINE_INT8 = 0.975
MEAN_COSINE_INT8 = 0.99
EXACT_LAYERS = 3

SAMPLES = (
    "scheduling", "The kernel picks the next runnable task from a red-black tree.",
    "Please find attached the invoice for the roof repair, payable within thirty days.",
    "Wash the lentils, fry an onion with cumin, add stock and simmer for half an hour.",
    "def main(): return sum(x * x for x in range(10))",
    "Die Miete ist bis zum dritten Werktag eines Monats zu zahlen.",
    "We visited three temples in Kyoto, and in the evening ate noodles by the river.",
    "Minutes of the meeting: budget approved, hiring postponed to the second quarter.",
    "An experimental study of a wing in a propeller slipstream was made in order to determine the "
    "spanwise distribution of the lift increase due to slipstream at different angles of attack "
    "of the wing and at different free stream to slipstream velocity ratios. Results were meant "
    "in part as an evaluation basis for different theoretical treatments of this problem.",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Write the checked file to OUT, atomically."""
    model_directory, target = Path(arguments[0]), Path(arguments[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".export-", dir=target.parent))
    try:
        model = _pooled(model_directory)
        exact, fast = work / "fp32.onnx", work / "int8.onnx"
        _export(model, exact)
        _quantise(exact, fast)
        _check(model, model_directory, exact, fast)
        with fast.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(fast, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 0


def _pooled(directory: Path) -> Any:
    """The encoder with mean pooling over the tokens and L2 norm, as sentence-transformers does."""
    import torch
    from transformers import AutoModel

    class Pooled(torch.nn.Module):
        def __init__(self, encoder: torch.nn.Module) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
            states = self.encoder(input_ids=input_ids).last_hidden_state
            return torch.nn.functional.normalize(states.mean(1), p=2, dim=1)

    encoder = AutoModel.from_pretrained(
        directory, attn_implementation="sdpa", local_files_only=True, use_safetensors=True
    )
    return Pooled(encoder).eval()


def _export(model: Any, target: Path) -> None:
    import torch

    ids = torch.randint(1000, 20000, (1, 17))
    length = torch.export.Dim("length", min=2, max=512)
    with torch.no_grad():
        # opset 23 has a native Attention operator; older ones leave it in pieces, slow in int8
        program = torch.onnx.export(
            model, (ids,), dynamo=True, opset_version=23, verbose=False,
            input_names=["input_ids"], output_names=["sentence_vector"],
            dynamic_shapes={"input_ids": {1: length}},
        )  # fmt: skip
    assert program is not None
    program.save(str(target))


def _quantise(source: Path, target: Path) -> None:
    """int8 but for what costs the most: the products that shrink what GELU lets through, a few
    values of which are large, in the first layers. Cosine .9952 at least in place of .9892, for
    a fifth more time (of source files and abstracts)."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    graph = onnx.load(str(source)).graph
    shapes = {weights.name: tuple(weights.dims) for weights in graph.initializer}
    products = [node for node in graph.node if node.op_type == "MatMul"]
    inner = [node.name for node in products if _is_shrinking(shapes.get(node.input[1]))]
    quantize_dynamic(
        str(source), str(target), per_channel=True, op_types_to_quantize=["MatMul"],
        weight_type=QuantType.QInt8, nodes_to_exclude=inner[:EXACT_LAYERS],
    )  # fmt: skip


def _is_shrinking(shape: tuple[int, ...] | None) -> bool:
    return shape is not None and shape[0] > shape[1]


def _check(model: Any, directory: Path, exact: Path, fast: Path) -> None:
    """Raises RuntimeError when either graph answers otherwise than torch."""
    import numpy
    import onnxruntime
    import torch

    sessions = [
        onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        for file in (exact, fast)
    ]
    worst, cosines = 0.0, []
    for ids in _samples(directory):
        with torch.no_grad():
            expected = model(torch.from_numpy(ids)).numpy()
        fp32, int8 = (session.run(None, {"input_ids": ids})[0] for session in sessions)
        worst = max(worst, float(numpy.abs(fp32 - expected).max()))
        cosines += (int8 * expected).sum(axis=1).tolist()
    mean = sum(cosines) / len(cosines)
    if worst > MAX_ERROR_FP32 or min(cosines) < MIN_COSINE_INT8 or mean < MEAN_COSINE_INT8:
        raise RuntimeError(
            f"the exported model differs from torch: error {worst:.2g}, cosine of int8"
            f" {min(cosines):.4f} at least, {mean:.4f} on average"
        )
    print(f"checked: fp32 error {worst:.1e}, int8 cosine {min(cosines):.4f} min, {mean:.4f} mean")  # noqa: T201


def _samples(directory: Path) -> list[Any]:
    """int64 [1, length] each: the sentences, a word alone, and as long as the model reads."""
    import numpy
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    texts = [*SAMPLES, SAMPLES[-1] * 2, SAMPLES[-1] * 8, " ".join(SAMPLES), ""]
    return [numpy.array([tokenizer.encode(text).ids], dtype=numpy.int64) for text in texts]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
