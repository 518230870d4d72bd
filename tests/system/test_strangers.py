"""What a hostile user, contact or mail server puts into a campaign of one's own, and strangers into its public addresses."""
import json, re, time, urllib.parse

import pytest
from product import MAIL, Browser, call, database, first_user, get, mail, service_pid, service_row, wait_until
from sending import Audience, Campaign, clean_mail, post, read
from test_answering import raw
from test_media import taken

HOSTILE = ["a\r\nBcc: v@evil.example", "a\nBcc: v@evil.example\n\nbody", "a\rBcc: v@evil.example", "a\u2028Bcc: v@evil.example", "a\x85Bcc: v@evil.example", "a\x00b", "a\x0bBcc: v@evil.example"]


@pytest.fixture(autouse=True)
def server():
    clean_mail()
    database("db.rate_buckets.delete_many({'_id': {'$regex': '^campaign_start'}})")  # ten starts a minute
    yield
    clean_mail()


def sender_lives():
    before = service_row("sender")
    return lambda: service_row("sender")["restarts"] == before["restarts"] and service_row("sender")["pid"] == before["pid"]


def heads_are_ours(number):
    source = MAIL.source(number)
    lines = source.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    names = [line.split(b":")[0].decode() for line in lines if line[:1] not in (b" ", b"\t")]
    assert not {name for name in names if name.lower() in ("bcc", "cc", "body")}, names
    assert len(names) == len(set(names)) and b"evil.example" not in b"".join(line for line in lines if line.lower().startswith((b"bcc", b"cc"))), names
    return names


@pytest.mark.parametrize("field", ["subject", "from_name", "preheader", "name"])
def test_no_field_of_a_draft_begins_a_header(token, field):
    audience = Audience(token, 1)
    for number, hostile in enumerate(HOSTILE):
        status, answer, _ = post("/api/campaigns", token, {"name": "Hostile", "subject": "News", "from_email": "news@acme.example", "from_name": "Acme", "list_ids": [audience.list_id],
                                                           "html_content": "<p>Hello</p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p>", "send_rate_limit_emails": 1000000, field: hostile})
        assert status in (200, 400), (hostile, answer)
        if status == 400:
            assert "not valid JSON" in answer or field in json.loads(answer)["fields"], answer
            continue
        campaign = Campaign(audience, json.loads(answer)["id"])
        status, answer, _ = campaign.act("send")
        if status == 400:
            assert json.loads(answer)["fields"], answer
            continue
        assert status == 200, answer
        campaign.wait()
        heads_are_ours(MAIL.messages(audience.addresses[0], exact=1)[0]["id"])
    assert set(MAIL.counts()["to"]) <= set(audience.addresses)


SENDERS = ["Name <>", "<>", "no address", "A <a@b.example> <c@d.example>", "evil\r\nBcc: v@evil.example <b@b.example>", "A <a@b.example\r\nRCPT TO:<v@evil.example>>", "x <a@b>", '"<', "> <", "A <@>"]


@pytest.mark.parametrize("sender", SENDERS)
def test_a_sender_that_takes_turns_has_an_address(token, sender):
    """old: of "Name <>" only the first one was checked; the sender ended at it, again and again."""
    lives, audience = sender_lives(), Audience(token, 2)
    status, answer, _ = post("/api/campaigns", token, {"name": "Turns", "subject": "News", "froms": ["Acme <news@acme.example>", sender], "list_ids": [audience.list_id],
                                                       "html_content": "<p>Hello</p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p>", "send_rate_limit_emails": 1000000})
    if status == 200:
        campaign = Campaign(audience, json.loads(answer)["id"])
        if campaign.act("send")[0] == 200:
            assert campaign.wait(seconds=30)["accepted"] == 2
            for address in audience.addresses:
                heads_are_ours(MAIL.messages(address, exact=1)[0]["id"])
                assert re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", MAIL.messages(address, exact=1)[0]["from"])
    else:
        assert status == 400 and set(json.loads(answer)["fields"]) & {"froms", "from_email"}, answer
    assert lives()


