"""What somebody wrote is what arrives: preview, test and real email are one text, headers take nothing from content, sources survive what is done with
them. Rows C and P of the sending cases, as far as the unit tests of app/content do not have them."""
import base64, json, re

import pytest
from product import MAIL, Browser, call, first_user, get, wait_until
from sending import Audience, clean_mail, made, post, read
from test_templates import fields_of, form_fields


@pytest.fixture(autouse=True)
def server():
    clean_mail()
    yield
    clean_mail()


DESIGN = {"theme": {"brand": "#0e4f47"}, "blocks": [
    {"type": "heading", "text": "Hello {{first_name|default:\"you\"}}", "band": "yes"},
    {"type": "text", "text": "See https://x.example/s/{{location}} or [the same](https://x.example/s/{{location}}?a=1&b={{first_name}}).\n\n- **one** of {{company}}"},
    {"type": "button", "text": "Go", "href": "https://acme.example/{{first_name}}", "only_if": "company == \"M & Co\""},
    {"type": "footer", "text": "Because.", "address": "Acme GmbH, Hauptstr. 1, 10115 Berlin"}]}


def without_tokens(text):
    """The addresses of this product, each without what is told apart by it."""
    text = re.sub(r'/unsubscribe/[^\s"<>)]+', "/unsubscribe/TOKEN", text)
    return re.sub(r'(https?://[^/\s"<>]+/(?:[a-z]+/)+)[A-Za-z0-9_.~=-]{16,}(?:/[\w.-]+)?', r"\1TOKEN", text).replace("\r\n", "\n")


def parts_of(message):
    return {kind: without_tokens(message.get_body((kind,)).get_content()).strip() for kind in ("html", "plain")}


def test_preview_test_and_real_email_are_one(token):
    """H-P1 … H-P4: equal but for tokens, and the address for unsubscribing is nowhere empty."""
    audience = Audience(token, 1, first_name=lambda at: "Zoë <b>", company=lambda at: "M & Co", location=lambda at: "Rome")
    to = audience.addresses[0]
    template = made("/api/templates", token, {"name": "One text", "subject": "For {{first_name}}", "preheader": "Dear {{first_name}}", "design": DESIGN})
    campaign = audience.campaign(subject="", html_content="", template_id=template["id"], settings={"track_opens": False, "track_clicks": False})
    contact = get(f"/api/contacts?q={to}", token)[0]["id"]
    preview = get(f"/api/campaigns/{campaign.id}/preview?as={contact}", token)
    status, answer, _ = campaign.act("test", {"to": [to]})
    assert status == 202, answer
    wait_until(lambda: MAIL.messages(to, exact=1), "the test")
    tested = MAIL.parsed(to)[0]
    clean_mail()
    campaign.send().wait()
    real = MAIL.parsed(to)[0]
    assert tested["Subject"] == real["Subject"] == preview["subject"] == "For Zoë <b>"
    assert parts_of(tested) == parts_of(real)
    bare = re.compile(r'https?://[^\s"<>)]*(?:unsubscribe|/u/|TOKEN)[^\s"<>)]*')  # the preview's addresses are samples, without tokens
    assert bare.sub("LINK", parts_of(real)["plain"]) == bare.sub("LINK", without_tokens(preview["text"]).strip())
    assert bare.sub("LINK", parts_of(real)["html"]) == bare.sub("LINK", without_tokens(preview["html"]).strip())
    for text in parts_of(real).values():
        assert text.count("https://x.example/s/Rome") >= 2, text
    for message in (tested, real):
        assert re.search(r'href="https?://[^"]+/unsubscribe/[^"]+"', message.get_body(("html",)).get_content())
    call(f"/api/templates/{template['id']}", token, "DELETE")


EVIL = "Ann\r\nBcc: evil@evil.example\r\n\r\n<p>Evil</p>"


