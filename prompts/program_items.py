"""Numbered lists in Markdown (CommonMark), as the items that a reader sees."""

from __future__ import annotations

from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from lsfs.errors import UsageError

HINT = "docs/programs.md shows how programs are written"


@dataclass(frozen=True, slots=True)
class Item:
    """A list item as written: the text of its first paragraph, and the items of lists in it."""

    label: str
    line: int
    text: str
    items: tuple[Item, ...] = ()
    is_numbered: bool = True


def items_of(text: str, name: str) -> tuple[Item, ...]:
    """The numbered items of the text. Raises: UsageError."""
    root = SyntaxTreeNode(MarkdownIt("commonmark").parse(text))
    lists = [node for node in root.children if node.type == "ordered_list"]
    items = tuple(item for node in lists for item in _list_items(node, ""))
    if not items:
        raise UsageError(
            f"{name} holds no numbered steps",
            path=name,
            hint=f"1. Find notes from last week; {HINT}",
        )
    for number, item in enumerate(items, 1):
        if item.label != str(number):
            raise UsageError(
                f"{name}, line {item.line}: step {item.label} stands where step {number} should",
                path=name, hint="number the steps 1, 2, 3 ... through the whole file",
            )  # fmt: skip
    return items


def _list_items(node: SyntaxTreeNode, above: str) -> list[Item]:
    start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 1
    found = []
    for at, child in enumerate(node.children):
        label = f"{above}{_number(child, start + at)}"
        first = child.children[0] if child.children else None
        is_text = first is not None and first.type == "paragraph"
        words = _said(first.children[0]) if first is not None and is_text else ""
        lists = [one for one in child.children if one.type in ("ordered_list", "bullet_list")]
        inner = tuple(item for one in lists for item in _list_items(one, f"{label}."))
        line = (child.map or (0, 0))[0] + 1
        found.append(Item(label, line, " ".join(words.split()), inner, node.type == "ordered_list"))
    return found


def _said(inline: SyntaxTreeNode) -> str:
    """The text as a reader sees it: without the marks of emphasis and links, code in quotes."""
    parts = []
    for node in inline.walk(include_self=False):
        if node.type == "code_inline":
            mark = '"' if "'" in node.content else "'"
            parts.append(f"{mark}{node.content}{mark}")
        elif node.type in ("text", "html_inline"):
            parts.append(node.content)
        elif node.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts)


def _number(item: SyntaxTreeNode, counted: int) -> int:
    """As written; where all are written alike (1. 1. 1.), as a reader sees it."""
    siblings = item.parent.children if item.parent else ()
    written = [one.info for one in siblings]
    if not item.info or (len(written) > 1 and len(set(written)) == 1):
        return counted
    return int(item.info)
