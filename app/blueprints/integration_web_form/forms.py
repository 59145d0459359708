"""The minimal form, and the same without a session behind it."""

from wtforms import HiddenField

from app.web.person_form import PersonForm


class WebForm(PersonForm):
    """Name, e-mail, consent."""


class EmbeddedForm(PersonForm):
    """In a frame: a signed token says that the form is ours, and the partner's code goes along."""

    class Meta:
        csrf = False

    token = HiddenField()
    ref = HiddenField()
