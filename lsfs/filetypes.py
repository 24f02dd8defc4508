"""Which broad type a name suggests: what people mean by "spreadsheets", "photos", "code".

By extension alone; the indexer, which has seen the content, corrects it.
"""

from __future__ import annotations

from lsfs.selector import FileType

EXTENSIONS: dict[FileType, frozenset[str]] = {
    "document": frozenset({"doc", "docx", "odt", "rtf", "pages", "epub", "tex"}),
    "spreadsheet": frozenset({"xls", "xlsx", "ods", "csv", "tsv", "numbers"}),
    "presentation": frozenset({"ppt", "pptx", "odp", "key"}),
    "pdf": frozenset({"pdf"}),
    "text": frozenset({"txt", "md", "markdown", "rst", "org", "log", "adoc"}),
    "code": frozenset(
        {
            "py", "c", "h", "cc", "cpp", "hpp", "rs", "go", "java", "js", "ts", "tsx", "jsx", "sh",
            "rb", "pl", "php", "swift", "kt", "scala", "lua", "sql", "r", "jl", "ipynb", "css",
        }
    ),
    "email": frozenset({"eml", "mbox", "msg"}),
    "image": frozenset({"png", "jpg", "jpeg", "gif", "webp", "tif", "tiff", "bmp", "svg", "heic"}),
    "audio": frozenset({"mp3", "flac", "ogg", "opus", "wav", "m4a", "aac"}),
    "video": frozenset({"mp4", "mkv", "avi", "mov", "webm"}),
    "archive": frozenset({"zip", "tar", "gz", "bz2", "xz", "zst", "7z", "rar"}),
    "web": frozenset({"html", "htm", "xhtml", "mhtml"}),
    "data": frozenset({"json", "jsonl", "yaml", "yml", "toml", "xml", "ini", "sqlite", "parquet"}),
}  # fmt: skip

_BY_EXTENSION = {extension: kind for kind, known in EXTENSIONS.items() for extension in known}
_WITHOUT_TEXT: frozenset[FileType] = frozenset({"image", "audio", "video", "archive"})


def extension(path: str) -> str:
    """The lower-case extension without its dot; "" when there is none."""
    name = path.rpartition("/")[2]
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


def type_of(path: str) -> FileType | None:
    """The type that the name suggests, None when it suggests nothing."""
    return _BY_EXTENSION.get(extension(path))


def is_writing(path: str) -> bool:
    """Whether the name suggests something a person wrote: worth a first version when first seen."""
    kind = type_of(path)
    return kind is not None and kind not in _WITHOUT_TEXT