def test_no_field_ends_a_header(token):
    """H-C4 too: the address for unsubscribing stands whole, in no encoded words."""
    audience = Audience(token, 1)
    to = audience.addresses[0]
    contact = get(f"/api/contacts?q={to}", token)[0]["id"]
    for name, value in (("first_name", EVIL), ("company", "M\nTo: evil@evil.example"), ("job_title", "a\u2028Cc: evil@evil.example")):
        status, answer, _ = post(f"/api/contacts/{contact}", token, {name: value}, "PUT")
        assert status in (200, 400), answer
    for name, value in (("from_email", "a@acme.example\r\nBcc: evil@evil.example"), ("reply_to", "a@acme.example\nBcc: evil@evil.example"), ("froms", "A <a@acme.example>, B\r\nBcc: evil@evil.example")):
        status, answer, _ = post("/api/campaigns", token, {"name": "Evil", "subject": "S", name: value})
        assert status == 400, (name, answer)
    campaign = audience.campaign(name=EVIL, subject="S {{first_name}} {{company}} {{job_title}}\r\nBcc: evil@evil.example", from_name=EVIL, preheader=EVIL)
    campaign.send().wait()
    row = MAIL.messages(to, exact=1)[0]
    raw, message = MAIL.source(row["id"]), read(row["id"])
    names = [name.lower() for name in message.keys()]
    assert message["To"] == to and len(names) == len(set(names)) and not {"bcc", "cc"} & set(names), names
    assert row["from"] == "news@acme.example" and "Evil" not in message["From"].split("<")[-1]
    head = raw.split(b"\r\n\r\n")[0]
    unfolded = re.sub(rb"\r\n[ \t]", b"", head)
    unsubscribe = re.search(rb"(?m)^List-Unsubscribe: (.*)$", unfolded)[1].strip()
    assert unsubscribe.startswith(b"<http") and b"=?" not in unsubscribe and b" " not in unsubscribe and unsubscribe.endswith(b">"), unsubscribe
    assert b"\r\n\r\n<p>Evil" not in raw


SOURCE = '<p>{% if first_name %}<a href="https://x.example/s/{{contact_id}}?a=1&amp;q=50%25&f[0]=t:2">{{ first_name | default:"you" }}</a>{% else %}\r\n\t&nbsp;{% endif %}</p>\n<!-- kept -->'


def test_a_source_survives_saving_reopening_and_copying(token):
    """H-P5: byte by byte, but that a form writes each line end as one."""
    template = made("/api/templates", token, {"name": "Kept", "subject": "Hi {{first_name}}", "html_content": SOURCE, "text_content": "{{first_name}}\n\n{{contact_id}}"})
    path = f"/api/templates/{template['id']}"
    kept = get(path, token)
    assert kept["html_content"].replace("\r\n", "\n") == SOURCE.replace("\r\n", "\n")
    writable = {name: kept[name] for name in ("name", "subject", "html_content", "text_content")}
    again = made("/api/templates", token, writable)  # exported here, imported there
    copy = json.loads(post(f"{path}/duplicate", token)[1])
    browser = Browser()
    browser.sign_in(*first_user())
    page = fields_of(browser, f"/templates/{template['id']}")
    status, _, _ = browser.open(f"/templates/{template['id']}", **page)
    assert status == 200
    for one in (again, copy, get(path, token)):
        assert one["html_content"].replace("\r\n", "\n") == kept["html_content"].replace("\r\n", "\n") and one["text_content"] == kept["text_content"]
    for one in (template, again, copy):
        call(f"/api/templates/{one['id']}", token, "DELETE")


WRONG = [("{% if first_name %}" * 1000 + "x" + "{% endif %}" * 1000, "nested"), ("<p>{% if first_name %}x</p>", "endif"),
         ("<script>var a = '{{first_name}}'</script>", "cannot stand"), ("<a href='javascript:{{first_name}}'>x</a>", "cannot stand"),
         ("<svg><script>{{first_name}}</script></svg>", "cannot stand"), ("<p>{{frist_name}}</p>", "does not exist: {{frist_name}}")]


@pytest.mark.parametrize("content, words", WRONG, ids=["levels", "unclosed", "script", "javascript", "svg", "unknown"])
def test_wrong_content_keeps_a_draft_from_being_sent(token, content, words):
    audience = Audience(token, 1)
    campaign = audience.campaign(html_content=content + "<p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p>")
    status, answer, _ = campaign.act("send")
    assert status == 400 and words in json.loads(answer)["fields"]["html_content"], answer
    assert get(f"/api/campaigns/{campaign.id}", token)["status"] == "draft" and not campaign.arrived()
    kept = get(f"/api/campaigns/{campaign.id}", token)["html_content"]
    assert kept.startswith(content)


