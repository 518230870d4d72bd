"""Fixtures of the product's tests."""
import signal

import pytest
from product import CLEAN, cli, demo, kill_sync_worker, start_sync_worker


@pytest.fixture(scope="session")
def token():
    return cli("token", "create", "--name", "tests", "--scope", "write").stdout.strip()


@pytest.fixture(autouse=True)
def clean():
    demo(**CLEAN)
    yield
    demo(**CLEAN)


@pytest.fixture
def without_worker():
    """The command line then carries out its run itself, with the environment of the test."""
    kill_sync_worker(signal.SIGTERM)
    yield
    start_sync_worker()
