"""The verifier of the browser is open to everybody, and can be taken home whole."""

import hashlib
import io
import zipfile

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def taken_home():
    answer = Client().get("/records/check.zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sanlin-verify.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as folder:
        return {name: folder.read(name) for name in folder.namelist()}


def test_the_page_names_the_script_that_is_taken_home():
    files = taken_home()
    page = Client().get("/records/check/").content.decode()
    assert hashlib.sha256(files["sanlin-verify/verify.js"]).hexdigest() in page


def test_what_is_taken_home_asks_nobody_else():
    files = taken_home()
    assert set(files) == {
        f"sanlin-verify/{name}" for name in ("kit.css", "verify.html", "verify.js")
    }
    page = files["sanlin-verify/verify.html"].decode()
    assert 'href="kit.css"' in page
    assert 'src="verify.js"' in page
    for content in files.values():
        assert b"http://" not in content
        assert b"https://" not in content
        assert b"fetch(" not in content
