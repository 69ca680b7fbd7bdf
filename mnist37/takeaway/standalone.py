"""The source that stands alone: some of a rung's methods, and whatever of ours they name, from whichever file.

What is taken is the statement that binds a name in its file: a function, a class, a constant, or an import from
elsewhere. Annotations are left aside, so a notebook that takes this has `from __future__ import annotations`.
"""

import ast
import importlib
import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from importlib.util import resolve_name
from textwrap import dedent, indent

from mnist37.errors import RunError

Statements = Mapping[str, ast.stmt]
"""The statement that binds each name."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is taken from one file.

    Args:
        module: its name, such as `mnist37.rungs.batches`.
        code: its statements, in the order of the file.
    """

    module: str
    code: str


class Standalone:
    """Gathers the source: call `add` and `add_class` any number of times, then read `parts`.

    Args:
        roots: first names of the packages whose source is taken; what comes from others is imported.
    """

    def __init__(self, roots: Iterable[str]) -> None:
        self._roots = set(roots)
        self._taken: dict[str, dict[str, tuple[int, str]]] = {}  # by module and name: line and source
        self._needs: dict[str, dict[str, None]] = {}  # by module: the modules that its statements name, in their order

    def add(self, module: str, names: Iterable[str]) -> None:
        """Take what these names stand for in a module, if it binds them, and what that names in turn.

        Raises:
            RunError: a name stands for one of our modules, which cannot be put into a notebook.
        """
        bound, taken = _bound(_tree(module).body), self._taken.setdefault(module, {})
        needs = self._needs.setdefault(module, {})
        for name in names:
            statement = bound.get(name)
            if statement is None or name in taken:
                continue
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                taken[name] = statement.lineno, _text(module, statement)
                self.add(module, _names(statement))
                continue
            alias = next(alias for alias in statement.names if _alias_name(alias) == name)
            source = _source_module(statement, module)
            if source.split(".")[0] not in self._roots:
                taken[name] = statement.lineno, _one(statement, alias)
                continue
            if isinstance(statement, ast.Import) or alias.name not in _bound(_tree(source).body):
                raise RunError(f"There is no notebook for source that names the module {name}.", REMEDY)
            needs[source] = None
            self.add(source, [alias.name])
            if name != alias.name:
                taken[name] = statement.lineno, f"{name} = {alias.name}"

    def add_class(self, cls: type, wanted: Iterable[str]) -> str:
        """Take a class with these of its attributes only, its own and inherited ones, and what they name.

        Args:
            cls: defined in a file, not within a function.
            wanted: names of its methods; those that they use of `self` are taken as well.

        Returns:
            The class's source, which comes behind all parts.

        Raises:
            RunError: a method cannot stand alone.
        """
        own: dict[str, str] = {}
        todo = list(wanted)
        for name in todo:  # it grows
            base = next((base for base in cls.__mro__ if name in vars(base)), None)
            if name in own or base is None:
                continue
            statement = _bound(_class(base).body).get(name)
            if statement is None:
                raise RunError(f"There is no notebook for {cls.__name__}: it has no source of {name}.", REMEDY)
            used = _names(statement)
            if "super" in used:
                raise RunError(f"There is no notebook for {cls.__name__}: its {name} calls super().", REMEDY)
            own[name] = _text(base.__module__, statement)
            todo += _used_of_self(statement)
            self.add(base.__module__, used)
        return f"class {cls.__name__}:\n" + "\n\n".join(indent(source, "    ") for source in own.values())

    @property
    def parts(self) -> list[Part]:
        """What was taken, a part a file; each comes behind those that it needs.

        Raises:
            RunError: two files call different things by one name, which a notebook cannot.
        """
        self._check_names()
        order = TopologicalSorter(self._needs).static_order()
        taken = ((module, self._taken[module].values()) for module in order)
        return [Part(module, _joined([source for _, source in sorted(set(lines))])) for module, lines in taken if lines]

    def _check_names(self) -> None:
        seen: dict[str, str] = {}
        for taken in self._taken.values():
            for name, (_, source) in taken.items():
                if seen.setdefault(name, source) != source:
                    raise RunError(f"There is no notebook: two files of ours have something called {name}.", REMEDY)


REMEDY = "Export its weights instead."


def _joined(sources: Sequence[str]) -> str:
    """Return imports and constants line by line; functions and classes apart from each other."""
    joined = ""
    for before, source in zip(("", *sources), sources, strict=False):
        close = _kind(before) == _kind(source) != "block"
        apart = "\n" if close else "\n\n" if _kind(source) == "constant" else "\n\n\n"
        joined += (apart if joined else "") + source
    return joined


def _kind(source: str) -> str:
    if source.startswith(("import ", "from ")):
        return "import"
    return "block" if source.startswith(("def ", "class ", "@", "async ")) else "constant"


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_source(module))


@cache
def _source(module: str) -> str:
    return inspect.getsource(importlib.import_module(module))


def _text(module: str, statement: ast.stmt) -> str:
    """Return a statement's own lines, with its decorators."""
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
    return dedent("\n".join(_source(module).splitlines()[first - 1 : statement.end_lineno]))


def _class(cls: type) -> ast.ClassDef:
    found = _bound(_tree(cls.__module__).body).get(cls.__qualname__)
    if not isinstance(found, ast.ClassDef):
        raise RunError(f"There is no notebook for {cls.__qualname__}: it is not defined in a file.", REMEDY)
    return found


def _bound(body: Iterable[ast.stmt]) -> Statements:
    return {name: statement for statement in body for name in _binds(statement)}


def _binds(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
        case ast.Import() | ast.ImportFrom():
            yield from (_alias_name(alias) for alias in statement.names)
        case ast.Assign() | ast.AnnAssign():
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield from (node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))


def _alias_name(alias: ast.alias) -> str:
    return alias.asname or alias.name.split(".")[0]


def _source_module(statement: ast.Import | ast.ImportFrom, module: str) -> str:
    """Return the module that an import in `module` takes from."""
    if isinstance(statement, ast.Import):
        return statement.names[0].name
    package = importlib.import_module(module).__package__
    return resolve_name("." * statement.level + (statement.module or ""), package)


def _one(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    """Return an import of this name only."""
    if isinstance(statement, ast.Import):
        return ast.unparse(ast.Import([alias]))
    return ast.unparse(ast.ImportFrom(statement.module, [alias], statement.level))


class _Names(ast.NodeVisitor):
    """Collects the names that a statement reads, without its annotations."""

    def __init__(self) -> None:
        self.found: dict[str, None] = {}

    def visit_Name(self, node: ast.Name) -> None:
        self.found[node.id] = None

    def visit_arg(self, node: ast.arg) -> None:
        """Skip an argument: it is no name that is read, nor is its annotation."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in (*node.decorator_list, node.args, *node.body):
            self.visit(part)


def _names(statement: ast.stmt) -> list[str]:
    visitor = _Names()
    visitor.visit(statement)
    return list(visitor.found)


def _used_of_self(statement: ast.stmt) -> list[str]:
    return [
        node.attr
        for node in ast.walk(statement)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    ]
