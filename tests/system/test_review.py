"""The review of a draft: checks with links and domain looked up meanwhile, who gets it, how sending will go, and as whom it reads."""
import html, re, time

import pytest
from product import Browser, call, cli, database, first_user, get
from test_own_lists import send
from test_preflight import GOOD

PEOPLE = [{"email": "ada@review.example", "first_name": "Ada", "consent": {"status": "given"}}, {"email": "bob@review.example"}, {"email": "cyd@review.example", "is_active": False}]


@pytest.fixture(scope="module")
def account(token):
    """A list of one's own with three people: one without a name, one who is switched off."""
    status, made = send("/api/lists", token, "POST", {"name": "Reviewed", "list_type": "static"})
    assert status == 200, made
    people = []
    for person in PEOPLE:
        status, one = send("/api/contacts", token, "POST", {name: value for name, value in person.items() if name != "consent"})
        assert status == 200, one
        people.append(one["id"])
        assert send(f"/api/lists/{made['id']}/contacts/{one['id']}", token, "POST")[0] == 200
    yield token, made["id"], people
    for one in get("/api/campaigns?origin=own&limit=500", token):
        send(f"/api/campaigns/{one['id']}", token, "DELETE")
    send(f"/api/lists/{made['id']}", token, "DELETE")
    for one in people:
        send(f"/api/contacts/{one}", token, "DELETE")
    database('db.link_checks.delete_many({}); db.sender_checks.delete_many({}); db.jobs.delete_many({"kind": {"$in": ["link_check", "sender_check"]}})')


@pytest.fixture
def sender(account):
    token = account[0]
    status, made = send("/api/accounts", token, "POST", {"name": f"Slow {time.monotonic_ns()}", "provider": "smtp", "smtp": {"host": "127.0.0.1", "port": 25, "tls": False}, "from_email": "news@acme.invalid", "limits": {"per_minute": 1}})
    assert status == 200, made
    yield made
    assert send(f"/api/accounts/{made['id']}", token, "DELETE")[0] == 200


def draft(token, list_id, **said):
    status, made = send("/api/campaigns", token, "POST", {"name": "Reviewed", "subject": "Your roof could pay for winter", "preheader": "A free check, and 45 off the plan until 31 January", "html_content": GOOD,
                                                          "from_name": "ACME Energy", "from_email": "news@acme.invalid", "list_ids": [list_id], **said})
    assert status == 200, made
    return made["id"]


def checks_of(answer):
    return {one["id"]: one for one in answer["checks"]}


def looked_up(token, made):
    until = time.monotonic() + 90
    while True:
        answer = get(f"/api/campaigns/{made}/preflight", token)
        if all(link["checked_at"] for link in answer["links"]) and answer["sender"]["checked_at"]:
            return answer
        assert time.monotonic() < until, answer
        time.sleep(0.5)


def test_a_draft_is_checked_with_its_template_and_people(account):
    token, list_id, _ = account
    status, template = send("/api/templates", token, "POST", {"name": "Checked", "subject": "From the template", "html_content": "<p>Dear {{first_name|default:\"friend\"}}, {{company}}</p>"})
    made = draft(token, list_id, subject="", preheader="", html_content="", template_id=template["id"])
    answer = get(f"/api/campaigns/{made}/preflight", token)
    checks = checks_of(answer)
    assert not answer["ready"] and answer["missing"] == [] and checks["postal_address"]["level"] == "error" and checks["unsubscribe"]["level"] == "passed" and checks["subject"]["level"] == "passed"
    lacked = checks["missing_values"]
    assert lacked["level"] == "warning" and {place["text"] for place in lacked["places"]} == {"2 people have no first name", "3 people have no company"}, lacked
    send(f"/api/campaigns/{made}", token, "DELETE")
    assert send(f"/api/templates/{template['id']}", token, "DELETE")[0] == 200


def test_a_campaign_that_reaches_nobody_is_not_offered_to_be_sent(account):
    """All who are chosen are left out: said before somebody presses, not after."""
    token, _, _ = account
    made = draft(token, None, list_ids=[], recipients=["cyd@review.example"])
    browser = Browser()
    browser.sign_in(*first_user())
    page = browser.open(f"/campaigns/{made}/review")[1]
    assert "nobody who is chosen can get it" in page and "Send now" not in page and "Nothing is missing" not in page, page
    assert "Nothing is missing" not in browser.open(f"/campaigns/{made}/checks")[1]
    answer = get(f"/api/campaigns/{made}/preflight", token)
    assert answer["ready"] is False and answer["missing"] == [{"step": "audience", "field": "list_ids", "text": "Choose other people: nobody who is chosen can get it"}], answer["missing"]
    assert [row["field"] for row in get(f"/api/campaigns/{draft(token, None, list_ids=[])}/preflight", token)["missing"]] == ["list_ids"], "said once where nobody is chosen"


