"""Composition root of the site: the application, its doorbell, and commands that need workers."""

import sys

from app import SettingsError, create_app
from workers import commands, composition

try:
    app = create_app()
except SettingsError as error:
    sys.exit(f"efir: {error}")

composition.prepare(app)
composition.keep_time(app)
commands.register(app)
