"""What people do with a mail, by real mails: where its links lead, who is unsubscribed by what, who gets nothing any more and from when on, and what the
results of a campaign say in the end. Rows L and U of the sending cases, C-049 … C-052, C-081. RESPONSE_ACTS, RESPONSE_PEOPLE and
RESPONSE_HITS make more of it by hand."""
import asyncio, base64, concurrent.futures, datetime, html.parser, json, os, random, re, threading, time

import bson, pytest
from product import MAIL, PORT, SETTINGS, call, get, mail, wait_until
from sending import Audience, clean_mail, made, post, read, settled
from test_answering import FORM, ONE_CLICK, folded, hits, raw, token_of
from test_hooks import event, hooked, report
from test_import import run
from test_inbound import reason
from test_subscribing import mails_to, opened, owner, sign_up

assert hooked and owner  # fixtures
ACTS = int(os.environ.get("RESPONSE_ACTS", "60"))
PEOPLE = int(os.environ.get("RESPONSE_PEOPLE", "500"))
HITS, CONNECTIONS = int(os.environ.get("RESPONSE_HITS", "2000")), int(os.environ.get("RESPONSE_CONNECTIONS", "200"))
ADDRESS = "<p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p>"


@pytest.fixture(autouse=True)
def server():
    clean_mail()
    yield
    clean_mail()


class Links(html.parser.HTMLParser):
    """Where the links of a page lead, as a mail program reads them."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.found.append(dict(attrs).get("href"))


def asked(path, method="GET", **headers):
    """Whoever asks faster than an address may waits for it."""
    while (answer := raw(path, method, **headers))[0] == 429:
        time.sleep(0.3)
    return answer


def way(url):
    return re.fullmatch(r"https?://[^/]+(/.*)", url, re.S)[1]


def parts_of(address):
    """The links of the HTML, and the text."""
    message = read(MAIL.messages(address, exact=1)[0]["id"])
    return Links(message.get_body(("html",)).get_content()).found, message.get_body(("plain",)).get_content(), message


def number_of(url):
    """Of a tracked link: which of the mail's."""
    token = re.search(r"/click/([\w-]+)", url)[1]
    return int.from_bytes(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))[17:19], "big")


TARGETS = [("https://h.example/?this=a&amp;that=b", "https://h.example/?this=a&that=b"),
           ("https://h.example/?code&#x3D;test", "https://h.example/?code=test"),
           ("https://h.example/p?a=1#sec-2", "https://h.example/p?a=1#sec-2"),
           ("https://f.example/share?app=1&href=http://g.example/", "https://f.example/share?app=1&href=http://g.example/"),
           ("http://g.example/", "http://g.example/"),
           ("https://f.example/s?q=x&f[0]=t:2&p=50%25", "https://f.example/s?q=x&f[0]=t:2&p=50%25"),
           ("https://h.example/hi?name={{first_name}}", "https://h.example/hi?name=Mara%20%26%20Co")]
OTHERS = [("mailto:a@b.example?subject=Hi%20{{first_name}}", "mailto:a@b.example?subject=Hi%20Mara%20%26%20Co"), ("tel:+493012345", "tel:+493012345"), ("#top", "#top")]


@pytest.mark.parametrize("tracked", [True, False])
def test_links_lead_where_they_were_written_tracked_or_not(token, tracked):
    """H-L1 … H-L3, H-L5 … H-L8."""
    audience = Audience(token, 1, first_name=lambda at: "Mara & Co")
    content = "".join(f'<p><a href="{href}">link {at}</a></p>' for at, (href, _) in enumerate(TARGETS + OTHERS)) + ADDRESS
    text = "Hi {{first_name}}\nhttps://h.example/p?a=1#sec-2\nhttp://g.example/\nAcme GmbH, Hauptstr. 1, 10115 Berlin"
    audience.campaign(html_content=content, text_content=text, settings={"track_opens": tracked, "track_clicks": tracked}).send().wait()
    links, plain, _ = parts_of(audience.addresses[0])
    led = links[:len(TARGETS)]
    assert links[len(TARGETS):][:len(OTHERS)] == [target for _, target in OTHERS]
    if not tracked:
        assert led == [target for _, target in TARGETS] and "https://h.example/p?a=1#sec-2\r\n" in plain.replace("\n", "\r\n").replace("\r\r", "\r") and "/click/" not in plain
        return
    assert [asked(way(link))[2]["Location"] for link in led] == [target for _, target in TARGETS]
    in_text = re.findall(r"https?://\S+/click/\S+", plain)
    assert [asked(way(link))[2]["Location"] for link in in_text] == [TARGETS[2][1], TARGETS[4][1]], plain
    assert [number_of(link) for link in in_text] == [number_of(led[2]), number_of(led[4])], "one link, wherever it stands"


