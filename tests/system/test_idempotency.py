"""A request with an Idempotency-Key is executed once, however often it is sent."""
import concurrent.futures, json, re, time, urllib.parse, uuid

from product import Browser, call, cli, first_user, get
from test_keeping import database
from test_reports import make

KEYS = "db.idempotency_keys"


def post(path, token, body, key, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    status, text, got = call(path, token, "POST", data, {"Content-Type": "application/json", "Idempotency-Key": key, **headers})
    return status, json.loads(text), got


def fresh():
    return str(uuid.uuid4())


def named(token, name):
    return [p for p in get("/api/partners", token) if p["name"] == name]


def test_a_repeated_request_gets_the_first_answer(token):
    key, body = fresh(), {"name": "Once " + fresh()[:8]}
    first, again = post("/api/partners", token, body, key), post("/api/partners", token, body, key)
    assert first[0] == again[0] == 200 and first[1] == again[1] and len(named(token, body["name"])) == 1
    assert again[2]["Idempotent-Replayed"] == "true" and not first[2]["Idempotent-Replayed"]
    assert again[2]["Content-Type"] == first[2]["Content-Type"]
    assert post("/api/partners", token, {**body, "name": "Other " + fresh()[:8]}, fresh())[0] == 200
    other = {"name": "Twice " + fresh()[:8], "prefixes": []}
    assert call("/api/partners", token, "POST", json.dumps(other).encode(), {"Content-Type": "application/json"})[0] == 200


def test_the_status_and_headers_come_again(token):
    key, body = fresh(), {"period": {"from": "2026-01-01", "to": "2026-02-01"}}
    first, again = post("/api/reports", token, body, key), post("/api/reports", token, body, key)
    assert first[0] == again[0] == 202 and first[1]["id"] == again[1]["id"]


def test_a_key_of_another_request_is_refused(token):
    key, name = fresh(), "First " + fresh()[:8]
    assert post("/api/partners", token, {"name": name}, key)[0] == 200
    status, answer, _ = post("/api/partners", token, {"name": name + "x"}, key)
    assert status == 422 and answer["code"] == "idempotency_key_reused" and not named(token, name + "x")
    assert post("/api/partners?x=1", token, {"name": name}, key)[0] == 422  # a different address is a different request
    schedule = {"name": "S " + fresh()[:8], "cron": "0 0 1 1 *", "recipients": "a@b.example", "paused": True}
    assert post("/api/report-schedules", token, schedule, key)[0] == 200  # keys are per route
    other = cli("token", "create", "--name", "tests", "--scope", "write").stdout.strip()
    status, answer, _ = post("/api/partners", other, {"name": name + "y"}, key)
    assert status == 200 and answer["name"] == name + "y"  # and per requester, even one of the same name


def test_a_key_must_be_one(token):
    for key in ("x" * 256, "a b", "é"):
        status, answer, _ = post("/api/partners", token, {"name": "Odd"}, key.encode().decode("latin-1"))
        assert status == 400 and "idempotency_key" in answer["fields"], key
    assert not named(token, "Odd")


def test_a_refused_request_keeps_no_key(token):
    key, name = fresh(), "Corrected " + fresh()[:8]
    assert post("/api/partners", token, {"name": ""}, key)[0] == 400  # refused for its input
    assert post("/api/partners", token, {"name": name, "prefixes": ["a"]}, key)[0] == 400  # refused by its room
    assert post("/api/partners", token, b"{", key)[0] == 400
    assert post("/api/partners", token, {"name": name}, key)[0] == 200
    assert len(named(token, name)) == 1


def test_a_hundred_at_once_make_one(token):
    key, body = fresh(), {"name": "Crowd " + fresh()[:8]}
    with concurrent.futures.ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda _: post("/api/partners", token, body, key), range(100)))
    assert {a[0] for a in answers} <= {200, 409} and len(named(token, body["name"])) == 1
    assert len({a[1]["id"] for a in answers if a[0] == 200}) == 1
    assert all(int(a[2]["Retry-After"]) >= 1 and a[1]["code"] == "conflict" for a in answers if a[0] == 409)
    assert post("/api/partners", token, body, key)[0] == 200


