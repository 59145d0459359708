"""Why a file was not kept, for who brought it."""

from flask_babel import gettext

from app.media import MediaRefused, kinds
from app.media.folder import MEGABYTE


def status_of(refusal: MediaRefused) -> int:
    """422, or 507 where it is not the file's fault."""
    return 507 if refusal.name == "media_disk_full" else 422


def not_now() -> str:
    """Why a broadcast takes no file."""
    return gettext("Запись выбирают, когда эфир завершён и ещё не в архиве.")


def changed_meanwhile() -> str:
    """Why a choice is not taken: it was made before another recording."""
    return gettext(
        "Пока страница была открыта, запись эфира сменилась: она ниже. Выберите ещё раз, если"
        " нужна другая."
    )


def in_words(refusal: MediaRefused, kind: str) -> str:
    return reason_in_words(refusal.name, refusal.detail, kind)


def reason_in_words(reason: str, detail: str, kind: str) -> str:
    most = kinds.largest(kind) // MEGABYTE
    words = {
        "media_empty": gettext("Файл пуст."),
        "media_too_large": gettext("Файл больше %(most)s МБ.", most=most),
        "media_disk_full": gettext(
            "На сервере кончается место. Ничего не испорчено: освободите диск и попробуйте снова."
        ),
        "media_not_video": gettext("Это не видео MP4 или WebM."),
        "media_no_picture": gettext("В файле нет изображения, только звук."),
        "media_video_codec": gettext(
            "Браузеры не покажут видео в формате %(what)s. Сохраните его как MP4 с H.264.",
            what=detail,
        ),
        "media_audio_codec": gettext(
            "Браузеры не проиграют звук в формате %(what)s. Сохраните его как AAC.", what=detail
        ),
        "media_too_long": gettext("Запись не может быть длиннее суток."),
        "media_not_image": gettext("Это не картинка JPEG, PNG или WebP."),
        "media_too_many_pixels": gettext("Картинка слишком большая: не больше 50 мегапикселей."),
        "media_not_archive": gettext("Это не zip-файл, или он повреждён."),
        "media_not_captions": gettext("Это не субтитры WebVTT или SRT в кодировке UTF-8."),
        "media_not_document": gettext(
            "Это не PDF и не документ Word (.docx), Excel (.xlsx), PowerPoint (.pptx) или"
            " OpenDocument."
        ),
        "media_macros": gettext("В документе есть макросы: сохраните его без них."),
        "media_captions_line": gettext("В субтитрах есть ошибка: %(what)s", what=detail),
    }
    return words.get(reason, gettext("Файл не читается: возможно, он повреждён."))
