"""PDF out of a page of the house's own templates: fonts of the machine, nothing fetched, same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from PIL import ImageFile

from sanlin.ground.verdict import Refused


def pdf(template: str, sheet: Path, values: Mapping[str, Any]) -> bytes:
    """`template` with `values`, set by the stylesheet `sheet`; pictures only as data in the page.

    Raises Refused where this machine lacks what PDF is drawn with.
    """
    try:
        from weasyprint import CSS, HTML  # noqa: PLC0415  # heavy: only who makes papers loads it
    except OSError as error:  # it draws with a library of the system
        raise Refused(
            _("这台服务器缺少制作PDF的部件（Pango），请系统管理人员按运行手册安装后重试")
        ) from error
    # It lets Pillow take torn pictures for whole ones, everywhere; a torn photo is refused here.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    page = render_to_string(template, dict(values))
    fonts = FontConfiguration()
    here = URLFetcher(allowed_protocols=["data"], fail_on_errors=True)
    paper = HTML(string=page, url_fetcher=here, base_url="about:blank")
    sheets = [CSS(string=sheet.read_text("utf-8"), font_config=fonts)]
    # The file's own mark is what it says, not when it was written.
    mark = hashlib.sha256(page.encode()).digest()[:16]
    body = paper.write_pdf(
        stylesheets=sheets, font_config=fonts, pdf_identifier=mark, uncompressed_pdf=False
    )
    return bytes(body)
