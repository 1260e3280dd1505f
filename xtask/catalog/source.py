"""Cuts Python source into its classes and methods before it is parsed: most of it is not needed, and parsing is what
takes the time. Generated source has its classes at column 0 and their methods at column 4; where that does not hold,
parsing fails."""

import ast
import re

from facts import NotUnderstood

CLASS = re.compile(r"^class (\w+)\b", re.MULTILINE)
# A method with the decorators before it.
METHOD = re.compile(r"^(?:    @[^\n]*\n)*    (async )?def (\w+)\(", re.MULTILINE)


def classes(source, path):
    """Name and text of every class; nothing but imports may stand before the first."""
    starts = [found.start() for found in CLASS.finditer(source)] + [len(source)]
    for node in ast.parse(source[: starts[0]]).body:
        if not imports(node):
            raise NotUnderstood(f"{path}: {ast.unparse(node)[:80]}")
    for start, end in zip(starts, starts[1:]):
        yield CLASS.match(source, start).group(1), source[start:end]


def imports(node):
    """Whether it is an import (if it fails, the handlers only complain), or text that does nothing."""
    if isinstance(node, ast.Try):
        return all(imports(inner) for inner in node.body)
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass)) or docstring(node)


def docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def methods(text):
    """What stands before the first method of a class, and name, asynchronous or not, and text of every method."""
    found = list(METHOD.finditer(text))
    starts = [it.start() for it in found] + [len(text)]
    return text[: starts[0]], [(it.group(2), bool(it.group(1)), text[it.start() : end]) for it, end in zip(found, starts[1:])]


def parsed(text):
    """The syntax tree of one class."""
    tree = ast.parse(text).body
    if len(tree) != 1:
        raise NotUnderstood(f"after a class: {ast.unparse(tree[1])[:80]}")
    return tree[0]
