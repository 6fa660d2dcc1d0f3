"""A run becomes one HTML file that needs nothing else: no network, no other file, no model.

Takes a finished run; gives the page's text, or the written report.html. The same run gives the same
bytes. The page's policy allows its one stylesheet and its one script, by hash, and nothing else.
"""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from neuroglot.base.errors import RunError
from neuroglot.report.charts.drawing import Chart, svg
from neuroglot.report.escaping import data_block, visible
from neuroglot.report.pages import brackets, guided, neurons, translations
from neuroglot.report.pages.source import Source
from neuroglot.report.palette import colour_rules
from neuroglot.runs.directory import Run, opened
from neuroglot.runs.storage import write_text

PAGES = {
    "neurons": neurons.page,
    "mexa": translations.mexa_run,
    "lens": translations.lens_run,
    "neuron-guided": guided.page,
    "brackets": brackets.page,
}
"""The page of each study; `study` is the manifest's word."""

LARGEST = 2_000_000
"""Bytes that a report should stay under."""


def write_report(run: Run | str | Path) -> Path:
    """Write report.html into the run's directory, whole or not at all; gives its path.

    Raises RunError for a directory that holds no run, a shard, or a study that has no page.
    """
    given = opened(run)
    write_text(given.report_path, render(given))
    return given.report_path


def render(run: Run) -> str:
    """The report of a run as one HTML text."""
    assemble = PAGES.get(run.manifest.study)
    if assemble is None:
        raise RunError(
            f"{run.path} holds a run of the study {run.manifest.study!r}, which has no page: "
            f"pages exist for {', '.join(sorted(PAGES))}"
        )
    style, script = _style(), _asset("page.js")
    if shard := run.manifest.parameters.get("shard"):
        raise RunError(
            f"{run.path} holds shard {shard} of a run, which has nothing to show: merge all shards"
        )
    return (
        _environment()
        .get_template("page.html")
        .render(
            page=assemble(Source(run)),
            style=Markup(style),
            script=Markup(script),
            style_hash=content_hash(style),
            script_hash=content_hash(script),
        )
    )


def content_hash(text: str) -> str:
    """The source expression of a Content-Security-Policy for one inline element."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    """Templates that escape everything; text from data is made visible before that."""
    environment = Environment(
        loader=PackageLoader("neuroglot.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_seen,
    )
    environment.filters["json"] = data_block
    environment.filters["svg"] = _drawings
    return environment


def _seen(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _drawings(chart: Chart, id: str) -> Markup:
    """Both sizes of a chart; the stylesheet shows the one that fits. Or one that scrolls."""
    if chart.scrolls:
        whole = svg(chart, chart.wide, id=id, size="whole")
        return Markup('<div class="scroll">') + whole + Markup("</div>")
    if chart.narrow is None:
        return svg(chart, chart.wide, id=id, size="fits")
    return svg(chart, chart.wide, id=id, size="wide") + svg(
        chart, chart.narrow, id=f"{id}-narrow", size="narrow"
    )


def _style() -> str:
    return colour_rules() + _asset("page.css")


def _asset(name: str) -> str:
    return files("neuroglot.report").joinpath("assets", name).read_text(encoding="utf-8")
