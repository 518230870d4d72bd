"""Checks of content before it is sent: by API, with links and senders' domains looked up by telltale-audience."""
import json, time

import pytest
from product import call, database

GOOD = """<html><body><p>Dear {{first_name|default:"there"}}, you use about 4,100 kWh a year. On a roof like yours, eight panels make more
than that. We check yours for free and tell you in a week what it could pay for.</p>
<p><a href="{{unsubscribe_url}}">Unsubscribe</a></p><p>ACME Energy, 12 Harbour Road, 4321 Lindenau</p></body></html>"""
MAIL = {"subject": "Your roof could pay for winter", "preheader": "A free check, and 45 off the plan until 31 January", "html_content": GOOD,
        "from_name": "ACME Energy", "from_email": "news@acme.invalid", "reply_to": "service@acme.invalid"}


@pytest.fixture(autouse=True, scope="module")
def nothing_left():
    yield
    database('db.link_checks.delete_many({}); db.sender_checks.delete_many({}); db.jobs.delete_many({"kind": {"$in": ["link_check", "sender_check"]}})')


def check(token, **changes):
    body = {name: value for name, value in {**MAIL, **changes}.items() if value is not None}
    status, text, _ = call("/api/preflight", token, "POST", json.dumps(body).encode(), {"Content-Type": "application/json"})
    assert status == 200, text
    answer = json.loads(text)
    return answer, {one["id"]: one for one in answer["checks"]}


def looked_up(token, **changes):
    """Once nothing is being looked up any more."""
    until = time.monotonic() + 90
    while True:
        answer, checks = check(token, **changes)
        sender = answer["sender"]
        if all(link["checked_at"] for link in answer["links"]) and (not sender or sender["checked_at"]):
            return answer, checks
        assert time.monotonic() < until, answer
        time.sleep(0.5)


def test_a_good_mail_has_no_errors_and_says_what_it_looked_at(token):
    answer, checks = check(token)
    wrong = [one for one in answer["checks"] if one["level"] in ("error", "warning") and one["id"] != "domain"]
    assert wrong == [] and answer["spam_score"] < 1
    assert checks["weight"]["title"].endswith("of 102 kB") and "12 Harbour Road" in checks["postal_address"]["detail"]
    assert answer["errors"] + answer["warnings"] + answer["waiting"] + answer["passed"] == len(answer["checks"])


def test_errors_block_and_say_where(token):
    answer, checks = check(token, subject="", html_content='<p>\n  Hi {{frist_name}}, <img src="https://a.acme.invalid/a.png">\n</p>')
    assert not answer["ready"] and answer["errors"] >= 4
    levels = [one["level"] for one in answer["checks"]]
    assert levels == sorted(levels, key=["error", "warning", "waiting", "passed"].index)
    unknown = checks["unknown_fields"]
    assert (unknown["level"], unknown["places"][0]["line"], unknown["places"][0]["column"]) == ("error", 2, 8)
    assert "first_name" in unknown["places"][0]["text"] and unknown["fix"]
    assert checks["alt_text"]["title"] == "One image has no alt text" and checks["alt_text"]["places"][0]["line"] == 2
    assert checks["unsubscribe"]["level"] == checks["postal_address"]["level"] == checks["subject"]["level"] == "error"


def test_custom_fields_are_known(token):
    field = {"label": "Roof area", "type": "number"}
    status, text, _ = call("/api/fields", token, "POST", json.dumps(field).encode(), {"Content-Type": "application/json"})
    assert status in (200, 201), text
    key = json.loads(text)["key"]
    try:
        assert check(token, html_content=GOOD.replace("Dear", "{{%s|default:\"large\"}}" % key))[1]["unknown_fields"]["level"] == "passed"
    finally:
        assert call(f"/api/fields/{key}", token, "DELETE")[0] == 200


def test_links_are_looked_at_later_and_none_leads_inside(token):
    """Whatever the machine's own network offers: the answer says that it leads there, and nobody was asked."""
    inside = ["http://127.0.0.1:8080/secret", "http://0x7f.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://10.0.0.1:8443/"]
    links = "".join(f'<a href="{url}">x</a>' for url in inside)
    answer, checks = check(token, html_content=GOOD.replace("</body>", links + "</body>"))
    assert {link["url"] for link in answer["links"]} == set(inside)
    answer, checks = looked_up(token, html_content=GOOD.replace("</body>", links + "</body>"))
    assert {link["state"] for link in answer["links"]} == {"private"} and all(link["status"] is None for link in answer["links"])
    assert checks["links_private"]["level"] == checks["links"]["level"] == "error" and checks["links_private"]["count"] == 5
    again, _ = check(token, html_content=GOOD.replace("</body>", links + "</body>"))
    assert again["links"] == answer["links"]  # kept, not looked at anew


def test_the_senders_domain_is_looked_up_later(token):
    answer, checks = looked_up(token)
    assert answer["sender"]["domain"] == "acme.invalid" and checks["domain"]["level"] in ("warning", "error")
    assert answer["sender"]["dkim"] == "not_asked"


def test_text_messages_and_transactional_mail(token):
    answer, checks = check(token, html_content=None, subject=None, preheader=None, from_email=None, sms_content="ACME: a free roof check")
    assert checks["sms_stop"]["level"] == "error" and "subject" not in checks
    answer, checks = check(token, template_type="transactional", html_content="<p>Your receipt, number 17, for the roof check that we made.</p>")
    assert "unsubscribe" not in checks and "postal_address" not in checks
    assert [one["id"] for one in answer["checks"] if one["level"] == "error" and one["id"] != "domain"] == []


def test_what_cannot_be_read_names_its_field(token):
    for name, value in (("template_type", "other"), ("html_content", 7), ("from_email", "x" * 300), ("subjects", ["x"] * 21)):
        status, text, _ = call("/api/preflight", token, "POST", json.dumps({**MAIL, name: value}).encode(), {"Content-Type": "application/json"})
        assert status == 400 and name in json.loads(text)["fields"], text


def test_a_template_is_checked_without_a_sender(token):
    body = {"name": "Preflight", "subject": MAIL["subject"], "preheader": MAIL["preheader"], "html_content": GOOD}
    status, text, _ = call("/api/templates", token, "POST", json.dumps(body).encode(), {"Content-Type": "application/json"})
    assert status in (200, 201), text
    address = "/api/templates/" + json.loads(text)["id"]
    try:
        status, text, _ = call(address + "/preflight", token)
        answer = json.loads(text)
        assert status == 200 and answer["ready"] and answer["sender"] is None
        assert not {"from", "free_mail", "reply_to", "domain"} & {one["id"] for one in answer["checks"]}
    finally:
        assert call(address, token, "DELETE")[0] == 200
    assert call(address + "/preflight", token)[0] == 404
