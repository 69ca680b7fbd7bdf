"""The one cycle of learning rate and momentum as a figure."""

from typing import Any

from mnist37.lessons.deep import one_cycle
from mnist37.ui.widgets.colours import RUN_COLOURS

POINTS = 100


def cycle_figure(peak: float) -> dict[str, Any]:
    """Both over the share of the training, in percent, on an axis each: a plain Plotly dict."""
    shares = [place / POINTS for place in range(POINTS + 1)]
    rates, momenta = zip(*(one_cycle(peak, share) for share in shares), strict=True)
    look = {"x": [100 * share for share in shares], "mode": "lines"}
    return {
        "data": [
            {**look, "y": rates, "name": "learning rate", "line": {"color": RUN_COLOURS[0], "width": 3}},
            {
                **look,
                "y": momenta,
                "name": "momentum",
                "yaxis": "y2",
                "line": {"color": RUN_COLOURS[1], "width": 2, "dash": "dash"},
            },
        ],
        "layout": {
            "xaxis": {"title": {"text": "of the training"}, "ticksuffix": " %"},
            "yaxis": {"title": {"text": "learning rate"}, "rangemode": "tozero"},
            "yaxis2": {"overlaying": "y", "side": "right", "showgrid": False, "tickmode": "auto"},
            "margin": {"r": 56},
        },
    }
