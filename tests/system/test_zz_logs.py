"""Runs last: what the other tests left in the logs."""
import os, re

from product import HOME, SETTINGS


def test_no_secret_and_no_sanitizer_report_in_the_logs():
    for name in os.listdir(f"{HOME}/log"):
        text = open(f"{HOME}/log/{name}", errors="replace").read()
        assert "Sanitizer" not in text and "runtime error" not in text, name
        assert not re.search(r"died of signal (?!9\b)", text), name  # the tests themselves send 9
        assert SETTINGS["EMAILOCTOPUS_API_KEY"] not in text and SETTINGS["SECRET_KEY"] not in text, name