def test_a_value_asked_for_by_a_condition_is_not_lacked(account):
    token, list_id, _ = account
    made = draft(token, list_id, html_content=GOOD.replace("Dear {{first_name|default:\"there\"}}", "{% if company %}{{company}}{% endif %}"))
    assert checks_of(get(f"/api/campaigns/{made}/preflight", token))["missing_values"]["level"] == "passed"


def test_links_and_domain_are_looked_up_beside_the_page(account):
    token, list_id, _ = account
    made = draft(token, list_id, html_content=GOOD.replace("</body>", '<a href="http://127.0.0.1:8080/review">x</a></body>'))
    browser = Browser()
    browser.sign_in(*first_user())
    status, page, _ = browser.open(f"/campaigns/{made}/review")
    assert status == 200 and "<h2>Checks</h2>" in page
    answer = looked_up(token, made)
    assert checks_of(answer)["links_private"]["level"] == "error" and checks_of(answer)["domain"]["level"] == "passed" and not answer["ready"]  # the demo mailbox takes any sender
    page = browser.open(f"/campaigns/{made}/review")[1]
    assert "data-poll-page" not in page and "blocks sending" in page.replace("block sending", "blocks sending") and f"/campaigns/{made}/edit?step=content" in page
    assert "<h2>Checks</h2>" in browser.open(f"/campaigns/{made}/checks")[1]
    before = {one["url"]: one["checked_at"] for one in answer["links"]}
    status, page, address = browser.open(f"/campaigns/{made}/checks", csrf=re.search(r'name="csrf" value="([^"]*)"', page)[1])
    assert status == 200 and address.split("#")[0].endswith(f"/campaigns/{made}/review") and "data-poll-page" in page
    again = looked_up(token, made)
    assert all(one["checked_at"] >= before[one["url"]] for one in again["links"]) and checks_of(again)["links_private"]["level"] == "error", (before, again["links"])


def test_the_forecast_says_who_when_and_what_holds_it_up(account, sender):
    token, list_id, _ = account
    made = draft(token, list_id, account_id=sender["id"], scheduled_time="2099-01-15T23:59:00Z", time_zone="UTC", channel="both", sms_content="Hello, STOP to end")
    told = get(f"/api/campaigns/{made}/forecast", token)
    emails, sms = told["channels"]
    assert (emails["channel"], emails["people"], emails["recipients"], emails["account_id"], emails["problem"]) == ("email", 3, 2, sender["id"], None), emails
    assert emails["left_out"] == [{"reason": "inactive", "label": emails["left_out"][0]["label"], "people": 1}] or sum(row["people"] for row in emails["left_out"]) == 1
    assert (emails["begins"], emails["ends"], emails["messages"], emails["left"]) == ("2099-01-15T23:59:00Z", "2099-01-16T00:00:00Z", 2, 0)
    assert emails["limit"] == f"1 a minute of {sender['name']}" and [(day["day"], day["sent"]) for day in emails["days"]] == [("2099-01-15", 1), ("2099-01-16", 1)]
    assert sms["channel"] == "sms" and sms["recipients"] == 0
    browser = Browser()
    browser.sign_in(*first_user())
    page = html.unescape(browser.open(f"/campaigns/{made}/review")[1])
    assert "<h2>Sending</h2>" in page and f"1 a minute of {sender['name']}" in page.replace("\u00a0", " ")
    send(f"/api/campaigns/{made}", token, "DELETE")


def test_exclusions_and_reasons_are_counted(account):
    token, list_id, people = account
    made = draft(token, list_id, list_ids=[], recipients=["ada@review.example", "bob@review.example", "cyd@review.example"], exclude={"list_ids": [list_id]})
    email = get(f"/api/campaigns/{made}/forecast", token)["channels"][0]
    assert (email["excluded"], email["people"], email["recipients"]) == (3, 0, 0)