def test_five_megabytes_are_refused_and_change_nothing(token):
    audience = Audience(token, 1)
    campaign = audience.campaign()
    before = get(f"/api/campaigns/{campaign.id}", token)
    status, answer, _ = post(f"/api/campaigns/{campaign.id}", token, {"html_content": "x" * 5_000_000}, "PUT")
    assert status == 413 and "4194304 bytes" in answer, answer[:300]
    status, answer, _ = post(f"/api/campaigns/{campaign.id}", token, {"html_content": "x" * 600_000}, "PUT")
    assert status == 400 and "500000" in json.loads(answer)["fields"]["html_content"], answer[:300]
    assert get(f"/api/campaigns/{campaign.id}", token) == before


def test_custom_values_that_are_missing_are_counted(token):
    """Of two who lack a value that the email writes bare, and one of whom it writes something instead."""
    status, field, _ = post("/api/fields", token, {"label": "Roof size", "type": "number"})
    assert status == 200, field
    audience = Audience(token, 3)
    first = get(f"/api/contacts?q={audience.addresses[0]}", token)[0]["id"]
    assert post(f"/api/contacts/{first}", token, {"custom_fields": {"roof_size": 12}, "first_name": "Ann"}, "PUT")[0] == 200
    campaign = audience.campaign(html_content='<p>{{first_name|default:"there"}}: {{roof_size}}</p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p>')
    checks = {one["id"]: one for one in get(f"/api/campaigns/{campaign.id}/preflight", token)["checks"]}
    missing = checks["missing_values"]
    assert missing["level"] == "warning" and missing["title"] == "2 people have no roof size", missing
    assert {place["text"] for place in missing["places"]} == {"2 people have no roof size", "2 people have no first name"}
    call(f"/api/campaigns/{campaign.id}", token, "DELETE")
    call("/api/fields/roof_size", token, "DELETE")


OFFERS = [{"title": "Balcony <set>", "url": "https://acme.example/balcony?a=1&b=2", "text": "One plug & ten minutes", "interests": ["Solar", "flats"]},
          {"title": "Storage", "url": "https://acme.example/storage", "interests": ["solar"]},
          {"title": "Heat pump", "url": "https://acme.example/pump", "interests": ["heating"]},
          {"title": "Paused", "url": "https://acme.example/paused", "interests": ["solar"], "is_paused": True}]


def test_recommendations_by_interest(token):
    """D-150: in the HTML, in the text made of it, in preview and mail; nobody else reads any."""
    offers = [made("/api/recommendations", token, one) for one in OFFERS]
    assert offers[0]["interests"] == ["solar", "flats"] and offers[3]["is_paused"] and not offers[0]["is_paused"]
    for wrong, field in (({"title": " ", "url": "https://a.example", "interests": ["a"]}, "title"), ({"title": "a", "url": "javascript:alert(1)", "interests": ["a"]}, "url"),
                         ({"title": "a", "url": "https://a.example/{{email}}", "interests": ["a"]}, "url"), ({"title": "a", "url": "https://a.example"}, "interests_text"),
                         ({"title": "a", "url": "https://a.example", "interests": ["x" * 65]}, "interests_text"), ({"title": "a" * 121, "url": "https://a.example", "interests": ["a"]}, "title")):
        status, answer, _ = post("/api/recommendations", token, wrong)
        assert status == 400 and field in json.loads(answer)["fields"], answer
    assert len(get("/api/recommendations", token)) == len(OFFERS)
    audience = Audience(token, 2)
    first = get(f"/api/contacts?q={audience.addresses[0]}", token)[0]["id"]
    assert post(f"/api/contacts/{first}", token, {"custom_fields": {"interests": "Flats, SOLAR"}}, "PUT")[0] == 200
    campaign = audience.campaign(html_content='<div>{{recommendations}}</div><p>{% if recommendations %}For you{% else %}Nothing{% endif %}</p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p>', settings={"track_opens": False, "track_clicks": False})
    shown = get(f"/api/campaigns/{campaign.id}/preview?as={first}", token)["html"]
    assert shown.index("Balcony &lt;set&gt;") < shown.index("Storage") and "Heat pump" not in shown and "Paused" not in shown
    campaign.send().wait()
    html, plain = (MAIL.parsed(audience.addresses[0])[0].get_body((kind,)).get_content() for kind in ("html", "plain"))
    assert '<a href="https://acme.example/balcony?a=1&amp;b=2"><b>Balcony &lt;set&gt;</b></a><br>One plug &amp; ten minutes' in html and "For you" in html
    assert "Balcony <set> (https://acme.example/balcony?a=1&b=2)" in plain and "One plug & ten minutes" in plain and "<a" not in plain
    other = MAIL.parsed(audience.addresses[1])[0]
    assert "Nothing" in other.get_body(("html",)).get_content() and "acme.example/" not in other.get_body(("html",)).get_content()
    changed = json.loads(post(f"/api/recommendations/{offers[1]['id']}", token, {**OFFERS[1], "title": "Storage, 2 kWh", "rev": 1}, "PUT")[1])
    assert changed["title"] == "Storage, 2 kWh" and post(f"/api/recommendations/{offers[1]['id']}", token, {**OFFERS[1], "rev": 1}, "PUT")[0] == 409
    for one in offers:
        assert call(f"/api/recommendations/{one['id']}", token, "DELETE")[0] == 200
    assert call(f"/api/recommendations/{offers[0]['id']}", token)[0] == 404


