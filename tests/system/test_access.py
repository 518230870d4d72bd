"""Who may do what."""
import html, json, re, time

from product import Browser, call, cli, database, first_user, get, URL, wait_until


def test_signing_in_and_out():
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


def test_signing_in_keeps_the_whole_address():
    browser = Browser()
    chosen = "/campaigns?q=Grüße+%26+more&status=sent&sort=name".replace("ü", "%C3%BC").replace("ß", "%C3%9F")
    _, page, where = browser.open(chosen)
    assert "/login?next=" in where
    fields = dict(re.findall(r'name="(csrf|next)" value="([^"]*)"', page))
    user, password = first_user()
    fields["next"] = html.unescape(fields["next"])
    assert browser.open("/login", username=user, password="wrong", **fields)[0] == 401
    status, page, where = browser.open("/login", username=user, password=password, **fields)
    assert status == 200 and where == URL + chosen
    assert 'name="q" value="Grüße &amp; more"' in page and re.search(r'aria-current="true">Sent', page)
    strange = Browser()
    assert strange.open("/campaigns?q=" + "x" * 3000)[2] == URL + "/login?next=%2Fcampaigns"
    assert strange.open("/" + "x" * 3000)[0] == 404


def test_signing_in_in_two_tabs():
    browser, (user, password) = Browser(), first_user()
    first, second = (re.search(r'name="csrf" value="(\w+)"', browser.open("/login")[1])[1] for _ in range(2))
    sessions, forms = set(), set()
    for proof in (first, second, first):
        status, page, where = browser.open("/login", username=user, password=password, csrf=proof, next="/lists")
        assert status == 200 and where == URL + "/lists"
        sessions.add(jar_value(browser, "sid"))
        forms.add(re.search(r'name="csrf" value="(\w+)"', page)[1])
    assert len(sessions) == 3 and len(forms) == 1  # what is open in the first tab can still be sent
    assert browser.open("/theme", csrf=forms.pop(), theme="dark")[0] == 200
    browser.open("/logout", csrf=re.search(r'name="csrf" value="(\w+)"', page)[1])
    assert re.search(r'name="csrf" value="(\w+)"', browser.sign_in(user, password)[1])[1] != re.search(r'name="csrf" value="(\w+)"', page)[1]
    assert browser.open("/login", username=user, password=password, csrf="0" * 64)[0] == 403


def test_wrong_passwords_say_nothing_and_slow_down():
    user, _ = first_user()
    pages = [Browser().sign_in(name, "wrong")[:2] for name in (user, "nobody-of-that-name")]
    assert all(status == 401 and "Invalid username or password" in page for status, page in pages)
    tries = [Browser().sign_in("another-nobody", "wrong")[:2] for _ in range(9)]
    assert any(status == 429 and "Wait" in page for status, page in tries)


def test_nothing_is_open_and_no_one_registers():
    for path in ("/api/dashboard", "/api/stats", "/api/campaigns", "/api/lists", "/api/sync", "/api/openapi.json", "/api/me"):
        assert call(path)[0] == 401
    assert call("/register")[0] == 404
    assert call("/api/stats", "tt_" + "0" * 64)[0] == 401


def test_a_read_token_cannot_write():
    reader = cli("token", "create", "--name", "reader", "--scope", "read").stdout.strip()
    assert call("/api/sync", reader, "POST", b"")[0] == 403 and call("/api/sync", reader)[0] == 200
    # Before its body is parsed, which a form of tiny parts makes a second's work.
    assert call("/api/sync", reader, "POST", b'{"name":', {"Content-Type": "application/json"})[0] == 403


def test_a_user_has_a_full_name():
    cli("user", "create", "ann", "--full-name", "Ann Lée", "--generate", env={"MAX_USERS": "9"})
    found = {row["username"]: row["full_name"] for row in json.loads(cli("user", "list", "--json").stdout)}
    database("db.users.delete_one({'username': 'ann'})")
    assert found.pop("ann") == "Ann Lée" and set(found.values()) == {None}


def test_third_user_is_refused():
    run = cli("user", "create", "third", "--generate", check=False)
    assert run.returncode == 1 and "MAX_USERS" in run.stderr


def jar_value(browser, name):
    return next((cookie.value for cookie in browser.jar if cookie.name == name), None)


