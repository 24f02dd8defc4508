"""Small models of the real kinds, made for a test: untrained, but with words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors, trainers
from tokenizers.models import Unigram, WordPiece
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    PreTrainedTokenizerFast,
)

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def word_pieces(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """As BERT's: words and their parts, lower case, without accents."""
    tokenizer = Tokenizer(WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=600, special_tokens=SPECIAL)
    tokenizer.train_from_iterator(texts, trainer)
    return _finished(tokenizer)


def sentence_pieces(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """As XLM-RoBERTa's: words and parts of any writing; here those of the texts."""
    words = {word for text in texts for word in text.split()}
    parts = {f"▁{word}" for word in words} | {one[at : at + 2] for one in words for at in range(9)}
    known = sorted(parts - {""}) + sorted({"▁"}.union(*words) - parts)
    scored = [(name, 0.0) for name in SPECIAL] + [(part, -10.0 / len(part)) for part in known]
    tokenizer = Tokenizer(Unigram(scored, unk_id=1))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    return _finished(tokenizer)


def _finished(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    ends = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ends
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
        sep_token="[SEP]", model_max_length=128,
    )  # fmt: skip


def _settings(tokenizer: PreTrainedTokenizerFast) -> BertConfig:
    torch.manual_seed(3)
    return BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=128, initializer_range=0.4,
    )  # fmt: skip


def cross_encoder(folder: Path, texts: Iterable[str], labels: int = 1) -> Path:
    """A directory that CrossEncoder loads."""
    tokenizer = word_pieces(texts)
    settings = _settings(tokenizer)
    settings.num_labels = labels
    model = BertForSequenceClassification(settings)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def embedding_model(
    folder: Path, tokenizer: PreTrainedTokenizerFast, prompts: dict[str, str] | None = None
) -> Path:
    """A directory that SentenceTransformer loads."""
    bare = folder.with_name(f"{folder.name}.bare")
    BertModel(_settings(tokenizer)).save_pretrained(bare)
    tokenizer.save_pretrained(bare)
    modules = [Transformer(str(bare)), Pooling(32)]
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder))
    return folder
