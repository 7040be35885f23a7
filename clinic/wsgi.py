"""The WSGI entry point of the production server.

What is loaded here stays as long as the process: looking through it for garbage
again and again while it grows takes a seventh of the start and finds nothing.
"""

import gc
import os

gc.disable()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from clinic.rules.book import load_book  # noqa: E402 - needs the apps
from clinic.staff.checks import refuse_open_doors  # noqa: E402

refuse_open_doors()
load_book()  # before the processes part, which share it, and the first request
gc.enable()
