"""What may be handed out: known by its content, kept byte for byte, with no macros in it."""

from pathlib import Path

import pytest
from flask import Flask

from app import media
from app.media import Asset, MediaRefused
from tests.fixtures.documents import PDF, office, open_document, zipped
from tests.fixtures.recordings import image


def take(data: bytes, name: str = "Чек-лист.pdf") -> Asset:
    return media.take(data, kind="document", name=name, owner_id=1, webinar_id="wb_1")


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("data", "ending"),
    [
        (PDF, "pdf"),
        (office(), "docx"),
        (office("xl/workbook.xml"), "xlsx"),
        (office("ppt/presentation.xml"), "pptx"),
        (open_document("text"), "odt"),
        (open_document("spreadsheet"), "ods"),
        (open_document("presentation"), "odp"),
    ],
)
def test_document_is_known_by_its_content_and_kept_as_it_came(
    app: Flask, data: bytes, ending: str
) -> None:
    asset = take(data, "Чек-лист.exe")
    assert asset.address == f"/media/{asset.sha256}/document.{ending}"
    assert asset.download_name == f"Чек-лист.exe.{ending}"
    assert media.folder.path_of(str(asset.sha256)).read_bytes() == data
    assert take(data).asset_id == asset.asset_id


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "media_empty"),
        (b"<html>%PDF-1.4 %%EOF", "media_not_document"),
        (b"MZ" + PDF, "media_not_document"),
        (image("PNG"), "media_not_document"),
        (PDF[:-8], "media_broken"),
        (office()[:-30], "media_broken"),
        (b"PK\x03\x04" + b"\0" * 100, "media_broken"),
        (zipped("readme.txt"), "media_not_document"),
        (zipped("word/document.xml"), "media_not_document"),
        (zipped("content.xml", mimetype="application/epub+zip"), "media_not_document"),
        (office("word/document.xml", "word/vbaProject.bin"), "media_macros"),
        (open_document("text", "Basic/Standard/Module1.xml"), "media_macros"),
    ],
)
def test_what_is_no_document_is_refused_and_leaves_nothing(
    app: Flask, data: bytes, reason: str
) -> None:
    with pytest.raises(MediaRefused) as refused:
        take(data)
    assert refused.value.name == reason
    assert media.assets.of_webinar("wb_1") == []
    assert [path for path in media.folder.root().rglob("*") if path.is_file()] == []


def test_zip_of_too_many_entries_is_not_read(app: Flask) -> None:
    data = zipped("[Content_Types].xml", "word/document.xml", *(f"{n:0>60}" for n in range(20_000)))
    with pytest.raises(MediaRefused, match="media_not_document"):
        take(data)


def many_said_to_be_few() -> bytes:
    """A small length in the plain end record, the true one where a ZIP64 record is asked first."""
    many = zipped("[Content_Types].xml", *(f"{n:0>60}" for n in range(70_000)))
    at = many.rfind(b"PK\x05\x06")
    return many[: at + 12] + (100).to_bytes(4, "little") + many[at + 16 :]


def end_record_inside_the_end_record() -> bytes:
    """The last one is cut short and says nothing; a reader of zips takes the one before."""
    data = office()
    return data[:-6] + b"PK\x05\x06" + data[-2:]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (many_said_to_be_few(), "too many entries"),
        (end_record_inside_the_end_record(), "cut short"),
    ],
)
def test_length_of_a_list_of_entries_is_not_lied_about(
    app: Flask, data: bytes, reason: str
) -> None:
    with pytest.raises(MediaRefused, match=reason):
        take(data)


def test_size_is_bounded(app: Flask, tmp_path: Path) -> None:
    app.config["SETTINGS"].media_max_document_mb = 1
    with pytest.raises(MediaRefused, match="media_too_large"):
        take(PDF + b"\n" * 1_000_000)


@pytest.mark.parametrize(
    ("name", "saved_as"),
    [
        ("План.PDF", "План.pdf"),
        ("C:\\docs\\План.pdf", "План.pdf"),
        ("a\r\nX-Evil: 1.pdf", "aX-Evil 1.pdf"),
        ('..".pdf', "document.pdf"),
        ("", "—.pdf"),
    ],
)
def test_name_it_is_saved_under_does_no_harm(app: Flask, name: str, saved_as: str) -> None:
    assert take(PDF, name).download_name == saved_as
