"""Settings: one frozen object, and the only reader of the environment.

defaults < user file (XDG config directory, lsfs/config.toml) < root's file (ROOT/.lsfs/config.toml)
< environment (LSFS_*) < flags. A key `section.name` is `LSFS_SECTION_NAME` in the environment.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from lsfs.addresses import parse_address
from lsfs.errors import ConfigurationError
from lsfs.paths import KEPT_NAME, SPOOL_NAME, STATE_NAME

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class Section(BaseModel):
    """Frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class IndexerConfig(Section):
    """What is indexed, and with what.

    `model` is "default" (the packaged all-MiniLM-L6-v2), or a sentence-transformers id or
    directory; `query_prompt` and `passage_prompt` are put before what it reads (none given: what
    the model's own settings say). `device` is auto, cpu or cuda. Sizes in bytes, times in seconds.
    Not `enabled`, nothing new is read; what is indexed is found as before. `cpu_percent` is the
    share of the time in which there is work that it works; not `on_battery`, vectors wait for the
    mains. `captioner` and `transcriber` are transformers ids or directories ("": none): what says
    what pictures show, and what recordings say, each file within `describe_timeout_s`. Above
    `memory_bytes` the worker gives back what it can; after `idle_s` (0: never) without anything to
    do it ends, until something is asked or changed.
    """

    enabled: bool = True
    cpu_percent: int = Field(default=100, ge=1, le=100)
    on_battery: bool = False
    model: str = "default"
    query_prompt: str | None = None
    passage_prompt: str | None = None
    captioner: str = ""
    transcriber: str = ""
    device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    batch_size: int = Field(default=8, ge=1)
    max_file_bytes: int = Field(default=64 * 2**20, ge=0)
    parse_timeout_s: float = Field(default=30.0, gt=0)
    parse_memory_bytes: int = Field(default=2 * 2**30, gt=0)
    describe_timeout_s: float = Field(default=600.0, gt=0)
    memory_bytes: int = Field(default=350_000_000, ge=0)
    idle_s: float = Field(default=600.0, ge=0)
    exclude: tuple[str, ...] = (
        ".git", ".hg", ".svn", ".jj", "node_modules", "bower_components", "__pycache__", ".venv",
        "site-packages", ".eggs", ".cache", ".tox", ".nox", ".mypy_cache", ".ruff_cache",
        ".pytest_cache", ".hypothesis", ".ipynb_checkpoints", ".gradle", ".terraform", ".next",
        ".nuxt", ".parcel-cache", ".direnv", ".thumbnails", ".Trash-*", "lost+found", ".DS_Store",
        "Thumbs.db", "desktop.ini",
    )  # fmt: skip
    secrets: tuple[str, ...] = (
        ".env", ".env.*", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.ppk",
        "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", ".ssh", ".gnupg", "*.kdbx", "*.kdb",
        ".password-store", ".netrc", ".pgpass", ".aws", ".git-credentials", ".htpasswd", ".npmrc",
        ".pypirc",
    )  # fmt: skip


class SearchConfig(Section):
    """`reranker` is a sentence-transformers CrossEncoder, id or directory ("": none), that looks
    again at the best `rerank_count` files of a search, for at most `rerank_ms`. `rerank_device` is
    auto (a GPU; off where there is none), cpu or cuda."""

    reranker: str = ""
    rerank_device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    rerank_ms: float = Field(default=300.0, gt=0)
    rerank_count: int = Field(default=50, ge=1, le=1000)


class VersionsConfig(Section):
    """What is kept. `debounce_s` is how long a file must be quiet before it is captured; documents
    up to `baseline_max_bytes` are captured when first seen, all else when first changed; no file
    larger than `max_file_bytes` (holes included).


    `lsfs gc` keeps all of the last `keep_all_days`, the state of each midnight of `keep_daily_days`
    and of each week's start of `keep_weekly_days`, and the last `keep_last` of each file; then,
    where `max_bytes` is not 0, lets the oldest go until the store takes no more."""

    debounce_s: float = Field(default=0.5, ge=0)
    keep_all_days: float = Field(default=7, ge=0)
    keep_daily_days: float = Field(default=60, ge=0)
    keep_weekly_days: float = Field(default=365, ge=0)
    keep_last: int = Field(default=10, ge=1)
    max_bytes: int = Field(default=0, ge=0)
    baseline_max_bytes: int = Field(default=4 * 2**20, ge=0)
    max_file_bytes: int = Field(default=64 * 2**30, ge=0)


class ModelConfig(Section):
    """The optional language model: `local` (a transformers id or directory) or `url` + `name`.
    `context_tokens` is what a question and its answer may have together. `translator` is a
    sequence-to-sequence model of transformers, id or directory, that translates in its stead ("":
    none)."""

    local: str | None = None
    gguf_file: str | None = None
    url: str | None = None
    name: str | None = None
    api_key: SecretStr | None = None
    device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    timeout_s: float = Field(default=60.0, gt=0)
    context_tokens: int = Field(default=4096, ge=1500)
    translator: str = ""


