"""A report in one file: a self-contained HTML page, or a PNG of cases."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from PIL import Image

from rrsis_geo.atomic_write import staged
from rrsis_geo.errors import OutputError
from rrsis_geo.evaluation.comparison import Comparison
from rrsis_geo.evaluation.reports.case_images import LEGEND, CaseImage, draw_sheet
from rrsis_geo.evaluation.reports.text_report import (
    Table,
    comparison_tables,
    count_samples,
    tables,
)
from rrsis_geo.evaluation.result import EvaluationResult

SUFFIXES = (".html", ".png")

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #22262e; margin: 2rem auto;
       max-width: 1180px; padding: 0 1rem; }
table { border-collapse: collapse; margin: .4rem 0 1.6rem; font-size: 13px; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid #ddd; text-align: right;
         white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
th { background: #f3f4f6; }
.wide { overflow-x: auto; }
td:last-child { white-space: normal; }
figure { display: inline-block; width: 48%; margin: 0 1% 1.2rem 0;
         vertical-align: top; }
figure img { width: 100%; border-radius: 4px; }
figcaption { font-size: 13px; } .faint { color: #6b7280; }
"""


def check_report(path: Path) -> None:
    """Check the extension of a report, before long work.

    Raises:
        OutputError: The extension is neither .html nor .png.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise OutputError(f"{path}: the name of a report must end in .html or .png")


def write_report(
    path: Path,
    result: EvaluationResult,
    cases: Sequence[CaseImage],
    *,
    comparison: Comparison | None = None,
) -> None:
    """Write a report in the format of its extension, whole or not at all.

    Raises:
        OutputError: It cannot be written.
    """
    check_report(path)
    if path.suffix.lower() == ".png":
        with staged(path) as temporary:
            draw_sheet(cases, title=title_of(result)).save(temporary, "PNG")
        return
    with staged(path) as temporary:
        temporary.write_text(html_page(result, cases, comparison), encoding="utf-8")


def title_of(result: EvaluationResult) -> str:
    """Title of a report: weights, data and split."""
    place = Path(result.place).name
    return f"{result.weights} on {place}, {result.split}"


def html_page(
    result: EvaluationResult,
    cases: Sequence[CaseImage],
    comparison: Comparison | None = None,
) -> str:
    """The report as HTML; images are embedded, nothing is loaded from elsewhere."""
    present, absent, images = count_samples(result)
    summary = result.summary()
    blocks = [_table_block(title, table) for title, table in tables(result, summary)]
    if comparison is not None:
        blocks += [
            _table_block(title, rows) for title, rows in comparison_tables(comparison)
        ]
    figures = "".join(_figure(case) for case in cases)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<title>{escape(title_of(result))}</title><style>{STYLE}</style></head><body>
<h1>{escape(title_of(result))}</h1>
<p>{len(result.outcomes)} samples over {images} images: {present} with a target,
{absent} without. Weights sha256 <code>{escape(result.sha256[:16])}</code>.
{1000 * summary.seconds:.0f} ms per expression (median). Bootstrap of {result.rounds}
resamples of images, seed {result.seed}.</p>
{"".join(blocks)}
<h2>Cases</h2><p class="faint">{escape(LEGEND)}; both at 480 x 480.</p>
<div>{figures}</div>
</body></html>
"""


def _table_block(title: str, table: Table) -> str:
    head, *rows = table
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    return (
        f"<h3>{escape(title)}</h3><div class='wide'><table><tr>{heads}</tr>"
        f"{body}</table></div>"
    )


def _cells(row: Iterable[str]) -> str:
    return "".join(f"<td>{escape(cell)}</td>" for cell in row)


def _figure(case: CaseImage) -> str:
    stream = io.BytesIO()
    Image.fromarray(case.pixels).save(stream, "JPEG", quality=85)
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    words = f"{case.kind}: {case.expression}"
    return (
        f'<figure><img alt="{escape(words)}" src="data:image/jpeg;base64,{data}">'
        f"<figcaption><b>{escape(words)}</b><br>"
        f'<span class="faint">{escape(case.caption)}</span></figcaption></figure>'
    )
