"""Which broad type a name suggests: what people mean by "spreadsheets", "photos", "code".

By extension alone; the indexer, which has seen the content, corrects it.
"""

from __future__ import annotations

from lsfs.selector import FileType

EXTENSIONS: dict[FileType, frozenset[str]] = {
    "document": frozenset({"doc", "docx", "docm", "odt", "rtf", "pages", "epub", "tex", "ltx"}),
    "spreadsheet": frozenset({"xls", "xlsx", "xlsm", "xlsb", "ods", "csv", "tsv", "numbers"}),
    "presentation": frozenset({"ppt", "pptx", "pptm", "odp", "key"}),
    "pdf": frozenset({"pdf"}),
    "text": frozenset({"txt", "md", "markdown", "rst", "org", "log", "adoc", "asciidoc"}),
    "code": frozenset(
        {
            "py", "c", "h", "cc", "cpp", "hpp", "rs", "go", "java", "js", "ts", "tsx", "jsx", "sh",
            "rb", "pl", "php", "swift", "kt", "scala", "lua", "sql", "r", "jl", "ipynb", "css",
        }
    ),
    "email": frozenset({"eml", "mbox", "mbx", "msg"}),
    "image": frozenset(
        {"png", "jpg", "jpeg", "gif", "webp", "tif", "tiff", "bmp", "svg", "heic", "avif"}
    ),
    "audio": frozenset({"mp3", "flac", "ogg", "opus", "wav", "m4a", "m4b", "aac", "wma", "aiff"}),
    "video": frozenset({"mp4", "m4v", "mkv", "avi", "mov", "webm", "wmv", "ogv"}),
    "archive": frozenset(
        {"zip", "tar", "gz", "tgz", "bz2", "xz", "txz", "zst", "7z", "rar", "jar"}
    ),
    "web": frozenset({"html", "htm", "xhtml", "mhtml", "mht"}),
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
