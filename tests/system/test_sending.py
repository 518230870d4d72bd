"""Campaigns are sent: everybody once, whatever refuses, hangs up, dies or changes meanwhile. C-027 … C-041, C-061 … C-065, D-005, X-60; the faults of
others are rows Q, S and C of the sending cases."""
import json, random, re, time

import pytest
from product import MAIL, call, database, get, mail, start_service, stop_service, wait_until
from sending import CONTENT, Audience, clean_mail, kill_senders, made, post, read


@pytest.fixture(autouse=True)
def server():
    clean_mail()
    yield
    clean_mail()


def test_everybody_gets_it_once(token):
    """H-Q1: more people than any batch."""
    audience = Audience(token, 1300, first_name=lambda at: f"Ann{at}" if at % 3 else "")
    campaign = audience.campaign(subject="News for {{first_name|default:\"you\"}}").send()
    now = campaign.wait()
    assert (now["total"], now["accepted"], now["percent"]) == (1300, 1300, 100)
    assert campaign.arrived() == dict.fromkeys(audience.addresses, 1)
    person = get(f"/api/contacts?q={audience.addresses[1]}", token)[0]
    assert get(f"/api/contacts/{person['id']}", token)["email_stats"]["emails_sent"] == 1
    one = MAIL.messages(audience.addresses[1], exact=1)[0]
    message = read(one["id"])
    assert message["Subject"] == "News for Ann1" and message["From"] == "Acme <news@acme.example>" and message["To"] == audience.addresses[1]
    assert "Hi Ann1" in message.get_body(("html",)).get_content() and "Hi Ann1" in message.get_body(("plain",)).get_content()
    assert re.fullmatch(r"<http\S+/unsubscribe/\S+>", message["List-Unsubscribe"]) and message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Unsubscribe" in message.get_body(("html",)).get_content()
    other = read(MAIL.messages(audience.addresses[3], exact=1)[0]["id"])
    assert other["Subject"] == "News for you" and "Hi there" in other.get_body(("html",)).get_content()
    assert len({read(row["id"])["Message-ID"] for row in MAIL.messages(f"@s{audience.number}.example", limit=50)}) == 50


def test_a_test_email_is_what_will_be_sent(token):
    """H-P2, H-P3: styles, conditions and the unsubscribe link are the same in both, but for its token. Test emails are not tracked."""
    audience = Audience(token, 1, first_name=lambda at: "Ann")
    html = ('<html><head><style>.card { color: #123456 } @media (max-width: 600px) { .card { width: 100% } }</style></head><body class="card" style="background: #fafafa">'
            '<p>Hi {{first_name|default:"there"}}, <a href="https://acme.example/a?x=1">look</a></p>{% if first_name %}<p>You are known</p>{% endif %}'
            '<p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p><p><a href="{{unsubscribe_url}}">Leave</a></p></body></html>')
    campaign = audience.campaign(html_content=html, text_content="Hi {{first_name}}\nAcme GmbH, Hauptstr. 1, 10115 Berlin\nLeave: {{unsubscribe_url}}", settings={"track_opens": False, "track_clicks": False})
    status, answer, _ = post(f"/api/campaigns/{campaign.id}/test", token, {"to": audience.addresses})
    assert status == 202, answer
    wait_until(lambda: MAIL.messages(audience.addresses[0], exact=1), "the test email", 60)
    tried = read(MAIL.messages(audience.addresses[0], exact=1)[0]["id"])
    campaign.send().wait()
    sent = next(one for one in (read(row["id"]) for row in MAIL.messages(audience.addresses[0], exact=1)) if not one["X-Telltale-Test"])
    assert tried["X-Telltale-Test"] == "yes" and tried["Subject"] == sent["Subject"] and tried["From"] == sent["From"]

    def body(message, kind):
        return re.sub(r"/unsubscribe/[\w-]+", "/unsubscribe/TOKEN", message.get_body((kind,)).get_content())
    for kind in ("html", "plain"):
        assert body(tried, kind) == body(sent, kind)
        assert re.search(r"http\S+/unsubscribe/[\w-]{20,}", sent.get_body((kind,)).get_content()) and "/unsubscribe/test" in tried.get_body((kind,)).get_content()
    assert "color: #123456" in body(tried, "html") and "You are known" in body(tried, "html")