def test_no_value_of_a_contact_begins_a_header_or_a_tag(token):
    values = ["a\\r\\nBcc: v@evil.example", "<script>alert(1)</script>", "{{unsubscribe_url}}", "{{#first_name}}{{/first_name}}", '"><img src=x onerror=alert(1)>', "javascript:alert(1)",
              "=cmd|' /C calc'!A0", "\u202eevil", "\ufdd0\ufffe\U0010ffff", "a" * 200]
    audience = Audience(token, 1)
    people = get(f"/api/contacts?q={audience.addresses[0]}", token)[0]["id"]
    html = '<p>Hi {{first_name}}, <a href="https://acme.example/?n={{first_name}}" title="{{first_name}}">look</a></p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p>'
    for number, value in enumerate(values):
        value = value.encode().decode("unicode_escape") if "\\r" in value else value
        status, answer, _ = post(f"/api/contacts/{people}", token, {"first_name": value}, "PUT")
        assert status in (200, 400), answer
        if status == 400:
            continue
        mails = len(MAIL.messages(audience.addresses[0], exact=1, limit=100))
        audience.campaign(name=f"Values {number}", subject="{{first_name}} news", from_name="{{first_name}}", html_content=html).send().wait()
        found = MAIL.messages(audience.addresses[0], exact=1, limit=100)
        assert len(found) == mails + 1
        heads_are_ours(found[0]["id"])
        text = read(found[0]["id"]).get_body(("html",)).get_content()
        assert "<script" not in text and "onerror=alert(1)>" not in text.replace("&quot;", '"').split("title=")[0] and 'href="javascript' not in text, text
        assert text.count("<a ") == 2 and text.count("/unsubscribe/") == 1, text  # what looks like a tag is text
    assert set(MAIL.counts()["to"]) == set(audience.addresses)


def test_noncharacters_in_a_campaign_break_no_page(token):
    """A name, a subject, content and a list of them: each page, table, message and report of it answers."""
    odd = "N\ufffe\ufdd0\U0001ffff\U0010fffe\u0085 \u2028x"
    audience = Audience(token, 3)
    assert post(f"/api/lists/{audience.list_id}", token, {"name": odd}, "PUT")[0] in (200, 400)
    status, answer, _ = post("/api/campaigns", token, {"name": odd, "subject": odd, "preheader": odd, "from_name": odd, "from_email": "news@acme.example", "list_ids": [audience.list_id],
                                                       "html_content": f"<p>{odd}</p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p>", "text_content": odd, "send_rate_limit_emails": 1000000})
    assert status in (200, 400), answer
    if status == 400:
        assert json.loads(answer)["fields"]
        return
    campaign = Campaign(audience, json.loads(answer)["id"])
    person = Browser()
    person.sign_in(*first_user())
    pages = [f"/campaigns/{campaign.id}/{part}" for part in ("edit", "review", "monitor")] + [f"/campaigns/{campaign.id}", "/campaigns", "/lists", "/dashboard", f"/search?q=N", "/campaigns.csv"]
    for page in pages:
        assert person.open(page)[0] in (200, 404), page
    status, answer, _ = campaign.act("send")
    assert status == 200, answer
    campaign.wait()
    for page in pages:
        assert person.open(page)[0] in (200, 404), page
    for path in (f"/api/campaigns/{campaign.id}", f"/api/campaigns/{campaign.id}/progress", f"/api/campaigns/{campaign.id}/log", f"/api/campaigns/{campaign.id}/messages"):
        status, body, _ = call(path, token)
        assert status in (200, 404) and json.loads(body) is not None, path
    assert MAIL.counts()["to"] == dict.fromkeys(audience.addresses, 1)


BOMBS = ["{{#if first_name}}" * 60 + "x" + "{{/if}}" * 60, "{{first_name}}" * 30000, "<div>" * 200000, "<a href='https://a.example/'>x</a>" * 12000, "{{" * 200000, "<p " + "a='b' " * 80000 + ">",
         "{{#if " + "(" * 5000 + "first_name" + ")" * 5000 + "}}x{{/if}}", "<table>" * 5000 + "x"]


@pytest.mark.parametrize("number", range(len(BOMBS)))
def test_content_made_to_be_work_is_refused_or_done_at_once(token, number):
    audience, began = Audience(token, 1), time.monotonic()
    status, answer, _ = post("/api/campaigns", token, {"name": "Bomb", "subject": "News", "from_email": "news@acme.example", "list_ids": [audience.list_id], "html_content": BOMBS[number]})
    took = time.monotonic() - began
    assert status in (200, 400, 413) and took < 10, (status, took)
    if status == 200:
        name = json.loads(answer)["id"]
        for path in (f"/campaigns/{name}/review", f"/campaigns/{name}/edit"):
            began = time.monotonic()
            assert call(path, token)[0] in (200, 400, 404), path
            assert time.monotonic() - began < 15, path
        status, answer, _ = Campaign(audience, name).act("send")
        assert status in (200, 400), answer


def test_a_block_of_long_values_is_sent(token):
    """old: 500 people with more than 32 kB each made a document that the database refuses, and the campaign failed."""
    fields = [f"long{number}" for number in range(10)]
    for field in fields:
        post("/api/fields", token, {"key": field, "label": field, "type": "text"})
    audience = Audience(token, 500, **{field: (lambda at: "\U0001f600" * 1000) for field in fields})
    html = "<p>" + "".join("{{%s}} " % field for field in fields) + "</p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p>"
    mail(keep=False)
    now = audience.campaign(html_content=html, text_content="short", settings={"track_opens": False, "track_clicks": False}).send().wait(seconds=120)
    assert now["accepted"] == 500, now
    assert MAIL.counts()["to"] == dict.fromkeys(audience.addresses, 1)


def test_head_is_get_without_a_body(token):
    """Of every public page: the same status, nothing counted, nothing begun."""
    for path in ("/healthz", "/readyz", "/login", "/verify", "/media/" + "0" * 64 + ".png", "/r/" + "x" * 43, "/r/" + "x" * 43 + "/pdf", "/track/x", "/click/x", "/unsubscribe/x", "/confirm/x", "/static/app.css",
                 "/static/none.css", "/q/x", "/hooks/x", "/ws/notifications", "/robots.txt", "/favicon.ico"):
        got, head = raw(path), raw(path, "HEAD")
        assert head[1] == b"" and (head[0] == got[0] or path.startswith("/ws/")), (path, got[0], head[0])
        assert got[0] < 500 and got[2]["X-Content-Type-Options"] == "nosniff", path
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "X"):
        for path in ("/login", "/track/x", "/unsubscribe/x", "/confirm/x", "/r/" + "x" * 43, "/media/x.png", "/healthz"):
            assert raw(path, method)[0] in (400, 404, 405, 501), (method, path)


HOSTILE_REPLIES = [{"raw": "250 " + "x" * 100000 + "\r\n"}, {"raw": "250 a\x00b\r\n"}, {"raw": "\xff\xfe\x00\r\n"}, {"raw": "250-a\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"}, {"raw": "2500 ok\r\n"}, {"endless": True},
                   {"raw": "250 ok\r\n221 bye\r\n"}, {"raw": "-1 no\r\n"}, {"raw": "250\r\n\r\n250 ok\r\n"}]


@pytest.mark.parametrize("number", range(len(HOSTILE_REPLIES)))
def test_no_reply_of_a_mail_server_costs_more_than_its_own_mail(token, number):
    """After the end of the message: at most uncertain, nobody twice, the sender small and alive, the others sent."""
    audience, lives = Audience(token, 30), sender_lives()
    mail({"stage": "dot", "to": audience.addresses[4], "accept": True, **HOSTILE_REPLIES[number]})
    campaign = audience.campaign().send()
    campaign.wait_accepted(20, 60)
    now = campaign.wait(seconds=150)
    assert now["accepted"] + now["uncertain"] + now["failed"] == 30 and now["uncertain"] + now["failed"] <= 8, now
    assert set(campaign.arrived().values()) == {1} and lives()
    size = int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{service_pid('sender')}/status").read())[1])
    assert size < 600000, f"{size} kB (with sanitizers)"


@pytest.mark.parametrize("how", [{"stage": "rcpt", "close": True}, {"stage": "data", "close": True}, {"stage": "rcpt", "raw": "what?\r\n"}])
def test_one_at_whom_the_server_breaks_off_is_not_tried_for_ever(token, how):
    """old: again and again, as nobody had refused it; the campaign never ended."""
    audience = Audience(token, 10)
    mail({"to": audience.addresses[4], **how})
    campaign = audience.campaign().send()
    def settled():
        now = campaign.progress()
        return now["accepted"] == 9 and now["deferred"] + now["uncertain"] == 1
    wait_until(settled, "the one to wait", 120)
    if how["stage"] == "data" and campaign.progress()["uncertain"]:  # it had said 354, and all of the body was on its way
        assert set(campaign.arrived().values()) == {1} and campaign.wait()["uncertain"] == 1
        return
    row, = [row for row in get(f"/api/campaigns/{campaign.id}/emails", token) if row["state"] == "deferred"]
    assert row["to_email"] == audience.addresses[4] and row["next_attempt_at"] and "(at " in row["error_message"], row
    assert set(campaign.arrived().values()) == {1}
    mail()
    assert campaign.act("pause")[0] == 200 and campaign.act("cancel")[0] == 200


FILES = ["a\r\nBcc: v@evil.example.pdf", "a\nContent-Type: text/html\n\n<b>x</b>.pdf", 'a"; filename="b.exe', "a\\\"\r\n\r\n.pdf", "a\x00b.pdf", "\u202efdp.exe.pdf", "a" * 190 + ".pdf", "ä" * 90 + ".pdf", "=?utf-8?B?YQ0KQmNjOiB2QGV2aWwuZXhhbXBsZQ==?=.pdf", "--b\r\n.pdf", "\u2028x\x85y.pdf"]


def test_no_name_of_a_file_begins_a_header_or_a_part(token):
    audience = Audience(token, 1)
    ids = []
    for number, name in enumerate(FILES):
        one = taken(token, b"%PDF-1.7\n" + bytes([number]) * 40, f"f{number}.pdf", kind="attachment")["id"]
        status, answer, _ = post(f"/api/media/{one}", token, {"name": name}, "PUT")
        assert status in (200, 400), (name, answer)
        ids.append(one)
    for some in (ids[:6], ids[6:]):
        clean_mail()
        audience.campaign(attachment_ids=some).send().wait()
        number = MAIL.messages(audience.addresses[0], exact=1)[0]["id"]
        heads_are_ours(number)
        message, source = read(number), MAIL.source(number)
        files = list(message.iter_attachments())
        assert len(files) == len(some) and all(part.get_content_type() == "application/pdf" for part in files), [part.get_filename() for part in files]
        assert not [line for line in source.split(b"\r\n") if line.lower().startswith((b"bcc:", b"<b>"))] and b"\n" not in source.replace(b"\r\n", b"")
    assert set(MAIL.counts()["to"]) == set(audience.addresses)


def test_nothing_that_is_said_of_a_single_email_begins_a_header(token):
    for number, hostile in enumerate(HOSTILE):
        for field, value in (("from_name", hostile), ("subject", hostile), ("reply_to", f"{hostile}@b.example"), ("variables", {"order": hostile}), ("from_email", f"a@b.example{hostile}"), ("to", f"x{hostile}@b.example")):
            to = f"one{number}{field.replace('_', '')}@singles.example"
            status, answer, _ = post("/api/emails", token, {"to": to, "subject": "Order {{order}}", "text_content": "Order {{order}}", "from_email": "shop@acme.example", "variables": {"order": "1"}, field: value})
            assert status in (202, 400), (field, answer)
            if status == 202:
                one = json.loads(answer)["id"]
                wait_until(lambda: get(f"/api/emails/{one}", token)["status"] != "pending", "the email", 60)
                found = MAIL.messages(to, exact=1)
                assert len(found) <= 1 and get(f"/api/emails/{one}", token)["status"] == ("sent" if found else "failed"), answer
                for row in found:
                    heads_are_ours(row["id"])
    assert all(to.endswith("@singles.example") for to in MAIL.counts()["to"])


SMUGGLED = "MAIL FROM:<evil@b.example>{0}RCPT TO:<victim@evil.example>{0}DATA{0}Subject: smuggled{0}{0}x"
ENDS = ["\r\n.\r\n", "\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r\n.\r", "\r\n..\r\n", "\x85.\x85", "\u2028.\u2028", "\x0b.\x0c", "=0D=0A.=0D=0A", "\n.", ".\n", "\n.\n.\n.\n"]


@pytest.mark.parametrize("strict", [True, False])
def test_nothing_that_is_written_ends_a_message(token, strict):
    """SMTP smuggling (CVE-2023-51764 and its kin) by a text, a value, a subject and a single email: one mail each, and it says what was written."""
    if not strict:
        mail(strict=False)
    audience = Audience(token, 1)
    people = get(f"/api/contacts?q={audience.addresses[0]}", token)[0]["id"]
    for number, end in enumerate(ENDS):
        hostile = f"before{end}" + SMUGGLED.format("\r\n" if "\r" in end else "\n") + end + "after"
        assert post(f"/api/contacts/{people}", token, {"first_name": hostile[:100]}, "PUT")[0] in (200, 400)
        campaign = audience.campaign(name=f"Smuggling {number}", text_content="Hi {{first_name}} " + hostile, html_content=f"<p>Hi {{{{first_name}}}} {hostile}</p><pre>{hostile}</pre><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p>")
        if number % 9 == 8:
            database("db.rate_buckets.delete_many({'_id': {'$regex': '^campaign_start'}})")
        campaign.send().wait()
        status, answer, _ = post("/api/emails", token, {"to": f"e{number}@singles.example", "subject": hostile[:200], "text_content": hostile, "from_email": "shop@acme.example"})
        assert status in (202, 400), answer
        if status == 202:
            one = json.loads(answer)["id"]
            wait_until(lambda: get(f"/api/emails/{one}", token)["status"] != "pending", "the email", 60)
        found = MAIL.messages(audience.addresses[0], exact=1, limit=100)
        assert len(found) == number + 1
        source = MAIL.source(found[0]["id"])
        heads_are_ours(found[0]["id"])
        assert b"\n" not in source.replace(b"\r\n", b"") and b"\r" not in source.replace(b"\r\n", b"")
        assert "after" in read(found[0]["id"]).get_body(("plain",)).get_content() and "smuggled" in read(found[0]["id"]).get_body(("html",)).get_content()
    assert {to for to in MAIL.counts()["to"] if not to.endswith("@singles.example")} == set(audience.addresses)
    assert not any("evil" in row["from"] for row in MAIL.messages(limit=200))


PUBLIC = ["/unsubscribe/", "/confirm/", "/view/", "/track/", "/click/", "/q/", "/r/", "/media/"]
ODD = ["%00", "%0d%0aSet-Cookie:%20a=b", "%ff%fe", "..%2f..%2fetc%2fpasswd", "a" * 3000, "%F0%9F%92%A9" * 60, "<script>", "%3Cscript%3Ealert(1)%3C/script%3E", "%E2%80%AE", "' OR 1=1--", "{{7*7}}", "$where", "%25%30%30", "A" * 64, "0" * 24, "~", "%2e%2e"]


@pytest.mark.parametrize("path", PUBLIC)
def test_no_bytes_of_a_link_are_believed(path):
    for odd in ODD:
        for method in ("GET", "HEAD", "POST"):
            status, body, heads = raw(path + urllib.parse.quote(odd, safe="%/~.'$<>{}*-=") + ("?u=https://evil.example/&to=//evil.example&next=https://evil.example" if method == "GET" else ""), method)
            assert status < 500, (path, odd, method, status)
            assert "a=b" not in (heads["Set-Cookie"] or "") and "evil" not in (heads["Location"] or ""), heads
            assert b"<script>alert" not in body and body != b"49"


def test_a_link_of_one_kind_opens_no_other(token):
    """The token of each link of a mail at the addresses of all others, and cut, doubled and in other letters."""
    audience = Audience(token, 1)
    audience.campaign(html_content='<p>Hi <a href="https://acme.example/a">look</a> <a href="{{view_url}}">view</a></p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p>').send().wait()
    page = read(MAIL.messages(audience.addresses[0], exact=1)[0]["id"]).get_body(("html",)).get_content()
    tokens = {kind: found for kind, found in re.findall(r"/(unsubscribe|view|track|click)/([\w.~-]+)", page)}
    assert set(tokens) >= {"unsubscribe", "track", "click"}, tokens
    for kind, one in tokens.items():
        for other in ("unsubscribe", "confirm", "view", "track", "click", "q", "r", "s", "hooks/inbound"):
            for bad in ([one] if other != kind else [one[:-1], one + one[-1], one + one, one.swapcase(), one[1:]]):
                for method in ("GET", "POST"):
                    status, body, heads = raw(f"/{other}/{bad}", method)
                    assert status < 500 and "acme.example" not in (heads["Location"] or ""), (kind, other, status)
                    assert status != 200 or b"Done" not in body, (kind, other)
    assert not get(f"/api/contacts?q={audience.addresses[0]}", token)[0].get("unsubscribed_at")
