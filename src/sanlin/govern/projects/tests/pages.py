"""Where a page is, what it says, and a photo to send to it."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image


def go(name, *args):
    return reverse(f"projects:{name}", args=args)


def text(answer):
    return answer.content.decode()


def jpeg(name="IMG_潍坊.jpg"):
    body = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(body, "JPEG")
    return SimpleUploadedFile(name, body.getvalue(), "image/jpeg")
