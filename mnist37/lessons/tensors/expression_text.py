"""Parse typed text to a small syntax tree of known characters only. Nothing is evaluated."""

import ast
import re
from keyword import iskeyword

from mnist37.errors import ExpressionError

LONGEST = 200
"""Maximum characters of an expression."""
MOST_NODES = 300
DEEPEST = 24

_TOKEN = re.compile(
    r"""\s+
    | (?: \d{1,19} (?: \.\d{0,19} )? | \.\d{1,19} ) (?: [eE][+-]?\d{1,3} )? (?! [\w.] )   # a number
    | [A-Za-z][A-Za-z0-9_]*                                                              # a name
    | \*\* | // | [<>=!]= | \.\.\. | [-+*/%@<>()\[\],:.=]""",
    re.VERBOSE | re.ASCII,
)
_CONSTANTS = {"True", "False", "None"}


def parse(text: str) -> ast.expr:
    """Read an expression.

    Args:
        text: any text that a visitor typed.

    Returns:
        Its syntax tree, at most `DEEPEST` deep and of at most `MOST_NODES` nodes, with any kinds of nodes.

    Raises:
        ExpressionError: it is empty or too long, contains other characters or words than tensor expressions need, is
            no expression, or is too deep.
    """
    text = text.strip()
    if not text:
        raise ExpressionError("There is nothing to compute.", "Type an expression, such as img.shape.")
    if len(text) > LONGEST:
        raise ExpressionError(f"This is longer than {LONGEST} characters.", "Try it in smaller steps.")
    _check_words(text)
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(f"This is no expression: {_where(text, error)}.", _remedy(text)) from None
    except (RecursionError, MemoryError, ValueError):
        raise ExpressionError("This is nested too deeply.", "Try it in smaller steps.") from None
    _check_size(tree)
    return tree


def _check_words(text: str) -> None:
    """Refuse what no tensor expression needs, before Python reads it: quotes, braces, other scripts, keywords, `_x`."""
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            shown = re.split(r"[\s()\[\],]", text[place:], maxsplit=1)[0][:20] or text[place]
            raise ExpressionError(
                f'"{_plain(shown)}" cannot be read here.', "Use numbers, names, brackets and + - * / ** @ // % < > ==."
            )
        word = token.group()
        if iskeyword(word) and word not in _CONSTANTS:
            raise ExpressionError(f'"{word}" cannot be used here.', "Only tensor expressions can be computed.")
        place = token.end()


def _plain(text: str) -> str:
    """Return the text without Markdown and invisible characters."""
    return "".join(
        sign if sign.isalnum() or sign in ".'_-" else f"\\{sign}" if sign.isprintable() else "?" for sign in text
    )


def _where(text: str, error: SyntaxError) -> str:
    """Return Python's error message in short."""
    if "=" in re.sub(r"[<>=!]=", "", text) and "(" not in text:
        return "a single = gives a name to something"
    message = str(error.msg).split(". ")[0]
    return "something is missing, or too much" if message == "invalid syntax" else message


def _remedy(text: str) -> str:
    if text.count("(") != text.count(")") or text.count("[") != text.count("]"):
        return "Count the brackets: each one that opens must close."
    return "Compare with one of the examples; to compare values, write ==."


def _check_size(tree: ast.expr) -> None:
    """Count nodes and depth without recursion."""
    level: list[ast.AST] = [tree]
    count = depth = 0
    while level:
        count, depth = count + len(level), depth + 1
        if count > MOST_NODES or depth > DEEPEST:
            raise ExpressionError("This expression has too many parts.", "Try it in smaller steps.")
        level = [child for node in level for child in ast.iter_child_nodes(node)]
