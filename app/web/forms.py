"""Forms: one key a rendered form, so that a doubled submission is one submission."""

import re
import secrets

from flask_wtf import FlaskForm
from wtforms import HiddenField

KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


class OnceForm(FlaskForm):
    """A form with a `form_key`: the same key posted twice is answered once."""

    form_key = HiddenField(default=lambda: secrets.token_urlsafe(18))

    @property
    def key(self) -> str:
        """The posted key, or a fresh one where it is missing or not ours."""
        posted = self.form_key.data or ""
        return posted if KEY.fullmatch(posted) else secrets.token_urlsafe(18)
