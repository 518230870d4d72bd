"""The emails of a campaign that was sent: what became of each, as it was for its reader; sending again what nobody knows; erasing. D-027,
D-047 … D-050, D-060 … D-068, C-036, C-037, X-60."""
import csv, io, json, time

import pytest
from product import MAIL, Browser, call, cli, database, everything, first_user, get, mail, wait_until
from test_answering import raw, token_of
from test_own_lists import new_contact, new_list, send
from test_zy_erase import holding

CONTENT = ('<p>Hi {{first_name|default:"there"}}, <a href="https://acme.example/a">look</a></p>'
           '<p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p><p><a href="{{unsubscribe_url}}">Unsubscribe</a></p>')


def post(path, token):
    return call(path, token, "POST")


def clean_mail():
    MAIL.clean()
    mail()


class Audience:
    """A list with so many people, each with an address that nobody else has."""

    def __init__(self, token, count, first_name=lambda at: f"Ann{at}"):
        self.token, self.domain = token, f"m{time.monotonic_ns()}.example"
        self.list_id = new_list(token, f"Emails {self.domain}")["id"]
        self.addresses = [f"u{at}@{self.domain}" for at in range(count)]
        for at, address in enumerate(self.addresses):
            person = new_contact(token, email=address, first_name=first_name(at))
            assert send(f"/api/lists/{self.list_id}/contacts/{person['id']}", token, "POST")[0] == 200

    def campaign(self, subject="News"):
        """Sent: the request of that is answered, and no more."""
        status, made = send("/api/campaigns", self.token, "POST", {"name": f"Emails {self.domain}", "subject": subject, "from_email": "news@acme.example", "from_name": "Acme",
                                                                   "html_content": CONTENT, "list_ids": [self.list_id]})
        assert status == 200, made
        database("db.rate_buckets.delete_many({'_id': {'$regex': '^campaign_start'}})")
        assert send(f"/api/campaigns/{made['id']}/send", self.token, "POST")[0] == 200
        return Campaign(self, made["id"])


class Campaign:
    def __init__(self, audience, name):
        self.audience, self.token, self.id = audience, audience.token, name

    def progress(self):
        return get(f"/api/campaigns/{self.id}/progress", self.token)

    def wait(self):
        wait_until(lambda: self.progress()["status"] == "sent" and self.progress()["percent"] == 100, "the campaign to be sent")
        return self.progress()

    def arrived(self):
        """How many mails each recipient got."""
        return {to: count for to, count in MAIL.counts()["to"].items() if to.endswith("@" + self.audience.domain)}


@pytest.fixture(autouse=True)
def server():
    clean_mail()
    yield
    clean_mail()


@pytest.fixture(scope="module")
def mixed(token):
    """Of eight one is refused, and of one nobody knows."""
    clean_mail()
    audience = Audience(token, 8)
    refused, lost = audience.addresses[2:4]
    mail({"stage": "rcpt", "to": refused, "reply": f"550 5.1.1 <{refused}>: no such user"}, {"stage": "dot", "to": lost, "drop": True, "accept": True, "times": 1})
    campaign = audience.campaign("News for {{first_name}}")
    campaign.wait()
    campaign.came = MAIL.message(MAIL.messages(audience.addresses[1], exact=1)[0]["id"])
    return audience, campaign, refused, lost


def emails(campaign, token, **query):
    return everything(f"/api/campaigns/{campaign.id}/emails?" + "&".join(f"{name}={value}" for name, value in query.items()), token, 3)


def one(campaign, token, address):
    return next(row for row in emails(campaign, token) if row["to_email"] == address)


def place(name):
    """Campaign, block and index of an email, by its name."""
    bare = name.removeprefix("email_")
    return bare[:24], int(bare[24:28], 16), int(bare[28:], 16)


