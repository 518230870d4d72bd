"""Fixtures of the product's tests."""
import os, signal

import pytest
from product import CLEAN, cli, demo, kill_sync_worker, restart_database, start_sync_worker, wait_for_health


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    item.failed = getattr(item, "failed", False) or report.failed


@pytest.fixture(scope="session")
def token():
    return cli("token", "create", "--name", "tests", "--scope", "write").stdout.strip()


@pytest.fixture(autouse=True)
def clean(request):
    demo(**CLEAN)
    yield
    demo(**CLEAN)
    if request.node.failed and "TEST_MONGODB_URI" not in os.environ:  # one that fails takes no other one with it
        restart_database()
        wait_for_health()


@pytest.fixture
def without_worker():
    """The command line then carries out its run itself, with the environment of the test."""
    kill_sync_worker(signal.SIGTERM)
    yield
    start_sync_worker()
