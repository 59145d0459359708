"""Refusals of the media room. Each has a name that callers, tests and logs rely on."""


class MediaRefused(ValueError):
    """Nothing of the file is kept. `name` is stable and says why; see `REASONS`."""

    def __init__(self, name: str, detail: str = "") -> None:
        self.name = name
        self.detail = detail
        super().__init__(f"{name}: {detail}" if detail else name)


class UploadUnknown(LookupError):
    """No such upload, or not this person's, or it was given up."""


class OffsetWrong(ValueError):
    """What was sent does not begin where the last kept byte ended; `received` says where."""

    def __init__(self, received: int) -> None:
        self.received = received
        super().__init__(f"{received} bytes are here")


REASONS = frozenset(
    {
        "media_empty",
        "media_too_large",
        "media_disk_full",
        "media_not_video",
        "media_video_codec",
        "media_audio_codec",
        "media_no_picture",
        "media_too_long",
        "media_not_image",
        "media_too_many_pixels",
        "media_not_captions",
        "media_captions_line",
        "media_not_document",
        "media_macros",
        "media_not_archive",
        "media_broken",
    }
)