def test_each_email_is_listed_as_it_was(token, mixed):
    audience, campaign, refused, lost = mixed
    listed = emails(campaign, token)
    rows = sorted(listed, key=lambda row: row["to_email"])
    assert [row["id"] for row in listed] == [f"email_{campaign.id}0000{at:03x}" for at in range(8)]
    assert [row["to_email"] for row in rows] == audience.addresses and len({row["id"] for row in rows}) == 8
    first = rows[0]
    assert first["status"] == "sent" and first["sent_time"] and first["error_message"] is None
    assert first["subject"] == "News for Ann0" and "Hi Ann0" in first["html_content"] and "Hi Ann0" in first["text_content"]
    assert first["from_email"] == "news@acme.example" and first["campaign_id"] == campaign.id
    assert first["delivered_time"] is None and first["bounced_time"] is None and first["unsubscribed_time"] is None
    for member in ("tracking_pixel_id", "unsubscribe_link_id"):
        assert len({row[member] for row in rows}) == 8
    assert get(f"/api/emails/{first['id']}", token) == first


def test_an_email_written_again_is_the_one_that_arrived(token, mixed):
    audience, campaign, *_ = mixed
    shown = one(campaign, token, audience.addresses[1])
    assert shown["html_content"].split() == campaign.came["html"].split() and shown["text_content"].split() == campaign.came["text"].split()
    status, source, _ = call(f"/emails/{shown['id']}/source", token)
    assert status == 200 and "News for Ann1" in source and shown["unsubscribe_link_id"] in source.replace("=\r\n", "").replace("=\n", "")


def test_what_failed_and_why(token, mixed):
    audience, campaign, refused, lost = mixed
    failed = sorted(emails(campaign, token, status="failed"), key=lambda row: row["to_email"])
    assert [row["to_email"] for row in failed] == [refused, lost]
    assert failed[0]["failure_code"] == "no_mailbox" and failed[0]["server_code"] == 550 and failed[0]["state"] == "failed"
    assert failed[0]["error_message"].startswith("No such mailbox: 550 5.1.1")
    assert failed[1]["failure_code"] == "handoff_unknown" and failed[1]["state"] == "uncertain" and "may have arrived" in failed[1]["error_message"]
    assert [row["to_email"] for row in emails(campaign, token, status="uncertain")] == [lost]
    assert len(emails(campaign, token, status="sent")) == 6 and emails(campaign, token, status="pending") == []
    assert sorted(row["to_email"] for row in get(f"/api/campaigns/{campaign.id}/errors", token)) == [refused, lost]
    rows = list(csv.DictReader(io.StringIO(call(f"/api/campaigns/{campaign.id}/emails.csv", token)[1])))
    codes = {row["to_email"]: row["failure_code"] for row in rows}
    assert sorted(codes) == audience.addresses and codes[refused] == "no_mailbox" and codes[lost] == "handoff_unknown"
    assert '<span>No such mailbox</span><span class="n">1</span>' in call(f"/campaigns/{campaign.id}/monitor", token)[1]


@pytest.mark.parametrize("path, status, words", [
    ("/api/campaigns/{id}/emails?status=odd", 400, "not a status"), ("/api/campaigns/{id}/emails?cursor=odd", 400, "cursor"), ("/api/campaigns/{id}/emails?limit=101", 400, "100"),
    ("/api/emails/email_{id}ffff000", 404, ""), ("/api/emails/email_{id}0000fff", 404, ""), ("/api/emails/odd", 404, ""), ("/api/emails/email_0123456789abcdef012345670000000", 404, "")])
def test_what_is_asked_wrongly_is_refused(token, mixed, path, status, words):
    answer = call(path.format(id=mixed[1].id), token)
    assert answer[0] == status and words in answer[1], answer
    assert call(path.format(id=mixed[1].id))[0] == 401


def test_an_observed_campaign_has_no_emails(token):
    campaign = next(row["id"] for row in get("/api/campaigns?status=sent&origin=synced&limit=50", token) if row["has_report"])
    assert get(f"/api/campaigns/{campaign}/emails", token) == [] and get(f"/api/campaigns/{campaign}/errors", token) == []
    assert call(f"/campaigns/{campaign}/messages", token)[0] == 404