def with_cookies(**cookies):
    return call("/api/me", headers={"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())})


def test_a_remembered_browser_is_signed_in_again_and_its_cookie_changes():
    user, password = first_user()
    browser = Browser()
    browser.sign_in(user, password, remember="1")
    first = jar_value(browser, "remember")
    assert first and with_cookies(sid="0" * 64)[0] == 401
    status, body, headers = with_cookies(remember=first)
    assert status == 200 and json.loads(body)["user"] == user
    given = dict(line.split(";")[0].split("=", 1) for line in headers.get_all("Set-Cookie"))
    assert given["remember"] != first and given["remember"].split(":")[0] == first.split(":")[0] and given["sid"]
    status, _, headers = with_cookies(remember=first)  # a concurrent request
    assert status == 200 and not any(line.startswith("remember") for line in headers.get_all("Set-Cookie"))
    second = given["remember"]
    third = dict(line.split(";")[0].split("=", 1) for line in with_cookies(remember=second)[2].get_all("Set-Cookie"))
    assert third["remember"] != second
    assert with_cookies(remember=first)[0] == 401  # an old copy: somebody else holds it
    assert with_cookies(remember=third["remember"])[0] == 401 and with_cookies(sid=given["sid"])[0] == 401
    for bad in ("", ":", "x", "0" * 64 + ":" + "0" * 64, "a:b:c"):
        assert with_cookies(remember=bad)[0] == 401


def test_sessions_are_listed_and_ended():
    user, password = first_user()
    mine, other = Browser(), Browser()
    mine.sign_in(user, password)
    other.sign_in(user, password)
    page = mine.open("/settings")[1]
    assert "This browser" in page and "Sign out all others" in page
    csrf = re.search(r'name="csrf" value="(\w+)"', page)[1]
    assert mine.open("/settings/sessions/end", csrf=csrf, id="others")[0] == 200
    assert other.open("/dashboard")[2].startswith(URL + "/login") and mine.open("/dashboard")[2].endswith("/dashboard")


def test_a_changed_password_ends_every_other_session():
    name, password, fresh = first_user()[0], first_user()[1], "a quite new phrase 7"
    mine, other = Browser(), Browser()
    page = mine.sign_in(name, password)[1]
    assert "one-time password" in page
    other.sign_in(name, password, remember="1")
    csrf = re.search(r'name="csrf" value="(\w+)"', page)[1]
    tries = [dict(password="wrong", new_password=fresh, again=fresh), dict(password=password, new_password=fresh, again="other"),
             dict(password=password, new_password="short", again="short")]
    assert [mine.open("/settings/password", csrf=csrf, **fields)[0] for fields in tries] == [400, 400, 400]
    status, page, where = mine.open("/settings/password", csrf=csrf, password=password, new_password=fresh, again=fresh)
    assert status == 200 and "changed=1" in where and "one-time password" not in page
    assert other.open("/dashboard")[2].startswith(URL + "/login")
    cli("user", "password", name, env={"TELLTALE_PASSWORD": password})
    assert Browser().sign_in(name, password)[2].endswith("/dashboard")


def test_tokens_by_json_are_strict(token):
    user, password = first_user()
    browser = Browser()
    page = browser.sign_in(user, password)[1]
    csrf = re.search(r'name="csrf" value="(\w+)"', page)[1]
    headers = {"Cookie": "sid=" + jar_value(browser, "sid"), "X-CSRF-Token": csrf, "Content-Type": "application/json"}

    def make(body):
        status, answer, _ = call("/api/tokens", method="POST", data=body if isinstance(body, bytes) else json.dumps(body).encode(), headers=headers)
        return status, json.loads(answer)

    for body, field in (({"name": "x", "scope": "read", "role": "admin"}, "role"), ({"scope": "read"}, "name"), ({"name": "", "scope": "read"}, "name"),
                        ({"name": "x", "scope": "all"}, "scope"), ({"name": 5, "scope": "read"}, "name"), ({"name": "x" * 101, "scope": "read"}, "name")):
        status, answer = make(body)
        assert status == 400 and field in answer["fields"], (body, answer)
    for body in (b"", b"[]", b'{"name":"x","name":"y","scope":"read"}', b'{"name":', b"\xff"):
        assert make(body)[0] == 400, body
    status, made = make({"name": "by json", "scope": "read"})
    assert status == 201 and get("/api/me", made["token"])["can_write"] is False
    assert made["token"] not in json.dumps(get("/api/tokens", token))
    assert call("/api/tokens", token, "POST", b'{"name":"x","scope":"read"}', {"Content-Type": "application/json"})[0] == 403


def test_a_right_that_was_taken_away_without_saying_so_ends(token):
    """Whoever ended the session, or revoked the token, was killed before the version of the rights was raised."""
    browser, name = Browser(), "taken " + str(time.monotonic_ns())
    browser.sign_in(*first_user())
    other = cli("token", "create", "--name", name, "--scope", "read").stdout.strip()
    for _ in range(20):  # every worker knows them
        assert browser.open("/settings")[0] == 200 and call("/api/me", other)[0] == 200
    database(f"db.api_tokens.delete_many({{'name': '{name}'}})\nnewest = db.sessions.find_one(sort=[('created_at', -1)])\ndb.sessions.delete_one({{'_id': newest['_id']}})")
    wait_until(lambda: {call("/api/me", other)[0] for _ in range(10)} == {401}, "the token to be refused", 60)
    wait_until(lambda: all(browser.open("/settings")[2].split("?")[0].endswith("/login") for _ in range(10)), "the session to be over", 60)


def test_a_changed_password_ends_what_began_with_the_old_one():
    """Whoever changed it was killed before the sessions were ended and the browsers forgotten."""
    browser, (name, password) = Browser(), first_user()
    browser.sign_in(name, password)
    page = browser.open("/settings")
    assert page[0] == 200 and not page[2].split("?")[0].endswith("/login")
    database(f"assert db.users.update_one({{'username': '{name}'}}, {{'$inc': {{'rev': 1}}}}).modified_count == 1")
    wait_until(lambda: all(browser.open("/settings")[2].split("?")[0].endswith("/login") for _ in range(10)), "the session to be over", 60)