def test_a_value_in_the_host_of_a_link_is_refused_in_words(token):
    """H-L4."""
    campaign = Audience(token, 1).campaign(html_content='<p><a href="https://{{company}}.example/signup">Join</a></p>' + ADDRESS)
    status, answer, _ = campaign.act("send")
    assert status == 400 and "in the host of an address" in json.loads(answer)["fields"]["html_content"], answer


def test_looking_at_every_link_of_twenty_mails_unsubscribes_nobody(db, token):
    """H-U1: as scanners do, with and without headers that say so."""
    audience = Audience(token, 20)
    content = '<p><a href="https://h.example/a">one</a> <a href="{{view_url}}">view</a> <a href="{{unsubscribe_url}}">leave</a></p>' + ADDRESS
    campaign = audience.campaign(html_content=content).send()
    campaign.wait()
    paths = []
    for address in audience.addresses:
        links, plain, message = parts_of(address)
        paths += {way(link) for link in [*links, *re.findall(r"https?://[^\s<>()]+", plain), message["List-Unsubscribe"].strip("<> ")] if link.startswith(SETTINGS["PUBLIC_BASE_URL"])}
    assert len(paths) >= 60 and sum("/unsubscribe/" in path for path in paths) >= 20, paths[:5]
    scans = [(path, method, headers) for path in paths for method, headers in (("GET", {}), ("HEAD", {}), ("GET", {"Sec_Purpose": "prefetch"}), ("HEAD", {"X_Moz": "prefetch", "Purpose": "prefetch"}))]
    with concurrent.futures.ThreadPoolExecutor(4) as scanners:
        answers = list(scanners.map(lambda scan: (asked(scan[0], scan[1], **scan[2])[0], *scan[:2]), scans))
    assert not [answer for answer in answers if answer[0] not in (200, 302)]
    assert [db.contacts.find_one({"email_norm": address})["status"] for address in audience.addresses] == ["subscribed"] * 20
    kinds = {hit["kind"] for hit in hits(db, campaign.id.removeprefix("campaign_"))}
    assert "click" in kinds and "unsubscribe" not in kinds and not db.suppressions.count_documents({"value": {"$in": audience.addresses}})


def test_signing_up_importing_and_posting_lift_no_bounce_and_no_complaint(db, token, owner):
    """H-U6: whoever signs up learns nothing of it."""
    one, path = opened(owner, token, name=f"Lifts nothing {time.time()}")
    audience = Audience(token, 3)
    known = dict(zip(audience.addresses, ("bounced", "complained", None)))
    assert report(*(event(f"lift-{address}", {"bounced": "hard_bounce", "complained": "complaint"}[why], email=address) for address, why in known.items() if why))[0] == 200
    answers = {address: sign_up(path, address) for address in known}
    assert len({(status, page.decode().replace(address, "ADDRESS")) for address, (status, page, _) in answers.items()}) == 1
    result = run(token, "email,first_name\r\n" + "".join(f"{address},Mara\r\n" for address in known), policy="overwrite", list=audience.list_id)
    assert result["state"] == "done", result
    for address, why in known.items():
        status, answer, _ = post("/api/contacts", token, {"email": address, "first_name": "Nora"})
        assert status in (200, 201, 409), answer
        assert reason(db, address) == why, address
        assert bool(mails_to(address)) == (why is None) or not why, address
    now = audience.campaign().send().wait()
    assert (now["total"], now["accepted"], now["left_out"]["suppressed"]) == (1, 1, 2), now


def test_a_bounce_that_comes_46_times_is_one_and_a_complaint_stays_one(db, token):
    """H-B6, H-B7: once without saying which email; then a bounce of somebody who has complained, whom their provider does not send to any more."""
    audience = Audience(token, 2)
    bounced, complained = audience.addresses
    campaign = audience.campaign().send()
    campaign.wait()
    named = {row["to_email"]: row["id"] for row in get(f"/api/campaigns/{campaign.id}/emails", token)}
    one = event(f"often-{bounced}", "hard_bounce", email_id=named[bounced], status="5.1.1", reason="550 5.1.1 no such user")
    assert report(*[one] * 46) == (200, {"received": 46, "repeated": 45})
    assert report(event(f"nameless-{bounced}", "hard_bounce", email=bounced)) == (200, {"received": 1, "repeated": 0})
    assert report(event(f"spam-{complained}", "complaint", email_id=named[complained]))[0] == 200 and reason(db, complained) == "complained"
    assert report(event(f"listed-{complained}", "bounce", email_id=named[complained], status="5.1.1", reason="suppressed: on our own list"))[0] == 200
    assert (reason(db, bounced), reason(db, complained)) == ("bounced", "complained")
    wait_until(lambda: (lambda now: (now["bounced_count"], now["complained_count"]))(get(f"/api/campaigns/{campaign.id}", token)) == (2, 1), "the figures", 60)
    assert sorted(row["reason"] for row in get(f"/api/suppressions?q={complained}", token)) == ["bounced", "complained"], "each with its own evidence"