def test_a_campaign_of_a_template_has_its_subject(token):
    """old: lists of campaigns named none once it was sent, and no search found it by its subject."""
    audience = Audience(token, 2)
    template = made("/api/templates", token, {"name": f"Letter {audience.number}", "subject": f"Walnuts {audience.number}", "html_content": CONTENT})
    campaign = audience.campaign(subject=None, html_content=None, template_id=template["id"]).send()
    campaign.wait()
    row = get(f"/api/campaigns?q=Walnuts+{audience.number}", token)[0]
    assert row["id"] == campaign.id and row["subject"] == f"Walnuts {audience.number}"


def test_a_second_start_changes_nothing(token):
    audience = Audience(token, 5)
    campaign = audience.campaign().send()
    assert campaign.act("send")[0] == 409
    assert campaign.wait()["accepted"] == 5 and campaign.act("send")[0] == 409
    assert campaign.arrived() == dict.fromkeys(audience.addresses, 1)


def test_killed_senders_lose_and_double_nobody(token):
    """H-Q2, H-Q6: while recipients are being written down, too."""
    audience, chance = Audience(token, 2000), random.Random(7)
    mail({"stage": "dot", "delay": 0.02})
    campaign, kills = audience.campaign().send(), 0
    while campaign.progress()["status"] != "sent" and kills < 12:
        time.sleep(chance.uniform(0.2, 1.2))
        kills += kill_senders()
    now, arrived = campaign.wait(seconds=240), campaign.arrived()
    assert now["total"] == 2000 and now["accepted"] + now["uncertain"] == 2000
    assert set(arrived.values()) == {1}, "somebody got it twice"
    assert now["accepted"] <= len(arrived) <= 2000 and now["uncertain"] <= 8 * kills
    print(f"{kills} kills: {now['uncertain']} uncertain, of which {len(arrived) - now['accepted']} arrived")


def test_the_server_hangs_up_after_fifty(token):
    """H-Q3; paused and resumed on the way."""
    audience = Audience(token, 300)
    mail({"stage": "mail", "of_session": 50, "reply": "421 4.7.0 enough"}, {"stage": "dot", "delay": 0.1})
    campaign = audience.campaign().send()
    for least in (60, 160):
        campaign.wait_accepted(least)
        assert campaign.act("pause")[0] == 200
        campaign.wait("paused")
        assert campaign.act("resume")[0] == 200
    assert campaign.wait()["accepted"] == 300
    assert campaign.arrived() == dict.fromkeys(audience.addresses, 1)


def test_one_who_is_refused_stops_nobody(token):
    """H-Q4, H-Q7, H-S1: at RCPT, at the end of the message; the session goes on without 503."""
    audience = Audience(token, 100)
    mail({"stage": "rcpt", "to": audience.addresses[10], "reply": "550 5.1.1 no such user"},
         {"stage": "dot", "to": audience.addresses[11], "reply": "554 5.7.1 inactive"})
    campaign = audience.campaign().send()
    now = campaign.wait()
    assert (now["accepted"], now["failed"]) == (98, 2)
    row = get(f"/api/campaigns/{campaign.id}", token)
    figures = row["current_metrics"]
    assert (figures["sent"], figures["bounced"], row["sent_count"], row["delivered_count"], row["bounced_count"]) == (99, 1, 99, 98, 1)
    assert [point["metrics"]["sent"] for point in get(f"/api/campaigns/{campaign.id}/snapshots", token)][-1] == 99
    gone = get(f"/api/contacts?q={audience.addresses[10]}", token)[0]
    assert gone["suppressed"] == "bounced" and get(f"/api/contacts?q={audience.addresses[11]}", token)[0]["suppressed"] is None
    assert not [line for line in MAIL.log(limit=400000) if line["code"] == 503]


def test_nothing_more_is_handed_over_after_a_pause(token):
    audience = Audience(token, 400)
    mail({"stage": "dot", "delay": 0.05})
    campaign = audience.campaign().send()
    campaign.wait_accepted(40)
    assert campaign.act("pause")[0] == 200
    before, last = -1, MAIL.counts(True)["accepted"]
    while before != last:
        before = last
        time.sleep(2)
        last = MAIL.counts(True)["accepted"]
    assert campaign.progress()["status"] == "paused" and last < 400
    time.sleep(3)
    assert MAIL.counts(True)["accepted"] == last
    assert campaign.act("resume")[0] == 200 and campaign.wait()["accepted"] == 400
    assert campaign.arrived() == dict.fromkeys(audience.addresses, 1)


