"""The confusion matrix of a run: what each digit is called."""

from mnist37.ui.answers.judge import Answers
from mnist37.ui.widgets.colours import SEVEN, THREE


def confusion_table(said: Answers, above: float = 0.0, *, large: bool = False) -> str:
    """HTML of a table: a row for what a digit is, a column for what it is called.

    Args:
        said: what a run says of the validation digits.
        above: a logit above this one is called a three.
        large: whether there is room for it.
    """

    def cell(digit: int, called: int) -> str:
        colour = THREE if called == 3 else SEVEN
        count = said.count(digit, called, above)
        share = count / max(1, said.count(digit, 3) + said.count(digit, 7))
        tint = f"background:color-mix(in srgb, {colour} {round(10 + 60 * share)}%, transparent)"
        return f'<td style="padding:{padding};text-align:right;{tint}">{count:,}</td>'

    def row(digit: int) -> str:
        return f'<tr><th scope="row" style="padding-right:.6rem">a {digit}</th>{cell(digit, 3)}{cell(digit, 7)}</tr>'

    padding, size = (".5rem 1.6rem", "1.05rem") if large else (".1rem .8rem", ".85rem")
    head = '<tr><td></td><th scope="col">→ 3</th><th scope="col">→ 7</th></tr>'
    style = f"font-variant-numeric:tabular-nums;font-size:{size};border-collapse:collapse;margin-top:.25rem"
    return f'<table aria-label="Confusion matrix" style="{style}">{head}{row(3)}{row(7)}</table>'
