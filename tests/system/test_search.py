"""The search over everything, as page and JSON."""
import html, json, re, urllib.parse

import pytest
from product import Browser, call, campaigns, cli, everything, first_user, get


def post(path, token, body):
    status, text, headers = call(path, token, "POST", json.dumps(body).encode(), {"Content-Type": "application/json"})
    return status, json.loads(text), headers


@pytest.fixture(scope="module")
def people(token):
    cli("sync")
    cli("sync", "--contacts")
    return token


def found(text, token):
    return get(f"/api/search?q={urllib.parse.quote(text)}", token)


def test_campaigns_by_name_and_subject_newest_first(people):
    rows = sorted((row for row in campaigns(people) if row["sent_at"]), key=lambda row: row["sent_at"], reverse=True)
    for text in ("nordwind", "NORDWIND survey", "survey nordwind", "price change", "Grüße"):
        expected = [row for row in rows if all(word in f"{row['name']}\n{row['subject']}".lower() for word in text.lower().split())]
        answer = found(text, people)["campaigns"]
        assert answer["total"] == len(expected) > 0, text
        assert [item["id"] for item in answer["items"]] == [row["id"] for row in expected[:8]], text
        listed = everything(f"/api/campaigns?q={urllib.parse.quote(text)}", people)
        assert {row["id"] for row in listed} >= {row["id"] for row in expected}  # and those whose sender says it


def test_people_by_how_their_address_begins(people):
    addresses = sorted(row["email"].lower() for row in everything("/api/contacts", people) if row["email"])
    one = addresses[len(addresses) // 2]
    for text in (one, one.upper(), one[:4], one[:1], f"  {one} "):
        expected = [address for address in addresses if address.startswith(text.strip().lower())]
        answer = found(text, people)["contacts"]
        assert [item["name"].lower() for item in answer["items"]] == expected[:8], text
        assert answer["total"] == (len(expected) if len(expected) <= 8 else None), text
    inside = one.split("@")[0][1:] + "@"
    assert not any(item["name"].lower() == one for item in found(inside, people)["contacts"]["items"])
    page = call(f"/search?q={urllib.parse.quote(inside)}", people)[1]
    link = html.unescape(re.search(r'href="(/contacts\?q=[^"]+)"', page)[1])
    assert one in call(link, people)[1].lower()  # the page that looks inside


def test_lists_partners_and_reports(people):
    entry = get("/api/lists", people)[0]
    assert entry["id"] in [item["id"] for item in found(entry["name"], people)["lists"]["items"]]
    name = "Søren & Sons <search>"
    made = post("/api/partners", people, {"name": name, "prefixes": ["SOEREN_"]})[1]
    answer = found("søren sons", people)["partners"]
    assert answer == {"total": 1, "items": [{"id": made["id"], "name": name, "detail": None}]}
    asked = {"template": "list_performance", "title": "Quarter of the whale", "partner": made["id"], "period": {"from": "2026-01-01", "to": "2026-01-31"}}
    status, report, _ = post("/api/reports", people, asked)
    assert status == 202, report
    for text in ("whale quarter", "SØREN"):
        assert [item["id"] for item in found(text, people)["reports"]["items"]] == [report["id"]], text
    page = call("/search?q=s%C3%B8ren", people)[1]
    assert f'href="/partners/{made["id"]}"' in page and f'href="/reports/{report["id"]}"' in page
    assert html.escape(name) in page and "<search>" not in page


def test_what_is_asked_is_bounded(people):
    nothing = {"total": 0, "items": []}
    kinds = ("campaigns", "contacts", "lists", "partners", "reports")
    assert get("/api/search", people) == get("/api/search?q=%20", people) == dict.fromkeys(kinds, nothing)
    assert found("no such thing anywhere", people) == dict.fromkeys(kinds, nothing)
    assert found("q" * 100, people) == dict.fromkeys(kinds, nothing)
    for text in (".*", "^", "$ne", "[a", "\\", "(", "%25"):
        answer = found(text, people)
        assert answer["contacts"] == nothing, text
    status, body, _ = call(f"/api/search?q={'x' * 101}", people)
    assert status == 400 and "q" in json.loads(body)["fields"]
    status, page, _ = call(f"/search?q={'x' * 101}", people)
    assert status == 400 and 'aria-invalid="true"' in page and 'href="#q"' in page


def test_the_page_says_what_is_searched_and_what_to_do(people):
    empty, none, some = (call(f"/search{more}", people)[1] for more in ("", "?q=no+such+thing", "?q=nordwind"))
    for page in (empty, none, some):
        assert 'action="/search"' in page and "contacts by how their address begins" in page
    assert "Nothing found for “no such thing”" in none and "Nothing found" not in empty + some
    total = found("nordwind", people)["campaigns"]["total"]
    assert total > 8 and f"The first 8 of {total}" in some and 'href="/campaigns?q=nordwind"' in some
    hostile = '"><script>alert(1)</script>'
    assert "<script>alert" not in call(f"/search?q={urllib.parse.quote(hostile)}", people)[1]


def test_only_for_those_who_are_signed_in(people):
    assert call("/api/search?q=nordwind")[0] == 401
    assert Browser().open("/search?q=nordwind")[2].split("?")[0].endswith("/login")
    user, password = first_user()
    browser = Browser()
    browser.sign_in(user, password)
    assert "Results for “nordwind”" in browser.open("/search?q=nordwind")[1]


def steps(page):
    found = re.search(r"First steps: (\d) of 6 done", page)
    return int(found[1]) if found else 6


def test_first_steps_are_computed_from_what_is_stored(people):
    def expected():
        return 4 + (get("/api/partners", people) != []) + (get("/api/reports", people) != [])  # a token has no password to choose, and the tests have a mail server
    assert steps(call("/dashboard", people)[1]) == expected()
    made = post("/api/partners", people, {"name": "First of all", "prefixes": ["FIRST_"]})[1]
    assert steps(call("/dashboard", people)[1]) == expected() >= 5
    call(f"/api/partners/{made['id']}", people, "DELETE")
    assert steps(call("/dashboard", people)[1]) == expected()


def test_first_steps_can_be_hidden_in_a_browser(people):
    user, password = first_user()
    mine, other = Browser(), Browser()
    for browser in (mine, other):
        browser.sign_in(user, password)
    page = mine.open("/dashboard")[1]
    if "First steps" not in page:
        pytest.skip("all are done")
    proof = re.search(r'name="csrf" value="(\w+)"', page)[1]
    status, page, where = mine.open("/first-steps/hide", csrf=proof)
    assert status == 200 and where.endswith("/dashboard") and "First steps" not in page
    assert "First steps" in other.open("/dashboard")[1] and "First steps" not in mine.open("/dashboard")[1]
