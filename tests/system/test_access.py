"""Who may do what."""
import re

from product import Browser, call, campaigns, cli, first_user


def test_signing_in_and_out():  # A-015 A-019 A-143
    user, password = first_user()
    browser = Browser()
    status, page, where = browser.sign_in(user, password)
    assert status == 200 and where.endswith("/dashboard")
    old = [cookie.value for cookie in browser.jar if cookie.name == "sid"][0]
    csrf = re.search(r'name="csrf" value="(\w+)"', page)[1]
    assert browser.open("/sync", csrf="0" * 64)[0] == 403
    assert browser.open("/logout", csrf=csrf)[2].endswith("/login?signed_out=1")
    status, _, headers = call("/api/me", headers={"Cookie": f"sid={old}"})
    assert status == 401


def test_wrong_passwords_say_nothing_and_slow_down():
    user, _ = first_user()
    pages = [Browser().sign_in(name, "wrong")[:2] for name in (user, "nobody-of-that-name")]
    assert all(status == 401 and "Invalid username or password" in page for status, page in pages)
    tries = [Browser().sign_in("another-nobody", "wrong")[:2] for _ in range(9)]
    assert any(status == 429 and "wait" in page for status, page in tries)


def test_nothing_is_open_and_no_one_registers():  # A-018 A-121 A-123
    for path in ("/api/dashboard", "/api/stats", "/api/campaigns", "/api/lists", "/api/sync", "/api/openapi.json", "/api/me"):
        assert call(path)[0] == 401
    assert call("/register")[0] == 404
    assert call("/api/stats", "tt_" + "0" * 64)[0] == 401


def test_a_read_token_cannot_write():
    reader = cli("token", "create", "--name", "reader", "--scope", "read").stdout.strip()
    assert call("/api/sync", reader, "POST", b"")[0] == 403 and call("/api/sync", reader)[0] == 200


def test_third_user_is_refused():
    run = cli("user", "create", "third", "--generate", check=False)
    assert run.returncode == 1 and "MAX_USERS" in run.stderr