def test_while_it_is_sent_each_is_listed_as_it_is_now(token):
    """One is put off: its block is not done."""
    audience = Audience(token, 6)
    later = audience.addresses[0]
    mail({"stage": "rcpt", "to": later, "reply": "450 4.2.0 greylisted"})
    campaign = audience.campaign()
    wait_until(lambda: campaign.progress()["accepted"] == 5 and campaign.progress()["deferred"] == 1, "all but one")
    rows = {row["to_email"]: row for row in emails(campaign, token)}
    assert sorted(rows) == audience.addresses
    assert rows[later]["status"] == "pending" and rows[later]["state"] == "deferred" and rows[later]["next_attempt_at"] and rows[later]["failure_code"] == "greylisted"
    assert [row["to_email"] for row in emails(campaign, token, status="deferred")] == [later] and len(emails(campaign, token, status="sent")) == 5
    assert len(list(csv.DictReader(io.StringIO(call(f"/campaigns/{campaign.id}/messages.csv?state=accepted", token)[1])))) == 5
    assert "Tried again" in call(f"/campaigns/{campaign.id}/messages?to={later}", token)[1]
    assert send(f"/api/campaigns/{campaign.id}/stop", token, "POST")[0] == 200
    status, answer, _ = post(f"/api/campaigns/{campaign.id}/emails/again", token)
    assert status == 409 and "cancelled" in answer, answer


def test_an_uncertain_email_is_sent_again_once_and_no_other(token):
    audience = Audience(token, 4)
    lost, sent = audience.addresses[1], audience.addresses[0]
    mail({"stage": "dot", "to": lost, "drop": True, "times": 1})
    campaign = audience.campaign()
    assert campaign.wait()["uncertain"] == 1
    name = one(campaign, token, lost)["id"]
    status, answer, _ = post(f"/api/emails/{one(campaign, token, sent)['id']}/again", token)
    assert status == 409 and "Only an uncertain email can be sent again" in answer, answer
    answers = sorted(post(f"/api/emails/{name}/again", token)[0] for _ in range(2))
    assert answers == [200, 409]
    wait_until(lambda: campaign.progress()["accepted"] == 4, "the email that is sent again")
    wait_until(lambda: get(f"/api/emails/{name}", token)["status"] == "sent", "what became of it")
    assert campaign.wait()["uncertain"] == 0 and campaign.arrived() == dict.fromkeys(audience.addresses, 1)
    assert post(f"/api/emails/{name}/again", token)[0] == 409
    assert "Asked to be sent again" in call(f"/emails/{name}", token)[1]
    assert [row["status"] for row in emails(campaign, token)] == ["sent"] * 4


def test_all_uncertain_ones_are_sent_again_at_once(token):
    audience = Audience(token, 3)
    mail({"stage": "dot", "to": audience.addresses[0], "drop": True, "times": 1}, {"stage": "dot", "to": audience.addresses[2], "drop": True, "times": 1})
    campaign = audience.campaign()
    assert campaign.wait()["uncertain"] == 2
    assert "Send 2 uncertain emails" in call(f"/campaigns/{campaign.id}/messages/again", token)[1]
    status, answer, _ = post(f"/api/campaigns/{campaign.id}/emails/again", token)
    assert status == 200 and json.loads(answer)["count"] == 2
    wait_until(lambda: campaign.progress()["accepted"] == 3, "the emails that are sent again")
    assert campaign.arrived() == dict.fromkeys(audience.addresses, 1)
    wait_until(lambda: post(f"/api/campaigns/{campaign.id}/emails/again", token)[0] == 409, "nothing to be left")


