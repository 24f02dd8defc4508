"""Small models of the real kinds, made for a test: untrained, but with words, or with the one
answer they give."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors, trainers
from tokenizers.models import Unigram, WordPiece
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    CLIPImageProcessorPil,
    GitConfig,
    GitForCausalLM,
    GitProcessor,
    MarianConfig,
    MarianMTModel,
    PreTrainedTokenizerFast,
    Wav2Vec2Config,
    Wav2Vec2CTCTokenizer,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForCTC,
    Wav2Vec2Processor,
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


def transcriber(folder: Path, word: str) -> Path:
    """A directory that the speech recognition pipeline loads: it hears one word in any sound."""
    tokens = ["<pad>", "<s>", "</s>", "<unk>", "|", word]
    folder.mkdir(parents=True)
    vocabulary = folder / "vocabulary.json"
    vocabulary.write_text(json.dumps({token: number for number, token in enumerate(tokens)}))
    processor = Wav2Vec2Processor(  # type: ignore[no-untyped-call]
        Wav2Vec2FeatureExtractor(return_attention_mask=True),  # type: ignore[no-untyped-call]
        Wav2Vec2CTCTokenizer(str(vocabulary)),  # type: ignore[no-untyped-call]
    )
    settings = Wav2Vec2Config(
        vocab_size=len(tokens), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, conv_dim=(8,) * 7, num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2, pad_token_id=0,
    )  # fmt: skip
    model = Wav2Vec2ForCTC(settings)
    with torch.no_grad():
        model.lm_head.weight.zero_()
        model.lm_head.bias.zero_()
        model.lm_head.bias[len(tokens) - 1] = 9.0
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def captioner(folder: Path, sentence: str) -> Path:
    """A directory that holds an image-to-text model (GIT): it sees the same in any picture, words
    of which none comes twice."""
    words = sentence.split()
    tokenizer = word_pieces([sentence] * 5)
    tokenizer.add_tokens(words)
    begin, end, *ids = (
        int(tokenizer.convert_tokens_to_ids(one))  # type: ignore[arg-type]
        for one in ("[CLS]", "[SEP]", *words)
    )
    small: dict[str, Any] = {
        "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
        "intermediate_size": 16,
    }  # fmt: skip
    model = GitForCausalLM(
        GitConfig(
            vision_config={**small, "image_size": 32, "patch_size": 16}, **small,
            vocab_size=len(tokenizer), bos_token_id=begin, eos_token_id=end,
            max_position_embeddings=128,
        )
    )  # fmt: skip
    with torch.no_grad():
        model.output.weight.zero_()
        model.output.bias.fill_(-50.0)
        for rank, id_ in enumerate([*ids, end]):
            model.output.bias[id_] = 20.0 - rank
    assert model.generation_config is not None
    model.generation_config.no_repeat_ngram_size = 1
    model.save_pretrained(folder)
    size = {"height": 32, "width": 32}
    pictures = CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=size)
    GitProcessor(pictures, tokenizer).save_pretrained(folder)  # type: ignore[no-untyped-call]
    return folder


def seq2seq_model(folder: Path, languages: list[str]) -> Path:
    """A directory that holds a translation model as NLLB is one: it begins with the language that
    it is told, and says "bonjour" to anything."""
    tokenizer = Tokenizer(WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["<s>", "[PAD]", "</s>", "[UNK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=200, special_tokens=special)
    tokenizer.train_from_iterator(["bonjour a dog the rent rises"] * 5, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 2)]
    )
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, bos_token="<s>", pad_token="[PAD]", eos_token="</s>",
        unk_token="[UNK]", model_max_length=512,
    )  # fmt: skip
    fast.add_tokens(["bonjour"])
    fast.add_special_tokens({"additional_special_tokens": languages})
    vocabulary = fast.get_vocab()
    bonjour, end = vocabulary["bonjour"], vocabulary["</s>"]
    model = MarianMTModel(
        MarianConfig(
            vocab_size=len(fast), d_model=16, encoder_layers=1, decoder_layers=1,
            encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=16,
            decoder_ffn_dim=16, max_position_embeddings=512, pad_token_id=1, eos_token_id=end,
            bos_token_id=0, decoder_start_token_id=1, forced_eos_token_id=None,
        )
    )  # fmt: skip
    with torch.no_grad():
        for one in model.get_input_embeddings().parameters():
            one.zero_()
        bias = dict(model.named_buffers())["final_logits_bias"]
        bias.fill_(-50.0)
        bias[0, bonjour], bias[0, end] = 20.0, 19.0
    assert model.generation_config is not None
    model.generation_config.no_repeat_ngram_size = 1
    model.generation_config.bad_words_ids = None
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder
