"""Makes the fast CPU form of the packaged model: `python -m lsfs.indexer.export MODEL_DIR OUT`.

Runs once, in a process of its own, because it needs torch: exports the model with pooling and
normalisation to ONNX, quantises its matrix products to int8, and compares both with torch on real
sentences in padded and unpadded batches of several shapes before the file gets its name. An
exporter that yields a silently wrong graph has been seen; it must never reach a user.
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
    """The encoder with mean pooling over real tokens and L2 norm, as sentence-transformers does."""
    import torch
    from transformers import AutoModel

    class Pooled(torch.nn.Module):
        def __init__(self, encoder: torch.nn.Module) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            encoded = self.encoder(input_ids=input_ids, attention_mask=attention_mask)
            states = encoded.last_hidden_state
            weights = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, p=2, dim=1)

    encoder = AutoModel.from_pretrained(
        directory, attn_implementation="sdpa", local_files_only=True, use_safetensors=True
    )
    return Pooled(encoder).eval()


def _export(model: Any, target: Path) -> None:
    import torch

    ids = torch.randint(1000, 20000, (3, 17))
    mask = torch.ones_like(ids)
    mask[1, 9:] = 0
    batch, length = (
        torch.export.Dim("batch", min=1, max=4096),
        torch.export.Dim("length", min=2, max=512),
    )
    shape = {0: batch, 1: length}
    with torch.no_grad():
        # opset 23 has a native Attention operator; older ones leave it in pieces, slow in int8
        program = torch.onnx.export(
            model, (ids, mask), dynamo=True, opset_version=23, verbose=False,
            input_names=["input_ids", "attention_mask"], output_names=["sentence_vector"],
            dynamic_shapes={"input_ids": shape, "attention_mask": shape},
        )  # fmt: skip
    assert program is not None
    program.save(str(target))


def _quantise(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        str(source), str(target), per_channel=True, op_types_to_quantize=["MatMul"],
        weight_type=QuantType.QInt8,
    )  # fmt: skip


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
    for ids, mask in _batches(directory):
        with torch.no_grad():
            expected = model(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
        given = {"input_ids": ids, "attention_mask": mask}
        fp32, int8 = (session.run(None, given)[0] for session in sessions)
        worst = max(worst, float(numpy.abs(fp32 - expected).max()))
        cosines += (int8 * expected).sum(axis=1).tolist()
    mean = sum(cosines) / len(cosines)
    if worst > MAX_ERROR_FP32 or min(cosines) < MIN_COSINE_INT8 or mean < MEAN_COSINE_INT8:
        raise RuntimeError(
            f"the exported model differs from torch: error {worst:.2g}, cosine of int8"
            f" {min(cosines):.4f} at least, {mean:.4f} on average"
        )
    print(f"checked: fp32 error {worst:.1e}, int8 cosine {min(cosines):.4f} min, {mean:.4f} mean")  # noqa: T201


def _batches(directory: Path) -> list[tuple[Any, Any]]:
    """(ids, mask), int64 [n, length]: each sentence alone, all padded, a few in between."""
    import numpy
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()
    groups = [[text] for text in SAMPLES]
    groups += [list(SAMPLES), list(SAMPLES[1:4]), [SAMPLES[-1] * 4, SAMPLES[0]]]
    batches = []
    for group in groups:
        encoded = tokenizer.encode_batch(group)
        ids = numpy.array([item.ids for item in encoded], dtype=numpy.int64)
        mask = numpy.array([item.attention_mask for item in encoded], dtype=numpy.int64)
        batches.append((ids, mask))
    return batches


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
