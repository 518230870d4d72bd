"""Cleared members are cleared, and a stale save loses nothing: it shows both versions."""
import html, re

import pytest
from product import Browser, call, first_user, get
from test_reports import make, post


@pytest.fixture
def partner(token):
    answer = post("/api/partners", token, {"name": "Nordlicht", "prefixes": ["nord_"], "contact": "desk@example.com"})[1]
    yield answer
    post(f"/api/partners/{answer['id']}", token, method="DELETE")


@pytest.fixture
def schedule(token):
    answer = post("/api/report-schedules", token, {"name": "Weekly", "cron": "weekly", "recipients": "a@example.com", "title": "Ours", "note": "Hello"})[1]
    yield answer
    post(f"/api/report-schedules/{answer['id']}", token, method="DELETE")


@pytest.fixture
def browser():
    browser = Browser()
    browser.sign_in(*first_user())
    return browser


def fields(page, action):
    """What the form with that action sends if nothing is changed."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.S)[1]
    found = dict(re.findall(r'<input[^>]*name="(\w+)"(?![^>]*type="(?:checkbox|file)")[^>]*value="([^"]*)"', form))
    found.update(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)</textarea>', form))
    return {name: value for name, value in found.items() if not re.search(rf'type="checkbox" name="{name}"', form)}


def test_a_partner_loses_its_contact(token, partner, browser):
    path = f"/api/partners/{partner['id']}"
    assert post(path, token, {"name": "Nordlicht", "prefixes": ["nord_"]}, "PUT")[1]["contact"] is None
    assert get(path, token)["contact"] is None and get(path, token)["created_by"] == partner["created_by"]
    assert post(path, token, {"name": "Nordlicht", "contact": "new@example.com"}, "PUT")[1]["contact"] == "new@example.com"
    page = browser.open(f"/partners/{partner['id']}/about")[1]
    typed = fields(page, f"/partners/{partner['id']}")
    assert browser.open(f"/partners/{partner['id']}", **{**typed, "contact": ""})[0] == 200
    assert get(path, token)["contact"] is None


def test_a_benchmark_loses_its_name_and_date(token):
    put = lambda **b: post("/api/benchmarks", token, b, "PUT")
    put(metric="open_rate", percent="40", name="all users", source="a page", dated="2024")
    assert put(metric="open_rate", percent="41", source="a page")[0] == 200
    row, = get("/api/benchmarks", token)
    assert (row["percent"], row["name"], row["dated"]) == ("41", None, None)
    put(metric="open_rate", percent="")


def test_a_schedule_loses_its_note(token, schedule):
    path = f"/api/report-schedules/{schedule['id']}"
    assert post(path, token, {"name": "Weekly", "cron": "weekly", "recipients": "a@example.com"}, "PUT")[0] == 200
    now = get(path, token)
    assert now["note"] is None and now["title"] is None and now["created_by"] == schedule["created_by"]


def test_a_late_save_is_a_conflict(token, partner):
    path = f"/api/partners/{partner['id']}"
    assert partner["rev"] == 1
    assert post(path, token, {"name": "Nordlicht", "contact": "one@example.com", "rev": 1}, "PUT")[1]["rev"] == 2
    status, answer, _ = post(path, token, {"name": "Late", "contact": "two@example.com", "rev": 1}, "PUT")
    assert status == 409 and answer["code"] == "conflict" and "rev" in answer["fields"]
    assert answer["current"]["contact"] == "one@example.com" and answer["current"]["rev"] == 2
    assert get(path, token)["contact"] == "one@example.com"
    assert post(path, token, {"name": "Nordlicht", "contact": "two@example.com"}, "PUT")[1]["rev"] == 3  # without rev, the save wins
    assert post(path, token, {"name": "Nordlicht", "rev": -1}, "PUT")[0] == 400


def test_a_late_save_of_others(token, schedule):
    path = f"/api/report-schedules/{schedule['id']}"
    body = {"name": "Weekly", "cron": "weekly", "recipients": "b@example.com", "rev": 1}
    assert post(path, token, body, "PUT")[1]["rev"] == 2
    status, answer, _ = post(path, token, body, "PUT")
    assert status == 409 and answer["current"]["rev"] == 2 and answer["current"]["addresses"] == ["b@example.com"]
    put = lambda **b: post("/api/benchmarks", token, {"metric": "open_rate", "source": "a page", **b}, "PUT")
    assert put(percent="40", rev=0)[1]["rev"] == 1
    status, answer, _ = put(percent="50", rev=0)
    assert status == 409 and answer["current"]["percent"] == "40"
    assert put(percent="", rev=0)[0] == 409 and put(percent="", rev=1)[0] == 200


def late(token, browser, path, action, api, body, **typed):
    """Somebody saves while a form is open; then the form is submitted."""
    form = fields(browser.open(path)[1], action)
    assert form["rev"]
    assert post(api, token, body, "PUT")[0] == 200
    status, page, _ = browser.open(action, **{**form, **typed})
    assert status == 409 and "saved" in page
    again = fields(page, action)
    assert int(again["rev"]) == int(form["rev"]) + 1
    return page, again


def test_a_late_form_shows_both(token, partner, browser):
    action = f"/partners/{partner['id']}"
    page, form = late(token, browser, f"{action}/about", action, f"/api/partners/{partner['id']}",
                      {"name": "Nordlicht", "prefixes": ["nord_"], "contact": "theirs@example.com"}, contact="mine@example.com")
    assert "theirs@example.com" in page and form["contact"] == "mine@example.com"
    assert browser.open(action, **form)[0] == 200
    assert get(f"/api/partners/{partner['id']}", token)["contact"] == "mine@example.com"


def test_a_late_schedule_shows_both(token, schedule, browser):
    action = f"/reports/schedules/{schedule['id']}"
    page, form = late(token, browser, action, action, f"/api/report-schedules/{schedule['id']}",
                      {"name": "Theirs", "cron": "weekly", "recipients": "a@example.com"}, name="Mine")
    assert "Theirs" in page and form["name"] == "Mine" and form["recipients"] == "a@example.com"
    assert browser.open(action, **form)[0] == 200
    assert get(f"/api/report-schedules/{schedule['id']}", token)["name"] == "Mine"


def test_a_late_benchmark_shows_both(token, browser):
    put = lambda **b: post("/api/benchmarks", token, {"metric": "click_rate", "source": "a page", **b}, "PUT")
    put(percent="2")
    page = browser.open("/settings/benchmarks")[1]
    proof = re.search(r'name="csrf" value="(\w+)"', page)[1]
    rev = re.search(r'name="metric" value="click_rate"><input type="hidden" name="rev" value="(\d+)"', page)[1]
    put(percent="3", name="theirs")
    status, page, _ = browser.open("/settings/benchmarks", csrf=proof, metric="click_rate", percent="4", source="mine", rev=rev)
    assert status == 409 and "theirs" in page and 'value="4"' in page and 'value="mine"' in page
    assert get("/api/benchmarks", token)[0]["percent"] == "3"
    put(percent="")


def shown(page):
    """The problem beside each field, and that the control says that it is wrong."""
    problems = dict(re.findall(r'id="wrong-([\w.-]+)">(?:<svg.*?</svg>)?([^<]+)</', page, re.S))
    for field in problems:
        assert len(re.findall(rf'aria-invalid="true" aria-describedby="wrong-{field}"', page)) == (0 if field == "blocks" else 1), field
    return {field.split("-")[-1]: problem for field, problem in problems.items()}  # one of several forms of a page has its fields named "form-field"


def test_each_refused_form_shows_its_problems_beside_the_fields(token, partner, schedule, browser):
    proof = re.search(r'name="csrf" value="(\w+)"', browser.open("/partners")[1])[1]
    report = make(token, template="list_performance", title="Refused")
    campaign = get("/api/campaigns?status=sent&limit=1", token)[0]["id"]
    person = get("/api/contacts?limit=1", token)
    user, password = first_user()
    refused = [
        ("/partners", dict(name="", prefix="x"), {"name"}),
        ("/partners", dict(name="New", prefix="x"), {"prefix"}),
        (f"/partners/{partner['id']}", dict(name="n" * 101), {"name"}),
        (f"/partners/{partner['id']}/logo", dict(x="1"), {"logo"}),
        (f"/campaigns/{campaign}/partner", dict(partner_id="nobody"), {"partner_id"}),
        ("/reports/schedules", dict(name="x" * 101, cron="weekly", recipients="", fresh_hours="x"), {"name", "fresh_hours"}),
        (f"/reports/schedules/{schedule['id']}", dict(name="A", cron="never", recipients="a@b.example"), {"cron"}),
        ("/reports", dict(template="custom", title="t" * 201, period="90d"), {"title"}),
        ("/reports", dict(template="custom", title="Mine", period="90d"), {"blocks"}),
        (f"/reports/{report['id']}/links", dict(expires_at="2001-01-01", note="For whom"), {"expires_at"}),
        ("/settings/tokens", dict(name="", scope="all"), {"name", "scope"}),
        ("/settings/password", dict(password=password, new_password="correct horse 7", again="other"), {"again"}),
        ("/settings/benchmarks", dict(metric="open_rate", percent="many"), {"percent"}),
        ("/views", dict(name="", address="/campaigns"), {"name"}),
    ]
    if person:
        refused.append((f"/contacts/{person[0]['id']}/customer", dict(customer_id="nobody"), {"customer_id"}))
    for path, typed, fields in refused:
        status, page, _ = browser.open(path, csrf=proof, **typed)
        assert status == 400 and set(shown(page)) == fields and 'role="alert"' in page, (path, status, shown(page))
        assert all(html.escape(word, quote=True) in page for name, word in typed.items() if name in ("title", "note")), path
    for path, fields in (("/dashboard?from=never", {"from"}), ("/campaigns?as_of=never", {"as_of"}), ("/contacts?engagement=x", {"engagement"}),
                         ("/changes?since=never", {"since"}), ("/lists?as_of=never", {"as_of"}), ("/reports/new?as_of=never", {"as_of"})):
        status, page, _ = browser.open(path)
        assert status == 400 and set(shown(page)) == fields, (path, status, shown(page))
    assert not shown(browser.open("/settings")[1])


def test_a_nested_problem_names_its_path(token):
    status, answer, _ = post("/api/reports", token, {"period": {"from": "soon", "until": "2026-02-01"}})
    assert status == 400 and set(answer["fields"]) == {"period.from", "period.until"}, answer