def test_cancelled_is_cancelled(token):
    audience = Audience(token, 700)
    mail({"stage": "dot", "delay": 0.05})
    campaign = audience.campaign().send()
    campaign.wait_accepted(20)
    assert campaign.act("stop")[0] == 200
    wait_until(lambda: campaign.progress()["pending"] + campaign.progress()["handing"] == 0, "the rest to be cancelled")
    now = campaign.wait("cancelled")
    assert now["cancelled"] > 0 and now["accepted"] + now["cancelled"] + now["uncertain"] == 700
    assert sum(campaign.arrived().values()) == now["accepted"]


def test_who_was_put_off_is_cancelled_at_once(token):
    """Not when their next try is due."""
    audience = Audience(token, 5)
    mail({"stage": "rcpt", "reply": "451 4.7.1 greylisted"})
    campaign = audience.campaign().send()
    wait_until(lambda: campaign.progress()["deferred"] == 5, "all to be put off")
    assert campaign.act("stop")[0] == 200
    wait_until(lambda: campaign.progress()["cancelled"] == 5, "all to be cancelled", 30)


def test_who_is_suppressed_erased_or_unsubscribed_meanwhile_gets_nothing(token):
    """H-Q5, H-U7, H-U8."""
    audience = Audience(token, 100)
    early, late, gone = audience.addresses[5], audience.addresses[90], audience.addresses[95]
    assert post("/api/suppressions", token, {"address": early.upper()})[0] == 200
    campaign = audience.campaign(send_rate_limit_emails=600)
    mail({"stage": "rcpt", "delay": 0.3})
    campaign.send().wait_accepted(3)
    people = {row["email"]: row["id"] for row in (get(f"/api/contacts?q={address}", token)[0] for address in (late, gone))}
    assert post("/api/suppressions", token, {"address": late})[0] == 200
    assert call(f"/api/contacts/{people[gone]}", token, "DELETE")[0] in (200, 202, 204)
    now, arrived = campaign.wait(), campaign.arrived()
    assert late not in arrived and gone not in arrived and early not in arrived
    assert (now["total"], now["suppressed"], now["left_out"]["suppressed"], now["accepted"]) == (99, 2, 1, 97)


def test_who_is_suppressed_by_a_process_that_is_killed_before_it_says_so_gets_nothing(token):
    """The suppression is written, and nothing else: neither the person's document nor the version of people."""
    audience = Audience(token, 150)
    mail({"stage": "dot", "delay": 2})
    campaign = audience.campaign().send()
    campaign.wait_accepted(1)
    late = audience.addresses[149]
    database(f"db.suppressions.insert_one({{'key': '{late}', 'value': '{late}', 'kind': 'email', 'reason': 'complained', 'is_active': True, 'at': __import__('datetime').datetime.now(), 'rev': 1}})")
    assert campaign.progress()["accepted"] < 70, "it was to be slower"
    now = campaign.wait()
    assert (now["suppressed"], now["accepted"]) == (1, 149) and late not in campaign.arrived(), now
    database(f"db.suppressions.delete_many({{'key': '{late}'}})")


def test_an_end_that_was_not_told_is_told(token):
    """The sender is killed between the campaign's end and what follows from it: whoever takes its block again makes up for that."""
    campaign = Audience(token, 2).campaign().send()
    campaign.wait()
    database(f"""
from bson import ObjectId
import datetime
one, now = ObjectId("{campaign.id.removeprefix('campaign_')}"), datetime.datetime.utcnow()
assert db.dispatches.update_one({{'_id': one}}, {{'$unset': {{'ended_at': 1}}}}).modified_count == 1
assert db.notices.delete_many({{'key': f'campaign:{{one}}:ended:0'}}).deleted_count == 1
block = db.dispatch_states.find_one({{'campaign_id': one}})['_id']
db.jobs.insert_one({{'kind': 'send_block', 'key': f'block:{{one}}:{{block}}', 'subject': block, 'state': 'queued', 'rev': 1, 'fence': 1000, 'attempts': 0, 'wait_ms': 0, 'asked_at': now, 'due_at': now}})""")
    wait_until(lambda: campaign.progress()["ended_at"], "its end", 60)
    assert [row for row in get("/api/notifications", token) if row["campaign"] == campaign.id and "Sent: 2 of 2" in row["words"]]
    assert set(campaign.arrived().values()) == {1}