def test_a_request_whose_worker_died_is_done_again_and_makes_no_second_object(token):
    key, body = fresh(), {"period": {"from": "2026-01-01", "to": "2026-02-01"}, "title": "Died " + fresh()[:8]}
    first = post("/api/reports", token, body, key)[1]["id"]
    # As if the worker had been killed after requesting the report but before storing its answer; first on another machine.
    died = f"import datetime\nk = {KEYS}.find_one(sort=[('expires_at', -1)])\n{KEYS}.update_one({{'_id': k['_id']}}, {{'$unset': {{'status': 1, 'answer': 1}}, '$set': {{'owner': %s}}}})"
    database(died % "'elsewhere:1:1'")
    status, answer, headers = post("/api/reports", token, body, key)
    assert status == 409 and int(headers["Retry-After"]) >= 1 and "still being answered" in answer["error"]
    database(died % "k['owner'].split(':')[0] + ':' + ':'.join(k['owner'].split(':')[1:-1]) + ':1'" + f"\n{KEYS}.update_one({{'_id': k['_id']}}, {{'$set': {{'locked_until': datetime.datetime(2020, 1, 1)}}}})")
    status, answer, headers = post("/api/reports", token, body, key)
    assert status == 202 and answer["id"] == first and not headers["Idempotent-Replayed"]
    assert [r["title"] for r in get("/api/reports", token)].count(body["title"]) == 1
    status, answer, headers = post("/api/reports", token, body, key)
    assert status == 202 and answer["id"] == first and headers["Idempotent-Replayed"] == "true"


def kill_after_the_work(key):
    """As if this machine's worker had died after creating the object but before storing its answer."""
    database(f"import re\nk = {KEYS}.find_one(sort=[('expires_at', -1)])\n"
             f"{KEYS}.update_one({{'_id': k['_id']}}, {{'$unset': {{'status': 1, 'answer': 1}}, '$set': {{'owner': re.sub(r':[0-9]+$', ':1', k['owner'])}}}})")


def test_a_dead_worker_of_this_machine_is_passed_over_at_once(token):
    report = make(token, template="list_performance", title="Repeated")
    schedule = {"name": "Again " + fresh()[:8], "cron": "0 0 1 1 *", "recipients": "a@b.example", "paused": True}
    for path, body, listed in (("/api/partners", {"name": "Killed " + fresh()[:8]}, "/api/partners"),
                               ("/api/report-schedules", schedule, "/api/report-schedules"),
                               (f"/api/reports/{report['id']}/links", {"note": "Killed"}, f"/api/reports/{report['id']}/links")):
        before, key = len(get(listed, token)), fresh()
        first = post(path, token, body, key)
        kill_after_the_work(key)
        again = post(path, token, body, key)
        assert first[0] == again[0] and first[1]["id"] == again[1]["id"] and not again[2]["Idempotent-Replayed"], path
        assert len(get(listed, token)) == before + 1, path
    opened = [call("/r/" + answer[1]["url"].split("/r/")[1])[0] for answer in (first, again)]
    assert opened == [404, 200]  # the first address was never delivered


def test_a_token_and_a_view_of_a_dead_worker_are_made_once(token):
    browser, csrf, sid = session()
    cookie, name = {"Cookie": f"sid={sid}", "X-CSRF-Token": csrf}, "Killed " + fresh()[:8]
    first, key = None, fresh()
    for _ in range(2):
        status, answer, _ = post("/api/tokens", None, {"name": name, "scope": "read"}, key, **cookie)
        assert status == 201 and get("/api/me", answer["token"])["user"] == f"token {name}"
        assert not first or call("/api/me", first)[0] == 401
        first = answer["token"]
        kill_after_the_work(key)
    assert [row["name"] for row in get("/api/tokens", token)].count(name) == 1
    fields = dict(csrf=csrf, name=name, address="/campaigns", idempotency_key=fresh())
    for _ in range(2):
        status, _, where = browser.open("/views", **fields)
        assert status == 200 and where.endswith("saved=1")
        kill_after_the_work(key)
    views = [view for view in json.loads(browser.open("/api/views")[1]) if view["name"] == name]
    assert len(views) == 1 and browser.open("/views/delete", csrf=csrf, id=views[0]["id"])[0] == 200


def session():
    browser = Browser()
    page = browser.sign_in(*first_user())[1]
    sid = next(cookie.value for cookie in browser.jar if cookie.name == "sid")
    return browser, re.search(r'name="csrf" value="(\w+)"', page)[1], sid


def test_secrets_in_answers_are_not_kept_in_clear(token):
    _, csrf, sid = session()
    key, body = fresh(), {"name": "Sealed", "scope": "read"}
    made = [post("/api/tokens", None, body, key, Cookie=f"sid={sid}", **{"X-CSRF-Token": csrf}) for _ in range(2)]
    assert made[0][0] == made[1][0] == 201 and made[0][1] == made[1][1] and get("/api/me", made[1][1]["token"])
    report = make(token, template="list_performance", title="Sealed")
    key, body = fresh(), {"password": "correct horse 7"}
    links = [post(f"/api/reports/{report['id']}/links", token, body, key) for _ in range(2)]
    assert links[0][0] == links[1][0] == 201 and links[0][1]["url"] == links[1][1]["url"]
    assert len(get(f"/api/reports/{report['id']}/links", token)) == 1
    kept = database(f"print(list({KEYS}.find()))")
    for secret in (made[0][1]["token"], links[0][1]["url"].split("/")[-1], "correct horse", key, "Sealed"):
        assert secret not in kept, secret