def test_an_email_to_one_goes_to_the_unsubscribed_and_not_to_whom_nobody_has(token):
    """H-U9: what concerns one person alone has the same rules as campaigns, but for unsubscribing."""
    audience = Audience(token, 3)
    bounced, complained, left = audience.addresses
    assert report(event(f"one-{bounced}", "hard_bounce", email=bounced), event(f"one-{complained}", "complaint", email=complained))[0] == 200
    person = get(f"/api/contacts?q={left}", token)[0]["id"]
    assert post(f"/api/contacts/{person}/unsubscribe", token, {"evidence": "by phone"})[0] == 200
    answers = {to: post("/api/emails", token, {"to": to, "subject": "Your order", "text_content": "It is on its way.", "from_email": "shop@acme.example"}) for to in audience.addresses}
    assert [answers[to][0] for to in audience.addresses] == [409, 409, 202], answers
    wait_until(lambda: MAIL.messages(left, exact=1), "the email to whoever unsubscribed", 60)
    assert not MAIL.messages(bounced, exact=1) and not MAIL.messages(complained, exact=1)
    status, answer, _ = audience.campaign().act("send")
    assert status in (400, 409) and not MAIL.messages(left, exact=1)[1:], answer


def codes_of(db, campaign):
    return list(db.qr_codes.find({"campaign_id": bson.ObjectId(campaign.id.removeprefix("campaign_"))}).sort("_id", 1))


def test_the_example_of_a_deal_is_what_its_results_say(db, token):
    """C-049, C-051, C-052: of 5,000 people (RESPONSE_PEOPLE, a tenth of it here) one in 500 is refused, two unsubscribe, 24 % redeem, on average 2.3 days after the email."""
    refused, redeemed, delay = PEOPLE // 500, PEOPLE * 24 // 100, datetime.timedelta(days=2.3)
    audience = Audience(token, PEOPLE)
    mail(*({"stage": "rcpt", "to": address, "reply": "550 5.1.1 no such user"} for address in audience.addresses[:refused]))
    deal = {"enabled": True, "expiration_days": 30, "max_usage": 1, "deal": "20 % off pizza", "deal_value": 500}
    campaign = audience.campaign(name="20% off pizza", html_content='<p>Hi <img src="cid:qr" alt="QR code" width="120" height="120"> {{short_code}}</p>' + ADDRESS, qr=deal).send()
    now = campaign.wait(seconds=600)
    assert (now["total"], now["accepted"], now["failed"]) == (PEOPLE, PEOPLE - refused, refused), now
    ident = bson.ObjectId(campaign.id.removeprefix("campaign_"))
    for address in audience.addresses[-2:]:
        _, _, message = parts_of(address)
        assert raw(way(message["List-Unsubscribe"].strip("<> ")), "POST", ONE_CLICK, **FORM)[0] == 200
    got = {message["contact_id"] for message in settled(db, ident) if message["status"] == "accepted"}
    assert len(got) == PEOPLE - refused
    tokens = [code["token"] for code in codes_of(db, campaign) if code["customer_id"] in got][:redeemed]

    def redeem(code):
        while (status := post("/api/redemptions", token, {"token": code})[0]) == 429:
            time.sleep(0.2)
        return status

    with concurrent.futures.ThreadPoolExecutor(4) as tills:
        assert set(tills.map(redeem, tokens)) == {200}
    for number, code in enumerate(codes_of(db, campaign)):  # as if they had come later, some sooner than others
        if code["token"] in tokens:
            later = int(delay.total_seconds() * 1000) + (1 if number % 2 else -1) * 3600000
            db.qr_codes.update_one({"_id": code["_id"]}, {"$inc": {"delay_ms": bson.Int64(later)}})
    folded(db)
    wait_until(lambda: get(f"/api/campaigns/{campaign.id}", token)["unsubscribed_count"] == 2, "the figures", 60)
    told, codes = get(f"/api/campaigns/{campaign.id}", token), get(f"/api/campaigns/{campaign.id}/redemptions", token)
    assert [told[name] for name in ("sent_count", "delivered_count", "bounced_count", "unsubscribed_count")] == [PEOPLE, PEOPLE - refused, refused, 2], told
    assert {row["failure_code"] for row in get(f"/api/campaigns/{campaign.id}/errors", token)} == {"no_mailbox"} or refused == 0
    assert (codes["targeted"], codes["redeemed"], codes["redemption_rate"], codes["revenue"]) == (PEOPLE, redeemed, 24, 500 * redeemed), codes
    assert round(codes["average_delay_hours"] / 24, 1) == 2.3 and codes["converted"] == redeemed, codes