def test_an_uncertain_email_that_is_opened_has_arrived(token):
    audience = Audience(token, 3)
    mail({"stage": "dot", "to": audience.addresses[0], "drop": True, "times": 1}, {"stage": "dot", "to": audience.addresses[2], "drop": True, "times": 1})
    campaign = audience.campaign()
    assert campaign.wait()["uncertain"] == 2
    doubtful = {row["to_email"]: row["id"] for row in emails(campaign, token, status="uncertain")}
    opened, other = doubtful[audience.addresses[0]], doubtful[audience.addresses[2]]
    assert raw(f"/track/{token_of('p', *place(opened))}")[0] == 200
    wait_until(lambda: campaign.progress()["uncertain"] == 1, "the one that was opened to be accepted")
    wait_until(lambda: get(f"/api/emails/{opened}", token)["status"] == "opened", "what became of it")
    email = get(f"/api/emails/{opened}", token)
    assert email["failure_code"] is None and email["sent_time"] <= email["opened_time"], "it was taken when it was handed over"
    assert "It arrived after all" in call(f"/emails/{opened}", token)[1]
    assert campaign.progress()["accepted"] == 2 and get(f"/api/emails/{other}", token)["failure_code"] == "handoff_unknown"
    assert any(row["text"] == "1 uncertain email was sent after all: it was opened or clicked" for row in get(f"/api/campaigns/{campaign.id}/logs", token))
    assert post(f"/api/emails/{opened}/again", token)[0] == 409


def test_the_mail_servers_log_says_which_have_arrived(token):
    audience = Audience(token, 4)
    mail(*({"stage": "dot", "to": to, "drop": True, "times": 1} for to in audience.addresses[:3]))
    campaign = audience.campaign()
    assert campaign.wait()["uncertain"] == 3
    doubtful = emails(campaign, token, status="uncertain")
    ids = ["{}.{:x}.{:x}@acme.example".format(*place(row["id"])) for row in doubtful]
    log = "".join(f"Nov 28 09:00:00 mx postfix/cleanup[8]: 4F2A{at}: message-id=<{one}>\n" for at, one in enumerate(ids))
    queued = "Nov 28 09:00:00 mx postfix/qmgr[7]: 4F2A1: from=<b@acme.example>, size=901, nrcpt=1 (queue active)\n"

    def reconcile(text, *words):
        return json.loads(cli("reconcile", campaign.id, *words, "--json", input=text).stdout)
    assert reconcile("") == reconcile(log) == {"uncertain": 3, "found": 0, "sent_again": 0}, "nothing is queued"
    assert reconcile(log + queued) == {"uncertain": 3, "found": 1, "sent_again": 0}
    wait_until(lambda: campaign.progress()["uncertain"] == 2, "the one that is in the log to be accepted")
    assert campaign.arrived() == {audience.addresses[3]: 1}, "nothing is sent again by itself"
    assert reconcile(log, "--send-missing") == {"uncertain": 2, "found": 0, "sent_again": 2}
    wait_until(lambda: campaign.progress()["accepted"] == 4, "the others to be sent again")
    assert campaign.arrived() == {to: 1 for to in audience.addresses if to != doubtful[1]["to_email"]}
    assert "no campaign of one's own" in cli("reconcile", "campaign_nothing", check=False, input="").stderr
    observed = next(row["id"] for row in get("/api/campaigns?limit=50", token) if row.get("origin") != "own")
    assert "no campaign of one's own" in cli("reconcile", observed, check=False, input="").stderr


def test_what_failed_for_another_reason_than_its_address_is_sent_again(token):
    """D-058: retry."""
    audience = Audience(token, 6)
    refused, nobody, one_more = audience.addresses[:3]
    mail({"stage": "rcpt", "to": [refused, one_more], "reply": "554 5.3.0 not now"}, {"stage": "rcpt", "to": nobody, "reply": "550 5.1.1 no such user"})
    campaign = audience.campaign()
    assert campaign.wait()["failed"] == 3
    assert post(f"/api/emails/{one(campaign, token, nobody)['id']}/again", token)[0] == 409
    mail()
    assert post(f"/api/emails/{one(campaign, token, one_more)['id']}/again", token)[0] == 200
    wait_until(lambda: campaign.progress()["accepted"] == 4, "the one that was asked for")
    assert "Send the failed emails" in call(f"/campaigns/{campaign.id}/messages/retry", token)[1]
    assert "can be sent again" in call(f"/campaigns/{campaign.id}/messages?state=failed", token)[1]
    status, answer, _ = post(f"/api/campaigns/{campaign.id}/emails/retry", token)
    assert status == 200 and json.loads(answer)["count"] == 1, answer
    wait_until(lambda: campaign.progress()["accepted"] == 5, "the other one")
    assert campaign.wait()["failed"] == 1 and campaign.arrived() == dict.fromkeys([a for a in audience.addresses if a != nobody], 1)
    wait_until(lambda: post(f"/api/campaigns/{campaign.id}/emails/retry", token)[0] == 409, "nothing to be left")
    assert any(row["text"] == "Asked to send 1 failed email again" for row in get(f"/api/campaigns/{campaign.id}/logs", token))