def test_without_an_answer_to_the_end_it_is_uncertain_and_not_sent_again(token):
    """X-60: nobody knows whether it arrived."""
    audience = Audience(token, 40)
    mail({"stage": "dot", "to": audience.addresses[7], "drop": True, "accept": True}, {"stage": "dot", "to": audience.addresses[8], "drop": True, "accept": False})
    now = audience.campaign().send().wait()
    assert (now["accepted"], now["uncertain"], now["failed"]) == (38, 2, 0)
    arrived = MAIL.counts()["to"]
    assert arrived[audience.addresses[7]] == 1 and audience.addresses[8] not in arrived


def test_the_limit_of_the_system_holds(token):
    """X-15: no more than so many in any second, by all senders together."""
    audience = Audience(token, 60)
    stop_service("sender")
    from product import SETTINGS
    usual = SETTINGS["MAX_EMAILS_PER_SECOND"] if "MAX_EMAILS_PER_SECOND" in SETTINGS else "0"
    SETTINGS["MAX_EMAILS_PER_SECOND"] = "10"
    start_service("sender")
    try:
        began = time.monotonic()
        assert audience.campaign().send().wait()["accepted"] == 60
        assert time.monotonic() - began > 4, "six seconds have tokens for 60, of the first and the last perhaps only a moment"
        taken = sorted(row["at"] for row in MAIL.messages(f"@s{audience.number}.example", limit=1000))
        assert len(taken) == 60
    finally:
        stop_service("sender")
        SETTINGS["MAX_EMAILS_PER_SECOND"] = usual
        start_service("sender")


@pytest.mark.parametrize("members, subject, sender", [
    ({"subject": "{{company}}: {{first_name}}"}, "Komé: M'eating & Co", "Acme <news@acme.example>"),
    ({"subject": "🚀 Start 👨‍👩‍👧 jetzt", "from_name": "Team 🎉"}, "🚀 Start 👨‍👩‍👧 jetzt", "Team 🎉 <news@acme.example>"),
    ({"subject": "Venera 🍀 posted", "from_name": "Care Team, Billing"}, "Venera 🍀 posted", '"Care Team, Billing" <news@acme.example>'),
])
def test_subjects_and_senders_arrive_as_written(token, members, subject, sender):
    """H-C1, H-C2, H-C5, H-C7."""
    audience = Audience(token, 1, first_name=lambda at: "M'eating & Co", company=lambda at: "Komé")
    audience.campaign(**members).send().wait()
    row = MAIL.messages(audience.addresses[0], exact=1)[0]
    message = read(row["id"])
    assert message["Subject"] == subject and str(message["From"]) == sender and "=?" not in message["Subject"]
    assert row["from"] == "news@acme.example"


def test_a_long_line_of_html_is_cut_nowhere(token):
    """H-C3: every line on the wire is short, and what is read is what was written."""
    body = "".join(f'<a href="https://acme.example/{at}">link number {at} with some more words</a>' for at in range(700))
    audience = Audience(token, 1)
    audience.campaign(html_content=f"<html><body>{body}<p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p></body></html>", settings={"track_opens": False, "track_clicks": False}).send().wait()
    number = MAIL.messages(audience.addresses[0], exact=1)[0]["id"]
    assert MAIL.message(number)["longest_line"] <= 998 and MAIL.message(number)["bare_lines"] == 0
    assert body in read(number).get_body(("html",)).get_content()


def test_campaigns_of_our_own_are_compared_and_reported(token):
    """Once something of them is sent, as all others; a draft is not."""
    database("db.rate_buckets.delete_many({'_id': {'$regex': '^campaign_start'}})")
    campaigns = [Audience(token, 2).campaign().send() for _ in range(2)]
    for campaign in campaigns:
        campaign.wait()
    ids = [campaign.id.removeprefix("campaign_") for campaign in campaigns]
    listed = lambda: {row["id"].removeprefix("campaign_") for row in get("/api/campaigns?limit=10", token)}
    wait_until(lambda: set(ids) <= listed(), "both to be listed")
    status, page, _ = call("/compare?" + "&".join(f"id={one}" for one in ids), token)
    assert status == 200 and "Compare two campaigns" in page
    status, answer, _ = post("/api/reports", token, {"campaigns": ids, "title": "Our own"})
    assert status < 300, answer
    report = json.loads(answer)["id"]
    wait_until(lambda: get(f"/api/reports/{report}", token)["state"] == "ready", "the report", 60)
    assert call(f"/api/reports/{report}", token, "DELETE")[0] == 200
    draft = Audience(token, 1).campaign().id.removeprefix("campaign_")
    assert call(f"/compare?id={ids[0]}&id={draft}", token)[0] == 400
    assert post("/api/reports", token, {"campaigns": [draft], "title": "A draft"})[0] in (400, 422)