PIXELS = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR4nGOUqwhgwAaYsIoOWgkAuLoA9gQdkncAAAAASUVORK5CYII="


def test_an_uploaded_image_is_chosen_without_scripts(token):
    body = b'--b\r\nContent-Disposition: form-data; name="alt"\r\n\r\nA roof\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="roof.png"\r\n\r\n' + base64.b64decode(PIXELS) + b"\r\n--b--\r\n"
    status, answer, _ = call("/api/media", token, "POST", body, {"Content-Type": "multipart/form-data; boundary=b"})
    assert status == 200, answer
    image = json.loads(answer)
    browser = Browser()
    browser.sign_in(*first_user())
    fields = fields_of(browser, "/templates/new?from=announcement")
    status, text, _ = browser.open("/templates/editor", **{**fields, "do": "add-image"})
    use = re.search(r'name="do" value="(use:b_src:[^"]+)"', text)[1]
    assert use == f"use:b_src:{image['url']}"
    status, text, _ = browser.open("/templates/editor", **{**form_fields(text), "do": use})
    chosen = form_fields(text)
    assert chosen["b_src"] == image["url"] and chosen["b_alt"] == "A roof"
    status, text, _ = browser.open("/templates/editor", **{**chosen, "do": "use:nothing:https://evil.example"})
    assert status == 200 and form_fields(text)["b_src"] == image["url"]
    assert call(f"/api/media/{image['id']}", token, "DELETE")[0] == 200


def test_what_text_messages_cost(token):
    """By the connection's prices: from the shortest made-up reader at the cheapest to the longest at the dearest, in the account's currency."""
    twilio = {"name": "Priced", "provider": "twilio", "account_sid": "AC" + "0" * 32, "auth_token": "secret", "from_phone": "+15551234567"}
    for wrong in ("49 0.07", "+49", "+49 x", "+49 0.07 EUR", "+0 1", "+49 0.0000001"):
        status, answer, _ = post("/api/accounts", token, {**twilio, "sms_rates": ["+1 0.01", wrong]})
        assert status == 400 and "is not a price" in json.loads(answer)["fields"]["sms_rates"], (wrong, answer)
    account = made("/api/accounts", token, {**twilio, "sms_rates": ["+49 0.08", "+ 0,1"]})
    assert account["sms_rates"] == ["+49 0.08", "+ 0,1"]
    audience = Audience(token, 3, phone=lambda at: f"+49170123456{at}")
    campaign = audience.campaign(channel="sms", account_id=account["id"], sms_content="Hi {{first_name}}" + "x" * 145 + " STOP to end")
    channel = get(f"/api/campaigns/{campaign.id}/forecast", token)["channels"][0]
    told = {name: channel[name] for name in ("least_segments", "most_segments", "least_cost", "most_cost", "currency")}
    assert channel["recipients"] == 3 and told == {"least_segments": 1, "most_segments": 2, "least_cost": 24, "most_cost": 60, "currency": "EUR"}, channel
    browser = Browser()
    browser.sign_in(*first_user())
    assert "1 to 2 segments each, €0.24 to €0.60" in browser.open(f"/campaigns/{campaign.id}/review")[1]
    assert post(f"/api/accounts/{account['id']}", token, {"name": "Priced again"}, "PUT")[0] == 200
    assert get(f"/api/accounts/{account['id']}", token)["sms_rates"] == ["+49 0.08", "+ 0,1"]
    call(f"/api/campaigns/{campaign.id}", token, "DELETE")
    assert call(f"/api/accounts/{account['id']}", token, "DELETE")[0] == 200
