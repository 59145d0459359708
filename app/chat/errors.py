"""Refusals of the chat. Each has a name that callers, tests and logs rely on."""


class ChatRefused(ValueError):
    """The line was not written."""

    name = "chat_refused"


class LineEmpty(ChatRefused):
    name = "chat_line_empty"


class LineTooLong(ChatRefused):
    name = "chat_line_too_long"


class LineTooOften(ChatRefused):
    """`retry_after`: whole seconds until one more line will do."""

    name = "chat_line_too_often"

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(self.name)