def test_a_preview_is_what_somebody_reads(account):
    token, list_id, people = account
    made = draft(token, list_id, channel="both", sms_content="Hi {{first_name|default:\"you\"}}, {{short_link}} STOP to end", html_content=GOOD.replace("</body>", '<img src="cid:qr" alt="Your code"></body>'))
    told = get(f"/api/campaigns/{made}/preview", token)
    assert told["as"] == "Sample contact" and "/static/sample-qr.png" in told["html"] and "cid:qr" not in told["html"] and told["sms_segments"] == 1 and "https://" in told["sms"]
    assert told["recipients"] == {"emails": 2, "sms": 0} and (told["from_name"], told["from_email"]) == ("ACME Energy", "news@acme.invalid") and told["text"]
    ada, bob = (get(f"/api/campaigns/{made}/preview?as={one}", token) for one in people[:2])
    assert "Dear Ada" in ada["html"] and ada["sms"].startswith("Hi Ada") and "Dear there" in bob["html"] and bob["as"] == "bob@review.example"
    longest, emptiest = (get(f"/api/campaigns/{made}/preview?as={word}", token) for word in ("longest", "emptiest"))
    assert longest["html_bytes"] > emptiest["html_bytes"]
    assert call(f"/api/campaigns/{made}/preview?as={'0' * 24}", token)[0] == 404 and call(f"/api/campaigns/{made}/preview?as=nobody", token)[0] in (400, 404)


def test_what_the_sender_adds_is_shown_before(account):
    token, list_id, _ = account
    made = draft(token, list_id, html_content="<body><p>Hello</p></body>", text_content="Hello")
    told = get(f"/api/campaigns/{made}/preview", token)
    assert "Unsubscribe</a></p></body>" in told["html"] and "Unsubscribe: https://" in told["text"]
    assert checks_of(get(f"/api/campaigns/{made}/preflight", token))["unsubscribe"]["level"] == "passed"
    assert get(f"/api/campaigns/{made}", token)["html_content"] == "<body><p>Hello</p></body>"


def test_the_preview_has_frames_without_scripts(account):
    token, list_id, people = account
    made = draft(token, list_id, html_content=GOOD.replace("</body>", "<script>alert(1)</script></body>"))
    status, text, headers = call(f"/campaigns/{made}/frame?as={people[0]}", token)
    policy = headers["Content-Security-Policy"]
    assert status == 200 and "Dear Ada" in text and "sandbox" in policy and "allow-scripts" not in policy and "frame-ancestors 'self'" in policy
    browser = Browser()
    browser.sign_in(*first_user())
    page = browser.open(f"/campaigns/{made}/preview?as={people[0]}&width=375&theme=dark")[1]
    assert f"/campaigns/{made}/frame?as={people[0]}" in html.unescape(page) and "sandbox=" in page and "canvas phone" in page and "ACME Energy" in page
    assert "bob@review.example" in browser.open(f"/campaigns/{made}/preview?who=bob@review")[1]


def test_observed_campaigns_and_strangers_have_none(account):
    token = account[0]
    cli("sync")
    observed = get("/api/campaigns?status=sent&limit=1", token)[0]["id"]
    for what in ("preflight", "forecast", "preview"):
        assert call(f"/api/campaigns/{observed}/{what}", token)[0] == 409 and call(f"/api/campaigns/{'0' * 24}/{what}", token)[0] == 404 and call(f"/api/campaigns/{observed}/{what}")[0] == 401


def test_what_was_started_stays_as_it_was(account):
    token, list_id, _ = account
    status, template = send("/api/templates", token, "POST", {"name": "Changed later", "subject": "Before", "html_content": GOOD.replace("Dear", "Before, dear")})
    assert status == 200, template
    made = draft(token, list_id, subject="", preheader="", html_content="", template_id=template["id"], from_email="desk@review.example")
    status, sent = send(f"/api/campaigns/{made}/send", token, "POST")
    assert status == 200 and sent["status"] == "queued", sent
    assert send(f"/api/templates/{template['id']}", token, "PUT", {"subject": "After", "html_content": GOOD})[0] == 200
    told = get(f"/api/campaigns/{made}/preview", token)
    assert told["subject"] == "Before" and "Before, dear" in told["html"]
    assert send(f"/api/templates/{template['id']}", token, "DELETE")[0] == 200
    assert get(f"/api/campaigns/{made}", token)["missing"] == []
