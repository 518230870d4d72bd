"""A past moment: every address that takes as_of answers as it did then, all others refuse it."""
import html, json, pathlib, re, time

import pytest
from product import ROOT, call, cli, demo, get

# What describes the newest reading has no history: null when a past moment is asked for. And the moment of asking.
READING = {"synced_at", "seen_run", "summary_run", "summary_read_at", "report_gap", "engagement_read", "links_clicked",
           "contacts_read_at", "contacts_full_at", "undated"}
ASKING = {"as_of"}
FILLED = {"/api/dashboard": "period=all", "/api/heatmap": "period=all", "/api/links": "period=all", "/dashboard": "period=all",
          "/dashboard.csv": "period=all", "/links": "period=all", "/links.csv": "period=all", "/api/campaigns": "limit=500"}


def rows():
    """Method and address of all routes, and whether they go back."""
    found = [row for path in sorted(pathlib.Path(ROOT, "app").rglob("*.c"))
             for row in re.findall(r'\{ "([A-Z]+)", "(/[^"]*)", (GUARD_\w+),([^}]*)\}', path.read_text())]
    return [(method, path, guard, ".goes_back = true" in rest) for method, path, guard, rest in found]


def addresses(token, goes_back):
    campaign = next(row for row in get("/api/campaigns?status=sent&origin=synced&limit=50", token) if row["has_report"])["id"]
    ids = {"campaign_id": campaign, "list_id": get("/api/lists", token)[0]["id"]}
    for method, path, guard, back in rows():
        if method == "GET" and guard == "GUARD_SIGNED_IN" and back == goes_back and path != "/reports/new/picture" and not path.startswith("/ws/"):  # no text, and no page
            query = FILLED.get(path, "")
            yield re.sub(r":(\w+)", lambda name: ids.get(name[1], "0" * 24), path) + "?" + query + ("&" if query else "")


def without(value, names):
    if isinstance(value, dict):
        return {name: without(one, names) for name, one in value.items() if name not in names}
    return [without(one, names) for one in value] if isinstance(value, list) else value


def members(value):
    """All members that are no map."""
    for name, one in value.items() if isinstance(value, dict) else [(None, one) for one in value]:
        yield from members(one) if isinstance(one, (dict, list)) else [(name, one)]


def preview(token, **more):
    """Without the details, which have the growth by contact reports."""
    asked = {"template": "custom", "blocks": ["summary", "trend", "campaigns", "links", "heatmap", "lists"],
             "period": {"from": "2020-01-01T00:00:00Z", "to": f"{time.gmtime().tm_year + 2}-01-01T00:00:00Z"}, **more}
    status, text, _ = call("/api/reports/preview", token, "POST", json.dumps(asked).encode(), {"Content-Type": "application/json"})
    assert status == 200, text
    parts = json.loads(text)["parts"]
    for row in next(part["table"]["rows"] for part in parts if part.get("table", {}).get("name") == "lists"):
        row["cells"].pop(), row["shown"].pop()  # when it was read
    return parts


@pytest.fixture(scope="module")
def then(token):
    """What was answered at a moment after which everything changed, and the same asked for afterwards: address -> texts."""
    demo(grow=50)
    cli("sync")
    paths = list(addresses(token, True))
    time.sleep(1)  # as_of means the end of a second
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    told = {path: call(path, token)[:2] for path in paths} | {"report": preview(token)}
    time.sleep(1.1)
    demo(grow=57, edited=True, erased=True, lists=3)
    cli("sync")
    changed = {path: call(path, token)[:2] for path in paths} | {"report": preview(token)}
    past = {path: call(f"{path}as_of={moment}", token)[:2] for path in paths} | {"report": preview(token, as_of=moment)}
    demo(grow=58, edited=False, erased=False, lists=9)
    cli("sync")
    again = {path: call(f"{path}as_of={moment}", token)[:2] for path in paths} | {"report": preview(token, as_of=moment)}
    return moment, told, changed, past, again


def test_most_of_the_answers_change(then):
    """Otherwise the comparison says nothing."""
    _, told, changed, _, _ = then
    same = [path for path in told if told[path] == changed[path]]
    assert len(told) > 20 and len(same) <= 1, same  # a report's form shows no figures


def test_json_is_what_was_answered_then(then):
    _, told, _, past, again = then
    checked = [path for path in told if path.startswith("/api/")]
    for path in checked:
        assert told[path][0] == past[path][0] == again[path][0] == 200, (path, past[path])
        was, known, later = (json.dumps(without(json.loads(answers[path][1]), READING | ASKING)) for answers in (told, past, again))
        assert was == known == later, path
        assert not [name for name, value in members(json.loads(past[path][1])) if name in READING and value and (name, path[:10]) != ("synced_at", "/api/lists")], path
    assert len(checked) >= 10


def test_tables_are_what_they_were(then):
    _, told, _, past, again = then
    for path in [path for path in told if ".csv" in path]:
        was, known, later = (answers[path] for answers in (told, past, again))
        if "/lists.csv" in path:  # when a count was read
            was, known, later = ((status, re.sub(r"[^,]*$", "", text, flags=re.M)) for status, text in (was, known, later))
        assert was == known == later, path


def test_pages_show_nothing_newer(then):
    moment, told, changed, past, again = then
    for path in [path for path in told if path.startswith("/") and not path.startswith("/api/") and ".csv" not in path]:
        (status, text), later = ((found[0], found[1].split("<main")[-1]) for found in (past[path], again[path]))
        assert status == 200 and "edited" not in text.lower(), (path, status)
        assert path.startswith("/reports/new") or re.search("(was|were) known on|Figures as of", text), path
        assert later[1] == text and "Data as of" not in text, path


def test_no_control_of_a_past_page_is_dead(then, token):
    """old: a campaign of the past led to a comparison, which cannot go back, and lost the date on the way to a report."""
    told = then[1]
    for path in [path for path in told if path.startswith("/") and not path.startswith("/api/") and ".csv" not in path]:
        status, page, _ = call(f"{path}as_of={then[0]}", token)
        main = page.split("<main")[-1].split("</main")[0]
        links = {html.unescape(link) for link in re.findall(r'href="(/[^"#]*as_of=[^"#]*)', main)}
        assert status == 200 and "/compare" not in main, path
        for link in sorted(links)[:40]:
            assert call(link, token)[0] == 200, (path, link)
        for action, form in re.findall(r'<form[^>]*action="(/reports/new)"(.*?)</form>', main, re.S):
            assert 'name="as_of"' in form, (path, action)


def test_a_report_is_what_it_would_have_been(then):
    _, told, changed, past, again = then
    assert told["report"] == past["report"] == again["report"] != changed["report"]


def test_all_others_refuse(token):
    refused = list(addresses(token, False))
    assert len(refused) > 60
    for path in refused:
        status, text, _ = call(f"{path}as_of=2026-01-01", token)
        assert status == 400 and "past moment" in text, (path, status)
    status, text, _ = call("/api/sync?as_of=2026-01-01", token, "POST", b"{}", {"Content-Type": "application/json"})
    assert status == 400 and json.loads(text)["fields"].keys() == {"as_of"}


def test_before_the_first_reading_nothing_is_recorded(token):
    for path in addresses(token, True):
        status, text, _ = call(f"{path}as_of=2020-01-01", token)
        if path.startswith("/reports/new"):
            continue
        single = "0" * 24 in path or re.search(r"/(campaigns|lists)/", path)
        assert status == (404 if single or path.startswith("/api/") or ".csv" in path else 200), (path, status)
        assert "recording began on" in text.lower() or "is recorded only since" in text, path
        assert "othing was sent" not in text, path