def test_a_form_may_carry_a_key():
    browser, csrf, _ = session()
    name, key = "Form " + fresh()[:8], fresh()
    fields = dict(csrf=csrf, name=name, prefix="", contact="", idempotency_key=key)
    where = [browser.open("/partners", **fields)[2] for _ in range(2)]
    assert where[0] == where[1] and "/partners/" in where[0]
    browser, csrf, _ = session()  # signed in again: the same person
    assert browser.open("/partners", **{**fields, "csrf": csrf})[2] == where[0]
    assert browser.open("/partners", **{**fields, "csrf": csrf, "name": name + "x"})[0] == 422
    with concurrent.futures.ThreadPoolExecutor(2) as pool:  # a double click
        double = dict(csrf=csrf, name=name + "d", prefix="", contact="", idempotency_key=fresh())
        assert len({answer[2] for answer in pool.map(lambda _: browser.open("/partners", **double), range(2))}) == 1


def keys_of(page):
    return re.findall(r'idempotency_key(?:" value="|=)(\w+)"', page)


def test_forms_carry_a_key_of_their_own():
    """Also if the page comes from a worker's cache."""
    browser, _, _ = session()
    for path, least in (("/dashboard", 2), ("/campaigns", 2), ("/sync", 2), ("/settings", 1), ("/partners", 2), ("/reports/new", 2), ("/reports/schedules/new", 2)):
        forms = max(least, len(keys_of(browser.open(path)[1])))  # more with saved views and suggested partners
        seen = [key for _ in range(6) for key in keys_of(browser.open(path)[1])]
        assert len(seen) == 6 * forms and len(set(seen)) == len(seen) and {len(key) for key in seen} == {64}, path


def test_a_page_sent_twice_makes_one_thing(token):
    browser, csrf, _ = session()
    page, name = browser.open("/reports/new")[1], "Twice " + fresh()[:8]
    action = re.search(r'formaction="(/reports\?[^"]+)"', page)[1]
    fields = dict(csrf=csrf, period="90d", title=name)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:  # a double click
        where = {answer[2] for answer in pool.map(lambda _: browser.open(action, **fields), range(2))}
    assert len(where) == 1 and [r["title"] for r in get("/api/reports", token)].count(name) == 1
    fields = dict(csrf=csrf, name=name, prefix="", contact="", idempotency_key=keys_of(browser.open("/partners")[1])[0])
    assert browser.open("/partners", **fields)[2] == browser.open("/partners", **fields)[2]
    status, page, _ = browser.open("/partners", **{**fields, "name": name + "x"})  # back, with different input
    assert status == 422 and "sent before" in page and f'value="{name}x"' in page
    assert browser.open("/partners", **{**fields, "name": name + "x", "idempotency_key": keys_of(page)[0]})[0] == 200
    assert len(named(token, name)) == len(named(token, name + "x")) == 1


def test_repetitions_of_a_slow_form_do_not_hold_all_workers():
    """old: each waited for three seconds for the first answer, and three of them held all workers."""
    browser, csrf, _ = session()
    fields = dict(csrf=csrf, name="Slow " + fresh()[:8], prefix="", contact="", idempotency_key=keys_of(browser.open("/partners")[1])[0])
    assert browser.open("/partners", **fields)[0] == 200
    database(f"k = {KEYS}.find_one(sort=[('expires_at', -1)])\n{KEYS}.update_one({{'_id': k['_id']}}, {{'$unset': {{'status': 1, 'answer': 1}}, '$set': {{'owner': 'elsewhere:1:1'}}}})")

    def repeat(_):
        began = time.monotonic()
        return browser.open("/partners", **fields)[0], time.monotonic() - began

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(repeat, range(6)))
    took = sorted(took for _, took in answers)
    assert {status for status, _ in answers} == {409} and took[4] < 2 < took[5], took


def test_kept_answers_go_after_a_day(token):
    assert post("/api/partners", token, {"name": "Day " + fresh()[:8]}, fresh())[0] == 200
    index = database(f"print({KEYS}.index_information()['expiry'])")
    assert "'expireAfterSeconds': 0" in index and "expires_at" in index
    hours = database(f"import datetime\nk = {KEYS}.find_one(sort=[('expires_at', -1)])\nprint((k['expires_at'] - datetime.datetime.utcnow()).total_seconds() / 3600)")
    assert 23.9 < float(hours) <= 24.01