def handed_over(address):
    """When the body for this address had arrived; None: never."""
    lines = MAIL.log(has=f"<{address}>", verb="RCPT", limit=10)
    bodies = [row["at"] for line in lines for row in MAIL.log(after=line["n"], connection=line["connection"], verb="(body)", limit=1)]
    return max(bodies, default=None)


def test_nobody_is_handed_over_later_than_a_second_after_they_are_told_no(db, token):
    """They unsubscribe, bounce or are erased in any order while a campaign is sent, RESPONSE_ACTS times (500 by hand)."""
    chance, audience = random.Random(int(os.environ.get("RESPONSE_SEED", "1"))), Audience(token, 5 * ACTS)
    people = {row["email_norm"]: str(row["_id"]) for row in db.contacts.find({"email_norm": {"$in": audience.addresses}}, {"email_norm": 1})}
    mail({"stage": "dot", "delay": 0.4})
    campaign = audience.campaign().send()
    campaign.wait_accepted(3)
    told, lock = {}, threading.Lock()

    def act(address):
        what = chance.choice(("unsubscribe", "bounce", "erase"))
        time.sleep(chance.uniform(0, 0.2))
        while True:
            if what == "unsubscribe":
                status = raw("/unsubscribe/" + token_of("u", campaign.id.removeprefix("campaign_"), contact=people[address], listed=audience.list_id), "POST", ONE_CLICK, **FORM)[0]
            elif what == "bounce":
                status = report(event(f"late-{address}", "hard_bounce", email=address))[0]
            else:
                status = call(f"/api/contacts/{people[address]}", token, "DELETE")[0]
            at = time.time()
            if status != 429:
                break
            time.sleep(0.2)
        assert status in (200, 202, 204), (what, status)
        with lock:
            told[address] = at, what

    with concurrent.futures.ThreadPoolExecutor(3) as actors:
        list(actors.map(act, chance.sample(audience.addresses, ACTS)))
    mail()
    now, arrived = campaign.wait(seconds=300), campaign.arrived()
    late = {address: at - told[address][0] for address in told if (at := handed_over(address) if address in arrived else None)}
    latest = max(late.values(), default=0)
    print(f"{ACTS} told no: {len(told) - len(late)} got nothing, {len(late)} were handed over before or soon after, the latest {latest:.2f} s after")
    assert len(told) == ACTS and set(arrived.values()) <= {1} and now["uncertain"] == 0, now
    assert latest <= 2, "a second, and one more for a machine that is busy"
    assert now["accepted"] == len(arrived) and now["accepted"] + now["suppressed"] == now["total"], now
    assert set(audience.addresses) - set(told) <= set(arrived), "nobody else is left out"


async def ask_all(paths):
    """Each list of ways over a connection of its own that is kept, from an address of its own: how many were answered."""
    async def ask(number, mine):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(PORT), local_addr=(f"127.1.{number // 200}.{number % 200 + 1}", 0))
        for path in mine:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200") and len(await reader.readexactly(43)) == 43, head
        writer.close()
        return len(mine)
    return sum(await asyncio.gather(*(ask(number, mine) for number, mine in enumerate(paths))))


def test_no_hit_of_many_connections_is_lost(db):
    """RESPONSE_HITS over RESPONSE_CONNECTIONS kept connections at once (20,000 over 500 by hand): each answered is stored, and folded once."""
    campaign = bson.ObjectId()
    paths = [[] for _ in range(CONNECTIONS)]
    for number in range(HITS):
        paths[number % CONNECTIONS].append("/track/" + token_of("p", str(campaign), number // 500, number % 500))
    began = time.monotonic()
    assert asyncio.run(ask_all(paths)) == HITS
    took = time.monotonic() - began
    try:
        assert db.hits.count_documents({"campaign_id": campaign}) == HITS, "each is stored before its answer"
        wait_until(lambda: not db.hits.count_documents({"campaign_id": campaign, "waits": True}), "all to be folded", 120)
        print(f"{HITS} hits over {CONNECTIONS} connections in {took:.1f} s, load {os.getloadavg()[0]:.0f}")
    finally:
        for rows in (db.hits, db.answer_blocks):
            rows.delete_many({"campaign_id": campaign})
        db.answer_sums.delete_one({"_id": campaign})
