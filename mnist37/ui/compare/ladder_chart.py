"""The ladder in one figure (a plain dict): the best kept run of each rung beside the chapter's result."""

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

from mnist37.classes import THREE_OR_SEVEN
from mnist37.rungs import LADDER, Rung
from mnist37.runs import RunInfo
from mnist37.ui.live.nodes import Figure
from mnist37.ui.runs.overlaid_curves import LEGEND_BELOW
from mnist37.ui.runs.run_rows import best_words
from mnist37.ui.widgets.words import score_words, settings_words

TICKS = (0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995)
YOURS, CHAPTERS, FAINT = "#0f8a6b", "#8a93a6", "rgba(138,147,166,0.45)"

MIN_ERROR_SHARE = 1e-5
"""The share of errors at which an interval's bar ends if the interval includes 0, as the axis has no 0."""


def ladder_figure(best: Mapping[str, RunInfo], tried: Mapping[str, int]) -> Figure:
    """Draw each rung as a line, the lowest at the bottom, over the share of errors, logarithmic, fewer to the right.

    Args:
        best: the best run by the rung's name; rungs may be missing.
        tried: the number of runs that it is the best of, by the rung's name.
    """
    shares = [_share(run) for run in best.values()] + [1 - figure.accuracy for _, figure in _chapters()]
    low, high = min(max(shares) * 2.2, 1.0), min(shares) / 1.7
    data = [_connections(best), _reported(), _yours(best, tried, math.sqrt(low * high))]
    xaxis = {
        "type": "log",
        "title": {"text": "accuracy in %", "font": {"size": 13}, "standoff": 4},
        "tickangle": 0,
        "range": [math.log10(low), math.log10(high)],
        "tickvals": [1 - tick for tick in TICKS if high <= 1 - tick <= low],
        "ticktext": [f"{100 * tick:g}" for tick in TICKS if high <= 1 - tick <= low],
        "minallowed": -5,
        "maxallowed": 0,
    }
    yaxis = {
        "tickvals": list(range(len(LADDER))),
        "ticktext": [_place_words(rung, best) for rung in LADDER.values()],
        "range": [-0.6, len(LADDER) - 0.4],
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
    }
    title = (
        "You against the chapter" if all(map(_is_chapters, best.values())) else "Your best runs beside the chapter's"
    )
    layout = {
        "title": {"text": title},
        "margin": {"t": 46},
        "xaxis": xaxis,
        "yaxis": yaxis,
        "hovermode": "closest",
        "showlegend": True,
        "legend": LEGEND_BELOW,
        "uirevision": "ladder",
    }
    return {"data": data, "layout": layout}


def _chapters() -> list[tuple[int, Any]]:
    """Return each rung's place, and the chapter's result for it."""
    return [(place, rung.chapter[-1]) for place, rung in enumerate(LADDER.values()) if rung.chapter]


def _is_chapters(run: RunInfo) -> bool:
    """Return whether a run is of the chapter's digits."""
    return run.settings.classes == THREE_OR_SEVEN


def _share(run: RunInfo) -> float:
    """Return the share of errors; no error is drawn as half an error, as a logarithmic axis has no 0."""
    return max(1 - (run.accuracy or 0.0), 0.5 / run.n_valid)


def _yours(best: Mapping[str, RunInfo], tried: Mapping[str, int], middle: float) -> Figure:
    """Return your points; their labels face the middle of the axis, as they would be cut off beyond its ends."""
    runs = [(place, best[name]) for place, name in enumerate(LADDER) if name in best]
    return {
        "name": "your best run",
        "x": [_share(run) for _, run in runs],
        "y": [place for place, _ in runs],
        "text": [f"{run.score} · {best_words(tried[run.settings.rung])}" for _, run in runs],
        "customdata": [_hover(run, tried[run.settings.rung]) for _, run in runs],
        "error_x": _intervals([run for _, run in runs]),
        "mode": "markers+text",
        "textposition": ["top left" if _share(run) < middle else "top right" for _, run in runs],
        "cliponaxis": False,
        "marker": {"size": 13, "color": YOURS},
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _intervals(runs: Sequence[RunInfo]) -> Figure:
    """Return the 95 % interval of each run as distances to the left and the right of its point."""
    bounds = [run.score.interval if run.score else (0.0, 0.0) for run in runs]
    return {
        "type": "data",
        "symmetric": False,
        "array": [1 - low - _share(run) for run, (low, _) in zip(runs, bounds, strict=True)],
        "arrayminus": [
            _share(run) - max(1 - high, MIN_ERROR_SHARE) for run, (_, high) in zip(runs, bounds, strict=True)
        ],
        "color": YOURS,
        "thickness": 1.2,
        "width": 5,
    }


def _reported() -> Figure:
    return {
        "name": "the chapter reports, 3 against 7",
        "x": [1 - figure.accuracy for _, figure in _chapters()],
        "y": [place for place, _ in _chapters()],
        "text": [_spaced(figure.reported) for _, figure in _chapters()],
        "customdata": [
            f"The chapter reports {_spaced(figure.reported)} for 3 against 7<br>{figure.remark}"
            for _, figure in _chapters()
        ],
        "mode": "markers+text",
        "textposition": "bottom center",
        "textfont": {"color": CHAPTERS},
        "cliponaxis": False,
        "marker": {"size": 12, "symbol": "diamond-open", "color": CHAPTERS, "line": {"width": 2}},
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _spaced(percentage: str) -> str:
    return percentage.replace("%", " %")


def _connections(best: Mapping[str, RunInfo]) -> Figure:
    """Return a line from the chapter's point to yours for each rung, where both are of the chapter's digits."""
    ends = [(1 - figure.accuracy, best.get(list(LADDER)[place]), place) for place, figure in _chapters()]
    pairs = [(reported, _share(run), place) for reported, run, place in ends if run and _is_chapters(run)]
    return {
        "x": [value for reported, share, _ in pairs for value in (reported, share, None)],
        "y": [value for _, _, place in pairs for value in (place, place, None)],
        "mode": "lines",
        "line": {"color": FAINT, "width": 3},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _hover(run: RunInfo, n_tried: int) -> str:
    name = f"<b>{html.escape(run.name)}</b><br>" if run.name else ""
    score = f"{score_words(run.score)}<br>{best_words(n_tried)}" if run.score else ""
    return f"{name}{score}<br>{html.escape(settings_words(run))}<br>{run.seconds:.2f} s of training"


def _place_words(rung: Rung, best: Mapping[str, RunInfo]) -> str:
    """Return the model's name for its line, with a remark below it if there is no run of it."""
    return rung.title if rung.name in best else f"{rung.title}<br><i>no run yet</i>"


def missing(best: Mapping[str, RunInfo]) -> list[Rung]:
    """Return the rungs without a run, from the lowest up."""
    return [rung for name, rung in LADDER.items() if name not in best]
