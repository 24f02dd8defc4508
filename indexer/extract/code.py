"""Source code by definitions: by the grammars of tree-sitter, where there is one for the language,
else by patterns that most languages have in common.

Every span holds exactly its lines, and belongs to one definition.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from lsfs.filetypes import extension
from lsfs.records import Place

from .code_patterns import symbols_by_pattern
from .extracted import Extracted, Span
from .plain import blocks_of
from .source import Source

MAX_PARSED_CHARACTERS = 2_000_000
"""A larger file is made by a machine; patterns will do."""
MAX_DEPTH = 200

_LANGUAGES: dict[str, tuple[str, str]] = {}
"""extension -> (package, function) of its grammar"""


def _register(package: str, extensions: str, function: str = "language") -> None:
    for known in extensions.split():
        _LANGUAGES[known] = (f"tree_sitter_{package}", function)


_register("python", "py pyi")
_register("c", "c h")
_register("cpp", "cc cpp cxx hpp hh")
_register("javascript", "js mjs cjs jsx")
_register("typescript", "ts", "language_typescript")
_register("typescript", "tsx", "language_tsx")
_register("go", "go")
_register("rust", "rs")
_register("java", "java")
_register("ruby", "rb")
_register("php", "php", "language_php")
_register("c_sharp", "cs")
_register("bash", "sh bash")
_register("kotlin", "kt kts")
_register("swift", "swift")
_register("scala", "scala")
_register("lua", "lua")

_DEFINITIONS = frozenset(
    "class_definition function_definition class_declaration function_declaration method_definition "
    "generator_function_declaration abstract_class_declaration interface_declaration "
    "enum_declaration type_alias_declaration internal_module module type_spec method_declaration "
    "function_item impl_item mod_item struct_item enum_item trait_item union_item macro_definition "
    "constructor_declaration record_declaration annotation_type_declaration class method "
    "singleton_method trait_declaration namespace_declaration property_declaration "
    "struct_declaration delegate_declaration object_declaration init_declaration "
    "protocol_declaration object_definition trait_definition namespace_definition "
    "class_specifier struct_specifier enum_specifier union_specifier abstract_method_signature "
    "function_signature_item companion_object template_declaration".split()
)
_SPECIFIERS = frozenset(
    {"class_specifier", "struct_specifier", "enum_specifier", "union_specifier"}
)
_FUNCTIONS = frozenset({
    "arrow_function", "function_expression", "function", "function_definition", "lambda",
})  # fmt: skip
_NAMING = frozenset({"variable_declarator", "assignment_statement"})
"""What gives a function its name in languages where functions are values."""
_LEADING = frozenset({"comment", "line_comment", "block_comment", "attribute_item", "decorator"})
_INTERPRETERS = {
    "python": "py", "python3": "py", "bash": "sh", "sh": "sh", "node": "js", "ruby": "rb",
    "php": "php", "lua": "lua",
}  # fmt: skip


def read_code(source: Source) -> Extracted:
    """Runs of lines, each within the innermost definition it stands in; `symbol` is the qualified
    name ("Class.method")."""
    lines = source.lines()
    spans = []
    symbols = _symbols(lines, _language_of(source.name, lines))
    for text, first, _ in blocks_of(lines):
        for block, start, symbol in _by_symbol(text.split("\n"), first, symbols):
            place = Place(start, start + len(block) - 1, symbol=symbol)
            spans.append(Span("\n".join(block), place))
    return Extracted(source.type, tuple(spans))


def _by_symbol(
    block: list[str], first: int, symbols: list[str | None]
) -> Iterator[tuple[list[str], int, str | None]]:
    """(lines, first line, symbol) of the parts of a block that have one symbol."""
    start = 0
    for index in range(1, len(block) + 1):
        symbol = symbols[first + start - 1]
        if index == len(block) or symbols[first + index - 1] != symbol:
            yield block[start:index], first + start, symbol
            start = index


def _language_of(name: str, lines: list[str]) -> str:
    """An extension that stands for the language."""
    if lines and lines[0].startswith("#!"):
        program = lines[0][2:].replace("/usr/bin/env ", "").split("/")[-1].split()
        return _INTERPRETERS.get(program[0].rstrip("0123456789.") if program else "", "")
    known = extension(name)
    if known:
        return known
    return "c" if any(line.startswith("#include") for line in lines) else "py"


def _symbols(lines: list[str], language: str) -> list[str | None]:
    """One a line."""
    if language in _LANGUAGES and sum(map(len, lines)) <= MAX_PARSED_CHARACTERS:
        grammar = _grammar(*_LANGUAGES[language])
        if grammar is not None:
            return grammar.symbols(lines)
    return symbols_by_pattern(lines)


@cache
def _grammar(package: str, function: str) -> _Grammar | None:
    """None where the grammar is not installed or not of a version tree-sitter reads."""
    try:
        import tree_sitter

        language = getattr(importlib.import_module(package), function)()
        return _Grammar(tree_sitter.Language(language))
    except (ImportError, AttributeError, ValueError):
        return None


class _Grammar:
    """A language's parser, and the query for what is looked at in its trees."""

    def __init__(self, language: Any) -> None:
        import tree_sitter

        self._parser = tree_sitter.Parser(language)
        patterns = (
            _pattern(language, _DEFINITIONS | _NAMING, "definition"),
            _pattern(language, _LEADING, "leading"),
        )
        self._query = tree_sitter.Query(language, "\n".join(patterns))

    def symbols(self, lines: list[str]) -> list[str | None]:
        """The qualified name of the innermost definition at each line."""
        import tree_sitter

        tree = self._parser.parse("\n".join(lines).encode("utf-8", "replace"))
        found = tree_sitter.QueryCursor(self._query).captures(tree.root_node)
        above = _standing_alone(found.get("leading", ()), lines)
        symbols: list[str | None] = [None] * len(lines)
        open_ones: list[tuple[int, str]] = []
        for node in sorted(found.get("definition", ()), key=lambda n: (n.start_byte, -n.end_byte)):
            name = _name_of(node)
            if name is None:
                continue
            while open_ones and open_ones[-1][0] <= node.start_byte:
                open_ones.pop()
            own = name.replace("::", ".").replace(":", ".").replace("\\", ".")
            full = f"{open_ones[-1][1]}.{own}" if open_ones else own
            open_ones.append((node.end_byte, full))
            first, last = node.start_point[0], min(node.end_point[0], len(lines) - 1)
            while first - 1 in above:
                first = above[first - 1]
            symbols[first : last + 1] = [full] * (last + 1 - first)
        return symbols