def test_pages(token, mixed):
    audience, campaign, refused, lost = mixed
    browser = Browser()
    browser.sign_in(*first_user())
    status, page, _ = browser.open(f"/campaigns/{campaign.id}/messages")
    assert status == 200 and all(address in page for address in audience.addresses) and "may or may not have arrived" in page and "No such mailbox: 550" in page
    status, page, _ = browser.open(f"/campaigns/{campaign.id}/messages?to={refused.upper()}")
    assert status == 200 and refused in page and lost not in page
    assert "No emails here" in browser.open(f"/campaigns/{campaign.id}/messages?to=nobody@nowhere.example")[1]
    page = browser.open(f"/campaigns/{campaign.id}/messages?state=uncertain")[1]
    assert lost in page and refused not in page
    name = one(campaign, token, lost)["id"]
    page = browser.open(f"/emails/{name}")[1]
    assert "It may have arrived" in page and "Handed over to the mail server" in page and "Send again" in page and "News for Ann3" in page
    status, frame, _ = browser.open(f"/emails/{name}/frame")
    assert status == 200 and "Hi Ann3" in frame and "/track" not in frame and "/click" not in frame and "https://acme.example/a" in frame


def test_a_person_counts_only_among_those_who_were_sent_it(token):
    """old: whoever was on the list counted, also before the email was sent, and whoever joined after it."""
    audience = Audience(token, 1)
    campaign = audience.campaign()
    campaign.wait()
    ident = get(f"/api/contacts?q={audience.addresses[0]}", token)[0]["id"]
    late = new_contact(token, email=f"late@{audience.domain}")["id"]
    assert send(f"/api/lists/{audience.list_id}/contacts/{late}", token, "POST")[0] == 200
    page = lambda one: call(f"/contacts/{one}", token)[1].replace("\u00a0", " ")
    wait_until(lambda: "0 of 1" in page(ident), "the campaign to be counted", 60)
    assert "of 1" not in page(late) and "of our own, those that were sent to them" in page(ident)


def test_the_timeline_has_emails_and_whoever_is_erased_is_erased_from_them(token):
    audience = Audience(token, 3, first_name=lambda at: "Erasmus" if at == 1 else "Ann")
    gone = audience.addresses[1]
    mail({"stage": "rcpt", "to": gone, "reply": f"550 5.1.1 <{gone}>: no such user"})
    campaign = audience.campaign("News for {{first_name}}")
    campaign.wait()
    name = one(campaign, token, gone)["id"]
    assert {"block_messages", "dispatch_blocks", "send_journal"} <= set(holding(gone))
    other = get(f"/api/contacts?q={audience.addresses[0]}", token)[0]["id"]
    assert f"/emails/{one(campaign, token, audience.addresses[0])['id']}" in call(f"/contacts/{other}", token)[1], "the timeline links the email"
    person = get(f"/api/contacts?q={gone}", token)[0]["id"]
    assert call(f"/api/contacts/{person}", token, "DELETE")[0] == 200
    assert not {"block_messages", "dispatch_blocks", "send_journal"} & set(holding(gone)), holding(gone)
    row = get(f"/api/emails/{name}", token)
    assert row["is_erased"] and row["status"] == "failed" and row["error_message"] == "No such mailbox"
    assert row["to_email"] is row["contact_id"] is row["subject"] is row["html_content"] is None
    assert {other["to_email"] for other in emails(campaign, token)} == {audience.addresses[0], None, audience.addresses[2]}
    assert "What it said is gone" in call(f"/emails/{name}", token)[1] and call(f"/emails/{name}/source", token)[0] == 404
