"""The confusion matrix of ten digits as HTML, plain or of buttons, and the digits that are confused most."""

from collections.abc import Callable, Sequence

from mnist37.classes import PLURALS, a_digit
from mnist37.evaluation import Answers
from mnist37.ui.widgets.colours import WRONG

Cell = tuple[int, int]
"""A true digit and the one that is predicted."""

LEAST_TINT, MOST_TINT, TINT_OF_ALL = 12, 60, 240
"""Of the colour of mistakes, in percent: of a single one, at most, and were all of a row in one cell."""

LOOK = f"""<style>
.mnist37-confusion {{ container-type: inline-size; max-width: 34rem; font-variant-numeric: tabular-nums; }}
.mnist37-confusion table {{ width: 100%; table-layout: fixed; border-collapse: separate; border-spacing: 2px; }}
.mnist37-confusion table * {{ font-size: clamp(.68rem, 2.9cqi, .9rem); }}
.mnist37-confusion :is(th, td) {{ padding: 0; text-align: center; border: none; }}
.mnist37-confusion tr > :first-child {{ width: 1.3rem; }}
.mnist37-confusion button {{ border: none; color: inherit; font: inherit; cursor: pointer; }}
.mnist37-confusion td > * {{ display: block; width: 100%; padding: .3rem 0; border-radius: .2rem;
  background: color-mix(in srgb, {WRONG} var(--tint), transparent); }}
.mnist37-confusion .right {{ background: #8882; }}
.mnist37-confusion .none {{ background: none; opacity: .55; cursor: default; }}
.mnist37-confusion button:enabled:hover {{ outline: 2px solid var(--st-primary-color); }}
.mnist37-confusion [aria-pressed=true] {{ outline: 3px solid var(--st-primary-color); font-weight: 700; }}
.mnist37-confusion p {{ margin: .5rem 0 0; font-size: .9rem; line-height: 2.1; }}
.mnist37-confusion p button {{ padding: .15rem .6rem; border: 1px solid #8886; border-radius: .5rem; background: none;
  line-height: 1.3; }}
</style>"""


def plain_confusion(predictions: Answers) -> str:
    """Return HTML of the confusion matrix of ten digits: a row for each label, a column for each prediction."""
    return _framed(_table(predictions, lambda _, count, look: f"<span {look}>{count:d}</span>"))


def confusion_buttons(predictions: Answers, chosen: Cell | None) -> str:
    """Return HTML of the same for `choose_in_html`, each cell a button, and of those that are confused most."""

    def button(cell: Cell, count: int, look: str) -> str:
        state = f'aria-pressed="{str(cell == chosen).lower()}"' if count else "disabled"
        return f'<button {_value(cell)} {look} {state} aria-label="{cell_words(cell, count)}">{count:d}</button>'

    return _framed(_table(predictions, button) + _most_confused(predictions))


def read_cell(value: str) -> Cell:
    """Return the cell of the value that a button of `confusion_buttons` sends."""
    digit, said = value.split(",")
    return int(digit), int(said)


def cell_words(cell: Cell, count: int) -> str:
    """Return a cell in words: "12 fours that it calls 9"."""
    digit, said = cell
    return f"{f'{count:,} {PLURALS[digit]}' if count != 1 else a_digit(digit).capitalize()} that it calls {said}"


def _value(cell: Cell) -> str:
    return f'type="button" data-value="{cell[0]},{cell[1]}"'


def _framed(body: str) -> str:
    return f'{LOOK}<div class="mnist37-confusion">{body}</div>'


def _table(predictions: Answers, draw: Callable[[Cell, int, str], str]) -> str:
    digits, matrix = predictions.classes.digits, predictions.confusion().tolist()

    def row(digit: int, counts: Sequence[int]) -> str:
        cells = (
            f"<td>{draw((digit, said), count, _look(digit == said, count, sum(counts)))}</td>"
            for said, count in zip(digits, counts, strict=True)
        )
        return f'<tr><th scope="row">{digit}</th>{"".join(cells)}</tr>'

    head = "".join(f'<th scope="col">{said}</th>' for said in digits)
    rows = "".join(row(digit, counts) for digit, counts in zip(digits, matrix, strict=True))
    return f'<table aria-label="Confusion matrix"><tr><td></td>{head}</tr>{rows}</table>'


def _look(is_right: bool, count: int, of_row: int) -> str:
    """Return the class of a cell, or the tint of a mistake."""
    if is_right or not count:
        return f'class="{"right" if count else "none"}"'
    return f'style="--tint:{min(LEAST_TINT + TINT_OF_ALL * count / of_row, MOST_TINT):.0f}%"'


def _most_confused(predictions: Answers) -> str:
    """Return HTML of the three pairs of digits that are confused most, with a button for either way."""

    def either_way(one: int, another: int) -> str:
        ways = ((cell, predictions.count(*cell)) for cell in ((one, another), (another, one)))
        return " ".join(
            f'<button {_value(cell)} aria-label="{cell_words(cell, count)}">{cell[0]} → {cell[1]}: {count}</button>'
            for cell, count in ways
            if count
        )

    pairs = [either_way(one, another) for one, another, _ in predictions.most_confused(3)]
    return f"<p>Most confused: {' · '.join(pairs)}</p>" if pairs else ""
