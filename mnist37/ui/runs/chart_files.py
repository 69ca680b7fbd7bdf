"""A figure as one HTML file that needs no other file. A PNG comes from the camera button in the figure itself.

Works on plain Plotly figures (dicts). Plotly's Python package is imported only when a file is requested.
"""

import html

import streamlit as st

from mnist37.ui.live.nodes import Figure

_AXIS = {"gridcolor": "#e3e6ec", "linecolor": "#c5cad6", "zerolinecolor": "#c5cad6", "automargin": True}
_PAPER: Figure = {
    "paper_bgcolor": "#ffffff",
    "plot_bgcolor": "#ffffff",
    "font": {"family": "system-ui, sans-serif", "size": 15, "color": "#262b36"},
    "title": {"x": 0.02, "xanchor": "left"},
    "margin": {"l": 70, "r": 30, "t": 110, "b": 60},
    "xaxis": _AXIS,
    "yaxis": _AXIS,
    "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    "hovermode": "x unified",
}


def html_file(figure: Figure, title: str) -> bytes:
    """Return the figure as an HTML file that opens without a network, as Plotly itself (5 MB) is in it.

    Args:
        figure: `{"data": [...], "layout": {...}}` of plain JSON values.
        title: the title of the browser tab.
    """
    import plotly.io

    layout = {**figure["layout"], "template": {"layout": _PAPER}}
    config = {"displaylogo": False, "responsive": True, "toImageButtonOptions": {"scale": 2}}
    page = plotly.io.to_html(
        {"data": figure["data"], "layout": layout},
        config=config,
        include_plotlyjs=True,
        validate=False,
        default_height="100vh",
    )
    head = f'<head><title>{html.escape(title)}</title><meta name="viewport" content="width=device-width">'
    return str(page).replace("<head>", head, 1).encode()


def html_button(figure: Figure, title: str, key: str) -> None:
    """Show a button that downloads the figure as an HTML file, which is made at the click."""
    st.download_button(
        "HTML",
        data=lambda: html_file(figure, title),
        file_name=f"mnist37-{key}.html",
        mime="text/html",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=f"{key}_html",
        help="This chart as one file that opens without a network. For a picture (PNG), press the camera in the chart.",
    )
