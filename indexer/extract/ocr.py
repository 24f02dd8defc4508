"""Text in pictures, where the `ocr` extra is installed: RapidOCR, whose models come in its package.

Loaded with the first picture; a page takes seconds and up to 900 MB.
"""

from __future__ import annotations

import importlib.util
import logging
import sys
from functools import lru_cache
from typing import Any

HOW_TO_INSTALL = f"install lsfs[ocr] to have them read: {sys.prefix}/bin/pip install 'lsfs[ocr]'"
MAX_PIXELS = 4_000_000
"""A larger picture is made smaller first."""
MIN_SIDE = 24


@lru_cache(maxsize=1)
def is_installed() -> bool:
    """Whether pictures can be read."""
    return importlib.util.find_spec("rapidocr") is not None


def text_of(picture: Any) -> str:
    """The lines of text in a Pillow image, from top to bottom; "" when there are none."""
    import numpy as np

    if min(picture.size) < MIN_SIDE:
        return ""
    picture = picture.convert("RGB")
    shrunk = (MAX_PIXELS / (picture.width * picture.height)) ** 0.5
    if shrunk < 1:
        picture = picture.resize((int(picture.width * shrunk), int(picture.height * shrunk)))
    found = _engine()(np.asarray(picture)[:, :, ::-1])
    return "\n".join(found.txts or ())


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    threads = "EngineConfig.onnxruntime.intra_op_num_threads"
    return RapidOCR(params={threads: 1, "Global.log_level": "error"})
