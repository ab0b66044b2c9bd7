"""What is taken for a photo, what is left of it, and how it is shown."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from PIL import Image

from sanlin.ground import files


def sent(size=(64, 48), kind="JPEG", mode="RGB", colour="red", **options):
    body = io.BytesIO()
    Image.new(mode, size, colour).save(body, kind, **options)
    return body.getvalue()


def picture(body):
    return files.picture(io.BytesIO(body), len(body))


def sentence(body):
    with pytest.raises(ValidationError) as refused:
        picture(body)
    return refused.value.messages


def opened(body):
    return Image.open(io.BytesIO(body))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_drawn_anew_as_jpeg(kind):
    drawn = picture(sent((3200, 1600), kind))
    assert (drawn.width, drawn.height) == (1600, 800)
    assert [(opened(body).format, opened(body).size) for body in drawn.sizes.values()] == [
        ("JPEG", (1600, 800)),
        ("JPEG", (480, 240)),
    ]


def test_it_stands_upright_and_carries_no_place_camera_or_hidden_part():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    drawn = picture(sent((40, 20), exif=exif, icc_profile=b"profile", comment=b"secret"))
    shown = opened(drawn.sizes["large"])
    assert shown.size == (20, 40)
    assert dict(shown.getexif()) == {}
    assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"secret" not in drawn.sizes["large"]


def test_what_is_clear_becomes_white():
    drawn = picture(sent(kind="PNG", mode="RGBA", colour=(0, 0, 0, 0)))
    assert opened(drawn.sizes["large"]).getpixel((5, 5)) == (255, 255, 255)


NOT_A_PHOTO = ["这不是照片：只收JPEG、PNG和WebP格式的照片"]
BROKEN = ["这张照片打不开，可能已经损坏；请换一张"]


def bomb(width, height):
    """A few bytes of PNG that say they are a wall."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9))


def many_scans(times, between=b""):
    """A progressive JPEG whose last scan is drawn so many times: little to send, much to decode."""
    body = sent((640, 640), progressive=True)
    last = body.rindex(b"\xff\xda")
    return body[:last] + (between + body[last:-2]) * times + body[-2:]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", NOT_A_PHOTO),
        ("不是照片".encode(), NOT_A_PHOTO),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NOT_A_PHOTO),
        (b"GIF89a" + b"\0" * 30, NOT_A_PHOTO),
        (b"PK\x03\x04" + b"\0" * 30, NOT_A_PHOTO),
        (b"\xff\xd8\xff" + b"\0" * 30, BROKEN),
        (sent((600, 600))[:900], BROKEN),
        (b"RIFF\x10\0\0\0WEBP" + b"\0" * 30, BROKEN),
        (bomb(5200, 5000), ["照片不能超过2500万像素，这张是5200×5000"]),
        (bomb(13_000, 13_000), ["照片不能超过2500万像素，这张是13000×13000"]),
        (bomb(100_000, 100_000), BROKEN),
        (bomb(10, 10), BROKEN),
        (many_scans(101), BROKEN),
        (many_scans(101, b"\xff\x01"), BROKEN),
    ],
)
def test_what_is_no_photo_is_refused_in_a_sentence(body, words):
    assert sentence(body) == words


def test_a_progressive_photo_is_taken_and_what_is_sent_after_its_end_is_not_counted():
    moving = sent((640, 640), progressive=True) + b"\xff\xda\0\0" * 200  # a film behind the photo
    assert picture(many_scans(5)).width == picture(moving).width == 640


def test_a_file_over_ten_megabytes_is_not_even_looked_at():
    with pytest.raises(ValidationError, match="照片不能超过10 MB，这张有11 MB"):
        files.picture(io.BytesIO(b""), 11 * 1024**2)


def test_a_kept_photo_is_shown_with_headers_that_let_it_be_nothing_else(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name = files.keep(picture(sent()))
    answer = files.shown(name, "small")
    assert opened(b"".join(answer)).size == (64, 48)
    assert {
        key: answer[key] for key in ("Content-Type", "X-Content-Type-Options", "Cache-Control")
    } == {
        "Content-Type": "image/jpeg",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600",
    }
    assert answer["Content-Disposition"] == "inline"
    assert len({file.name.split(".")[0] for file in tmp_path.rglob("*.jpg")}) == 1
    files.discard(name)
    assert list(tmp_path.rglob("*.jpg")) == []
    for wrong in (name, "../../etc/passwd", "f" * 31):
        with pytest.raises(Http404):
            files.shown(wrong, "small")
    with pytest.raises(Http404):
        files.shown(files.keep(picture(sent())), "huge")


def test_the_field_gives_a_picture_or_a_sentence():
    field = files.PhotoField(camera=True)
    assert field.clean(SimpleUploadedFile("a.txt", sent())).width == 64
    with pytest.raises(ValidationError, match="这不是照片"):
        field.clean(SimpleUploadedFile("照片.jpg", "文字".encode()))
    assert 'capture="environment"' in field.widget.render("photo", None)
