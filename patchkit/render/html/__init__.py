"""The report as one HTML file that needs nothing else: `report.html` (face floor)."""

from patchkit.render.html.page import report_html

__all__ = ["report_html"]
