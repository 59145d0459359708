"""Refusals of the chat. Each has a name that callers, tests and logs rely on."""

from datetime import datetime


class ChatRefused(ValueError):
    """The line was not written."""

    name = "chat_refused"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.name)


class LineEmpty(ChatRefused):
    name = "chat_line_empty"


class LineTooLong(ChatRefused):
    name = "chat_line_too_long"


class LineTooOften(ChatRefused):
    """`retry_after`: whole seconds until one more line will do."""

    name = "chat_line_too_often"

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__()


class LineHasLink(ChatRefused):
    """Links are the team's alone, in every chat."""

    name = "chat_line_has_link"


class WriterMuted(ChatRefused):
    """`until`: when the viewer may write again."""

    name = "chat_writer_muted"

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__()


class WriterBanned(ChatRefused):
    name = "chat_writer_banned"
