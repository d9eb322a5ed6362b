"""Makes the sample report in `docs/samples` and its pictures: `python -m tests.render.sample`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from patchkit.render.html import report_html
from tests.browser.chromium import launched
from tests.render.kata import kata_report

_SAMPLES = Path(__file__).parents[2] / "docs" / "samples"


def main() -> None:
    """Write the page, and pictures of it in each theme: what one sees first, and a held region."""
    with tempfile.TemporaryDirectory() as folder:
        html = report_html(kata_report(Path(folder)))
    _SAMPLES.mkdir(exist_ok=True)
    page_place = _SAMPLES / "kata-report.html"
    page_place.write_bytes(html)
    with sync_playwright() as playwright, launched(playwright) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 820})
        for theme in ("light", "dark"):
            page.goto(page_place.as_uri())
            page.get_by_label("Theme").select_option(theme)
            page.screenshot(path=_SAMPLES / f"kata-report-{theme}.png")
            page.get_by_role("button", name="Next open region").click()
            # What comes into sight is laid out only then.
            page.wait_for_timeout(500)
            page.screenshot(path=_SAMPLES / f"kata-region-{theme}.png")


if __name__ == "__main__":
    main()