class PolicyConfig(Section):
    """`protect` are globs no plan may change; `max_without_review` is the most files that a
    query or a language model may choose for a plan with --yes alone."""

    protect: tuple[str, ...] = ()
    max_without_review: int = Field(default=100, ge=0)


class RunConfig(Section):
    """Bounds of a program in words: the most steps that one run takes, and the most files that a
    loop goes through."""

    max_steps: int = Field(default=500, ge=1)
    max_loop_files: int = Field(default=100, ge=1)


class ShareConfig(Section):
    """Links to files. `http` is HOST:PORT, where the daemon serves them and nothing else ("": there
    are none); port 0 is a free one, which the root keeps. `url` is what links begin with, if not
    http://HOST:PORT. A link ends after `days` if nobody says when."""

    http: str = "127.0.0.1:0"
    url: str = Field(default="", pattern=r"^(https?://[^\s?#]+)?$")
    days: float = Field(default=7, gt=0, le=36_500)

    @field_validator("http")
    @classmethod
    def _is_address(cls, text: str) -> str:
        if text:
            parse_address(text)
        return text


class Config(Section):
    """All settings of one root."""

    root: Path
    state: Path
    indexer: IndexerConfig = IndexerConfig()
    search: SearchConfig = SearchConfig()
    versions: VersionsConfig = VersionsConfig()
    model: ModelConfig = ModelConfig()
    policy: PolicyConfig = PolicyConfig()
    run: RunConfig = RunConfig()
    share: ShareConfig = ShareConfig()

    @property
    def catalog_file(self) -> Path:
        """The SQLite database."""
        return self.state / "catalog.db"

    @property
    def socket(self) -> Path:
        """The daemon's socket."""
        return self.state / "daemon.sock"

    @property
    def spool_directory(self) -> Path:
        """What the mounts did, not yet read by the daemon, one file a mount process."""
        return self.state / SPOOL_NAME

    @property
    def kept_directory(self) -> Path:
        """Bytes the mounts kept before they were destroyed, not yet in the content store."""
        return self.state / KEPT_NAME

    @property
    def blobs_directory(self) -> Path:
        """The content store."""
        return self.state / "blobs"

    @property
    def log_directory(self) -> Path:
        """Log files of the processes in the background."""
        return self.state / "log"


def differing(one: Config, other: Config) -> list[str]:
    """The settings in which two differ, as "section.name"."""
    return [
        f"{section}.{name}"
        for section, model in SECTIONS.items()
        for name in model.model_fields
        if getattr(getattr(one, section), name) != getattr(getattr(other, section), name)
    ]


def told_of(changed: Collection[str]) -> list[str]:
    """What to say where a daemon was started with other settings than these; nothing of none."""
    if not changed:
        return []
    names = ", ".join(sorted(changed))
    return [
        f"the daemon that runs was started with other settings ({names}); after `lsfs stop` the"
        " next command goes by what is set now"
    ]


SECTIONS: Mapping[str, type[Section]] = {
    "indexer": IndexerConfig,
    "search": SearchConfig,
    "versions": VersionsConfig,
    "model": ModelConfig,
    "policy": PolicyConfig,
    "run": RunConfig,
    "share": ShareConfig,
}


def user_config_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's settings file, whether or not it exists."""
    base = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "lsfs" / "config.toml"


def cache_directory(environment: Mapping[str, str] = os.environ) -> Path:
    """Where things that can be made again are kept across roots (the exported model)."""
    base = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "lsfs"


def state_directory(
    root: Path, flag: Path | None = None, environment: Mapping[str, str] = os.environ
) -> Path:
    """Where the root's state is: --state, then LSFS_STATE, then ROOT/.lsfs."""
    chosen = flag or (Path(environment["LSFS_STATE"]) if environment.get("LSFS_STATE") else None)
    return chosen.expanduser().absolute() if chosen else root / STATE_NAME


def load_config(
    root: Path, state: Path | None = None, environment: Mapping[str, str] = os.environ
) -> Config:
    """Read all layers for `root` (absolute, real).

    Raises:
        ConfigurationError: a file is not TOML, or a key or value is not one of ours.
    """
    directory = state_directory(root, state, environment)
    values: dict[str, dict[str, Any]] = {}
    for file in (user_config_file(environment), directory / "config.toml"):
        _merge(values, _read_toml(file))
    _merge(values, _from_environment(environment))
    try:
        return Config.model_validate({"root": root, "state": directory, **values})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(
            f"setting {key}: {first['msg']}", hint="see docs/configuration.md for every setting"
        ) from error


def _merge(into: dict[str, dict[str, Any]], layer: Mapping[str, Any]) -> None:
    for section, settings in layer.items():
        if not isinstance(settings, Mapping):
            raise ConfigurationError(f"setting {section}: expected a [{section}] table")
        into.setdefault(section, {}).update(settings)


def _read_toml(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigurationError(f"{file}: {error}", path=str(file)) from error


def _from_environment(environment: Mapping[str, str]) -> Mapping[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for section, model in SECTIONS.items():
        for name, field in model.model_fields.items():
            text = environment.get(f"LSFS_{section}_{name}".upper())
            if text is not None:
                is_list = "tuple" in str(field.annotation)
                found.setdefault(section, {})[name] = text.split(",") if is_list else text
    return found
