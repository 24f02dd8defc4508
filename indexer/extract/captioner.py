"""What pictures show, in a sentence: any image-to-text model of transformers.

Those with a chat template (Qwen-VL, SmolVLM and their like) are asked for one sentence; others
(BLIP, GIT) were trained to say one.
"""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

from lsfs.hub import local_first

from . import ocr
from .describer import OnDevice
from .extracted import Span
from .image import MAX_PIXELS
from .source import Source

QUESTION = "Say in one sentence what this picture shows."
MOST_TOKENS = 80
LONGEST_SIDE = 1024
"""Pixels of a picture that a model is shown; most shrink it further."""


class Captioner:
    """Implements `describer.Describer`."""

    def __init__(self, name: str, device: str) -> None:
        from PIL import Image
        from transformers import AutoModelForImageTextToText, AutoProcessor

        read: Any = AutoProcessor.from_pretrained
        self._processor = local_first(name, lambda is_local: read(name, local_files_only=is_local))
        self._is_asked = bool(getattr(self._processor, "chat_template", None))
        make = partial(AutoModelForImageTextToText.from_pretrained, name)
        self._on = OnDevice(
            lambda dtype: local_first(
                name, lambda is_local: make(dtype=dtype, local_files_only=is_local)
            ),
            device,
        )
        self._caption(Image.new("RGB", (64, 64), "white"))  # what it needs is loaded then

    def describe(self, source: Source) -> tuple[list[Span], str | None]:
        """See `describer.Describer`: one span; none of drawings that are text (SVG)."""
        if source.kind != "image":
            return [], None
        try:
            picture = _picture(source)
        except (OSError, SyntaxError, ValueError) as error:
            return [], f"its picture cannot be decoded: {error}"
        if picture is None:
            return [], f"what it shows is not said: more than {MAX_PIXELS:,} pixels"
        if min(picture.size) < ocr.MIN_SIDE:
            return [], None
        caption = self._caption(picture)
        return [Span(caption)] if caption else [], None

    def _caption(self, picture: Any) -> str:
        return " ".join(self._on.run(lambda: self._said(picture)).split())

    def _said(self, picture: Any) -> str:
        model = self._on.model
        inputs = self._inputs(picture).to(model.device, model.dtype)
        ids = model.generate(**inputs, max_new_tokens=MOST_TOKENS)
        if self._is_asked:
            ids = ids[:, inputs["input_ids"].shape[1] :]  # the question stands before the answer
        (said,) = self._processor.batch_decode(ids, skip_special_tokens=True)
        return str(said)

    def _inputs(self, picture: Any) -> Any:
        if not self._is_asked:
            return self._processor(images=picture, return_tensors="pt")
        content = [{"type": "image", "image": picture}, {"type": "text", "text": QUESTION}]
        return self._processor.apply_chat_template(
            [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=True,
            return_dict=True, return_tensors="pt",
        )  # fmt: skip


def _picture(source: Source) -> Any:
    """A Pillow image, upright, in RGB; None where it is too large to be decoded."""
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is slightly broken, and shown all the same
        Image.MAX_IMAGE_PIXELS = None
        with Image.open(source.file) as image:
            if image.width * image.height > MAX_PIXELS:
                return None
            image.draft("RGB", (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))
            picture = ImageOps.exif_transpose(image).convert("RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return picture