def _pattern(language: Any, kinds: frozenset[str], capture: str) -> str:
    """A query for the nodes of these kinds, of those that the language has."""
    known = [f"({kind})" for kind in sorted(kinds) if language.id_for_node_kind(kind, True)]
    return f"[{' '.join(known)}] @{capture}"


def _standing_alone(leading: Iterable[Any], lines: list[str]) -> dict[int, int]:
    """Last line -> first line of the comments and decorators that have their lines to
    themselves."""
    return {
        min(node.end_point[0] - (node.end_point[1] == 0), len(lines) - 1): node.start_point[0]
        for node in leading
        if not lines[node.start_point[0]][: node.start_point[1]].strip()
    }


def _name_of(node: Any) -> str | None:
    """The name of a definition; None for everything else."""
    if node.type in _SPECIFIERS and node.child_by_field_name("body") is None:
        return None  # "struct s *next;" speaks of s, and does not define it
    if node.type in _DEFINITIONS:
        if node.type == "method_declaration" and node.child_by_field_name("receiver"):
            return _go_method(node)
        named = node.child_by_field_name("name") or node.child_by_field_name("type")
        return _text(_declared(node) if node.child_by_field_name("declarator") else named)
    if node.type in _NAMING:
        value = node.child_by_field_name("value") or node.named_children[-1]
        inner = value.named_children[0] if value.type == "expression_list" else value
        if inner.type in _FUNCTIONS:
            return _text(node.child_by_field_name("name") or node.named_children[0])
    return None


def _go_method(node: Any) -> str | None:
    receiver = (_text(node.child_by_field_name("receiver")) or "").strip("()").split()
    name = _text(node.child_by_field_name("name"))
    return f"{receiver[-1].lstrip('*').split('[')[0]}.{name}" if receiver else name


def _declared(node: Any) -> Any:
    """The name within the declarators of C: "*(*f)(int)" declares f."""
    for _ in range(MAX_DEPTH):
        inner = node.child_by_field_name("declarator")
        if inner is None:
            return node
        node = inner
    return node


def _text(node: Any) -> str | None:
    if node is None or node.end_byte - node.start_byte > 200:
        return None
    return " ".join(node.text.decode("utf-8", "replace").split()) or None
