"""Numbers in few characters, and small tables of them: all number formats of the pages."""

from collections.abc import Sequence

from mnist37.ui.widgets.labels import scrolling


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return HTML of a table of numbers; the first column names the rows."""
    cell = 'style="padding:.12rem .7rem;text-align:right"'
    first = 'style="padding:.12rem .7rem .12rem 0;text-align:left;font-weight:400"'

    def row(tag: str, name: str, texts: Sequence[str]) -> str:
        cells = "".join(f"<{tag} {cell}>{text}</{tag}>" for text in texts)
        return f"<tr><th {first}>{name}</th>{cells}</tr>" if name else f"<tr><td></td>{cells}</tr>"

    body = "".join(row("td", name, texts) for name, *texts in rows)
    style = "font-variant-numeric:tabular-nums;border-collapse:collapse;font-size:.9rem"
    names = ", ".join(name for name, *_ in rows)
    return scrolling(f'<table style="{style}">{row("th", head[0], head[1:])}{body}</table>', names)


def number(value: float) -> str:
    """Return a number of any size in few characters: 56,499, 0.2586, 3.2e-5."""
    if value == 0 or 1e-3 <= abs(value) < 1e3:
        text = f"{value:.4g}"
    elif 1e3 <= abs(value) < 1e7:
        text = f"{value:,.0f}"
    else:
        text = rate_words(value)
    return text.replace("-", "−")


def rate_words(lr: float) -> str:
    """Return a learning rate in its usual notation: 1e-5, 0.12."""
    text = f"{lr:.2g}" if 1e-3 <= abs(lr) < 1e3 else f"{lr:.1e}".replace(".0e", "e")
    return text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")


def signed_number(value: float) -> str:
    """Return `number` with its sign, for a change."""
    return f"+{number(value)}" if value > 0 else number(value)


def short_number(value: float) -> str:
    """Return a weight with two decimals, or with three digits if it is large."""
    return f"{value:.2f}" if abs(value) < 100 else f"{value:.3g}"


def decimals(value: float, digits: int = 4) -> str:
    """Return a number with a fixed number of decimals, and zero without a sign."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def probability(value: float) -> str:
    """Return a probability with four decimals, or with two digits if it is smaller than that shows."""
    return number(value) if 0 < value < 1e-3 else decimals(value)


def percent(share: float) -> str:
    """Return a share as a percentage with two decimals."""
    return f"{share:.2%}".replace("%", " %")


def duration(seconds: float) -> str:
    """Return a time in seconds, minutes or hours, whichever reads best."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def signed_decimal(value: float, digits: int = 2) -> str:
    """Return a number with its sign and a fixed number of decimals."""
    return f"{value:+.{digits}f}".replace("-", "−")
