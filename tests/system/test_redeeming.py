"""Codes of a campaign, from the mail to the till: C-003 … C-017, C-050 … C-053, C-066, C-067, C-070 … C-072, C-082, C-083, X-29, X-42."""
import base64, concurrent.futures, datetime, http.client, json, os, re, subprocess, tempfile, time

import bson, pytest
from product import MAIL, PORT, SETTINGS, Browser, call, cli, database, first_user, get, start_service, stop_service, wait_until
from sending import KILLED, Audience, clean_mail, post, read

HTML = """<html><body><p>Hello {{first_name|default:"there"}}</p><table><tr><td style="background-color:#223"><img src="cid:qr" alt="QR code" width="120" height="120"></td></tr></table>
<p>{{short_code}} until {{redeem_until}}, <a href="{{short_link}}">on your phone</a></p><p>Acme GmbH, Hauptstr. 1, 10115 Berlin</p></body></html>"""
TOKEN = re.compile(r"[0-9a-f]{24}-[0-9a-f]{24}-[a-z2-7]{26}")
TOKENS = int(os.environ.get("REDEEM_TOKENS", "30"))
TILLS = int(os.environ.get("REDEEM_TILLS", "8"))
QR = {"enabled": True, "expiration_days": 30, "max_usage": 1, "deal": "€45 off a check-up", "deal_value": 4500}


@pytest.fixture(scope="module")
def sent(token):
    clean_mail()
    audience = Audience(token, 4)
    campaign = audience.campaign(html_content=HTML, text_content="Code {{short_code}} at {{short_link}}", qr=QR).send()
    assert campaign.wait()["accepted"] == 4
    return campaign


def object_id(campaign):
    return bson.ObjectId(campaign.id.removeprefix("campaign_"))


def codes_of(db, campaign):
    return list(db.qr_codes.find({"campaign_id": object_id(campaign)}).sort("_id", 1))


def scan(png):
    """Read by another program."""
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(png)
        file.flush()
        return subprocess.run(["zbarimg", "-q", "--raw", file.name], capture_output=True, text=True).stdout.strip()


def fetched(path):
    """As bytes."""
    link = http.client.HTTPConnection("127.0.0.1", int(PORT), timeout=60)
    link.request("GET", path)
    answer = link.getresponse()
    return answer.status, answer.read(), answer.headers


def check(code, token):
    status, answer, _ = post("/api/redemptions/validate", token, {"token": code})
    return status, json.loads(answer)


def redeem(code, token, **more):
    status, answer, _ = post("/api/redemptions", token, {"token": code, **more})
    return status, json.loads(answer)


def mail_to(address):
    return read(next(one["id"] for one in MAIL.messages() if address in json.dumps(one)))


def test_everybody_has_a_code_of_their_own(db, sent):
    codes = codes_of(db, sent)
    assert len(codes) == 4 and len({code["token"] for code in codes}) == len({code["short_code"] for code in codes}) == 4
    for code in codes:
        assert TOKEN.fullmatch(code["token"]) and code["token"].startswith(f"{code['campaign_id']}-{code['customer_id']}-")
        assert code["usage_count"] == 0 and code["max_usage"] == 1 and "redeemed_at" not in code
        assert datetime.timedelta(days=30) < code["expires_at"] - code["created_at"] < datetime.timedelta(days=32)


def test_the_picture_in_a_mail_is_read_and_redeemed_once(db, sent, token, tmp_path):
    """A part of the mail, shown by a browser as a reader would, read from the picture of that; its second use is refused."""
    one = codes_of(db, sent)[0]
    who = db.contacts.find_one({"_id": one["customer_id"]})["email"]
    message = mail_to(who)
    html = message.get_body(("html",)).get_content()
    ident, = re.findall(r'src="cid:([^"]+)"', html)
    part, = [part for part in message.walk() if part["Content-ID"] and ident in part["Content-ID"]]
    assert part.get_content_type() == "image/png" and scan(part.get_content()) == one["token"]
    assert one["short_code"] in html and one["short_code"] in message.get_body(("plain",)).get_content()
    until = (one["expires_at"] - datetime.timedelta(hours=13)).strftime("%Y")
    assert until in html and f"/q/{one['short_code']}" in html
    (tmp_path / "qr.png").write_bytes(part.get_content())
    (tmp_path / "mail.html").write_text(html.replace(f"cid:{ident}", "qr.png"))
    subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--force-device-scale-factor=2", "--window-size=700,500", f"--screenshot={tmp_path}/mail.png",
                    f"file://{tmp_path}/mail.html"], capture_output=True, timeout=120)
    assert scan((tmp_path / "mail.png").read_bytes()) == one["token"]
    status, answer = check(one["token"], token)
    assert status == 200 and answer["valid"] and answer["deal"] == QR["deal"] and answer["usage_count"] == 0, answer
    status, answer = redeem(one["token"], token, place="Till 2")
    assert status == 200 and answer["redeemed"] and answer["usage_count"] == 1, answer
    status, answer = redeem(one["token"], token)
    assert status == 409 and answer["code"] == "used" and answer["redeemed_at"], answer
    assert check(one["short_code"], token)[0] == 409
    tries = list(db.redemptions.find({"qr_code_id": one["_id"]}).sort("at", 1))
    assert [row["result"] for row in tries] == ["redeemed", "used", "used"] and tries[0]["place"] == "Till 2"


def test_what_is_no_code_is_refused_and_written_down(db, sent, token):
    one = codes_of(db, sent)[1]
    wrong = one["token"][:-1] + ("a" if one["token"][-1] != "a" else "b")
    before = db.redemptions.count_documents({})
    for asked in (wrong, "K7QFA-2M9DZ", "nonsense", "/", "é" * 100):
        for answer in (check(asked, token), redeem(asked, token)):
            assert answer[0] == 404 and answer[1]["code"] == "unknown" and not answer[1]["deal"], answer
    assert db.redemptions.count_documents({}) == before + 10
    assert db.redemptions.find_one({"result": "unknown"})["asked"] and not db.redemptions.find_one({"asked": wrong})
    for body in ({}, {"token": ""}, {"token": "x" * 301}, {"token": ["x"]}):
        assert post("/api/redemptions", token, body)[0] == 400, body
    assert db.redemptions.count_documents({}) == before + 10 and codes_of(db, sent)[1]["usage_count"] == 0


def test_an_expired_code_is_refused(db, sent, token):
    one = codes_of(db, sent)[1]
    db.qr_codes.update_one({"_id": one["_id"]}, {"$set": {"expires_at": datetime.datetime.now(datetime.timezone.utc)}})
    try:
        assert check(one["token"], token)[0] == 410
        status, answer = redeem(one["short_code"].lower().replace("-", " "), token)
        assert status == 410 and answer["code"] == "expired" and answer["usage_count"] == 0, answer
    finally:
        db.qr_codes.update_one({"_id": one["_id"]}, {"$set": {"expires_at": one["expires_at"]}})
    assert check(one["token"], token)[0] == 200


def test_only_who_may_write_redeems(db, sent):
    one = codes_of(db, sent)[1]
    reader = cli("token", "create", "--name", "redeem-reads", "--scope", "read").stdout.strip()
    assert post("/api/redemptions", None, {"token": one["token"]})[0] == 401
    assert post("/api/redemptions", reader, {"token": one["token"]})[0] == 403
    assert codes_of(db, sent)[1]["usage_count"] == 0


def test_a_use_whose_answer_was_lost_is_one_use(db, token):
    """The worker is killed after the code was used: the same request once more gets it, and uses nothing."""
    campaign, now = bson.ObjectId(), datetime.datetime.now(datetime.timezone.utc)
    for uses in (1, 3):
        person = bson.ObjectId()
        code = f"{campaign}-{person}-{'k' * 26}"
        db.qr_codes.insert_one({"campaign_id": campaign, "customer_id": person, "token": code, "short_code": f"KKKK-KKK{uses}", "created_at": now, "expires_at": now + datetime.timedelta(days=9),
                                "usage_count": 0, "max_usage": uses, "revenue": 0, "delayed": 0, "deal_value": 100})
        body, key = json.dumps({"token": code}).encode(), {"Content-Type": "application/json", "Idempotency-Key": str(person)}
        assert call("/api/redemptions", token, "POST", body, key)[0] == 200
        database(KILLED)
        db.redemptions.delete_many({"campaign_id": campaign, "qr_code_id": db.qr_codes.find_one({"token": code})["_id"]})
        status, answer, headers = call("/api/redemptions", token, "POST", body, key)
        assert status == 200 and json.loads(answer)["redeemed"] and not headers["Idempotent-Replayed"], answer
        stored = db.qr_codes.find_one({"token": code})
        assert (stored["usage_count"], stored["revenue"]) == (1, 100) and db.redemptions.count_documents({"qr_code_id": stored["_id"]}) == 1
        assert redeem(code, token)[0] == (409 if uses == 1 else 200)


def test_of_many_who_redeem_at_once_one_succeeds(db, sent, token):
    """REDEEM_TOKENS codes (1,000 by hand), each tried by REDEEM_TILLS at once; some have two uses."""
    campaign, now = bson.ObjectId(), datetime.datetime.now(datetime.timezone.utc)
    rows = [{"campaign_id": campaign, "customer_id": bson.ObjectId(), "block": 0, "index": at, "created_at": now, "expires_at": now + datetime.timedelta(days=1),
             "usage_count": 0, "max_usage": 1 + at % 3 // 2, "revenue": 0, "delayed": 0, "deal_value": 100} for at in range(TOKENS)]
    for at, row in enumerate(rows):
        row.update(token=f"{campaign}-{row['customer_id']}-{'a' * 26}", short_code=f"ZZZZZ-{at:05}".replace("0", "Z").replace("1", "Y"))
    db.qr_codes.insert_many(rows)

    def pressed(row):
        while (status := post("/api/redemptions", token, {"token": row["token"]})[0]) == 429:  # the limit of this address
            time.sleep(0.2)
        return row["token"], status

    with concurrent.futures.ThreadPoolExecutor(TILLS) as tills:
        answers = list(tills.map(pressed, [row for row in rows for _ in range(TILLS)]))
    assert {status for _, status in answers} == {200, 409}
    for row in rows:
        assert sum(status == 200 for code, status in answers if code == row["token"]) == row["max_usage"]
        stored = db.qr_codes.find_one({"_id": row["_id"]})
        assert stored["usage_count"] == row["max_usage"] and stored["revenue"] == 100 * row["max_usage"]
    assert db.redemptions.count_documents({"campaign_id": campaign, "result": "redeemed"}) == sum(row["max_usage"] for row in rows)
    db.qr_codes.delete_many({"campaign_id": campaign})
    db.redemptions.delete_many({"campaign_id": campaign})


def undo(code, token, key=None):
    status, answer, _ = call("/api/redemptions/undo", token, "POST", json.dumps({"token": code}).encode(),
                             {"Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})})
    return status, json.loads(answer)


def test_a_use_is_undone_once_soon_and_by_whoever_redeemed(db, token):
    campaign, person, now = bson.ObjectId(), bson.ObjectId(), datetime.datetime.now(datetime.timezone.utc)
    code = f"{campaign}-{person}-{'u' * 26}"
    db.qr_codes.insert_one({"campaign_id": campaign, "customer_id": person, "token": code, "short_code": "UUUUU-UUUUU", "created_at": now, "expires_at": now + datetime.timedelta(days=9),
                            "usage_count": 0, "max_usage": 1, "revenue": 0, "delayed": 0, "deal_value": 100})
    status, answer = undo(code, token)
    assert status == 409 and "is not redeemed" in answer["error"], answer
    assert undo("AAAAA-AAAAA", token)[0] == 404
    assert redeem(code, token)[0] == 200 and redeem(code, token)[0] == 409
    status, answer = undo(code, cli("token", "create", "--name", "redeem-other", "--scope", "write").stdout.strip())
    assert status == 409 and "Only " in answer["error"] and db.qr_codes.find_one({"token": code})["usage_count"] == 1, answer
    db.redemptions.update_one({"campaign_id": campaign, "result": "redeemed"}, {"$set": {"at": now - datetime.timedelta(minutes=6)}})
    status, answer = undo(code, token)
    assert status == 409 and "5 minutes" in answer["error"] and db.qr_codes.find_one({"token": code})["usage_count"] == 1, answer
    db.redemptions.update_one({"campaign_id": campaign, "result": "redeemed"}, {"$set": {"at": now}})
    with concurrent.futures.ThreadPoolExecutor(6) as tills:  # pressed by several at once
        statuses = sorted(status for status, _ in tills.map(lambda _: undo(code, token), range(6)))
    assert statuses == [200] + [409] * 5, statuses
    stored = db.qr_codes.find_one({"token": code})
    assert (stored["usage_count"], stored["revenue"], stored["delayed"]) == (0, 0, 0) and not {"redeemed_at", "redeemed_by"} & set(stored), stored
    assert check(code, token)[0] == 200 and redeem(code, token)[0] == 200
    status, answer = undo(code, token, str(person))
    assert status == 200 and answer["result"] == "undone" and not answer["valid"] and answer["usage_count"] == 0, answer
    assert undo(code, token, str(person))[0] == 200 and db.qr_codes.find_one({"token": code})["usage_count"] == 0  # the same request
    assert sorted(row["result"] for row in db.redemptions.find({"campaign_id": campaign})) == ["redeemed", "redeemed", "undone", "undone", "used"]


def test_the_last_of_several_uses_is_undone(db, token):
    campaign, person, now = bson.ObjectId(), bson.ObjectId(), datetime.datetime.now(datetime.timezone.utc)
    code = f"{campaign}-{person}-{'v' * 26}"
    db.qr_codes.insert_one({"campaign_id": campaign, "customer_id": person, "token": code, "short_code": "VVVVV-VVVVV", "created_at": now, "expires_at": now + datetime.timedelta(days=9),
                            "usage_count": 0, "max_usage": 3, "revenue": 0, "delayed": 0, "deal_value": 100})
    assert redeem(code, token)[0] == redeem(code, token)[0] == 200
    first = db.qr_codes.find_one({"token": code})["redeemed_at"]
    assert undo(code, token)[0] == 200 and undo(code, token)[0] == 409
    stored = db.qr_codes.find_one({"token": code})
    assert (stored["usage_count"], stored["revenue"], stored["redeemed_at"]) == (1, 100, first)
    assert redeem(code, token)[1]["usage_count"] == 2


def test_its_page_shows_a_code_to_whoever_has_its_link(db, sent):
    one = codes_of(db, sent)[1]
    status, page, headers = call(f"/q/{one['short_code']}")
    assert status == 200 and one["short_code"] in page and QR["deal"] in page and "@" not in page
    assert headers["Referrer-Policy"] == "no-referrer" and "noindex" in headers["X-Robots-Tag"] and "Set-Cookie" not in headers
    status, picture, headers = fetched(f"/q/{one['short_code']}.png")
    assert status == 200 and headers["Content-Type"] == "image/png" and scan(picture) == one["token"]
    assert call(f"/q/{one['token']}")[0] == 200
    for nothing in ("AAAAA-AAAAA", "x", ".png", "AAAAA-AAAAA.png"):
        assert call(f"/q/{nothing}")[0] == 404, nothing
    assert codes_of(db, sent)[1]["usage_count"] == 0
    # The logo of the partner for whom the campaign was sent.
    assert "How to use it" in page and "/logo" not in page and call(f"/q/{one['short_code']}/logo")[0] == 404
    partner, campaign = bson.ObjectId(), one["campaign_id"]
    name = db.campaigns.find_one({"_id": campaign})["name"]
    png = picture
    db.partners.insert_one({"_id": partner, "name": "Sun & Co", "prefixes": [name[:6]], "list_ids": [], "logo": bson.Binary(png), "has_logo": True, "rev": 1})
    try:
        assert f'<img class="logo" src="/q/{one["short_code"]}/logo" alt="Sun &amp; Co">' in call(f"/q/{one['short_code']}")[1]
        assert fetched(f"/q/{one['short_code']}/logo")[1] == png and call("/q/AAAAA-AAAAA/logo")[0] == 404
    finally:
        db.partners.delete_one({"_id": partner})


def test_at_the_till_with_a_browser(db, sent):
    one = codes_of(db, sent)[2]
    browser = Browser()
    browser.sign_in(*first_user())
    page = browser.open("/redeem")[1]
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    page = browser.open("/redeem", csrf=csrf, token=one["short_code"], place="Till 1")[1]
    assert "Valid" in page and "Redeem now" in page and codes_of(db, sent)[2]["usage_count"] == 0
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page)[1]
    for _ in range(2):  # pressed twice
        page = browser.open("/redeem/now", csrf=csrf, token=one["short_code"], place="Till 1", idempotency_key=key)[1]
        assert "<h1>Redeemed</h1>" in page, page
    page = browser.open("/redeem", csrf=csrf, token=one["token"])[1]
    assert "Already used" in page and "Redeem now" not in page and "Till 1" in page and ">Undo<" in page
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page)[1]
    page = browser.open("/redeem/undo", csrf=csrf, token=one["token"], idempotency_key=key)[1]
    assert "<h1>Undone</h1>" in page and codes_of(db, sent)[2]["usage_count"] == 0
    page = browser.open("/redeem", csrf=csrf, token=one["token"])[1]
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page)[1]
    assert "<h1>Redeemed</h1>" in browser.open("/redeem/now", csrf=csrf, token=one["short_code"], place="Till 1", idempotency_key=key)[1]
    assert "No such code" in browser.open("/redeem", csrf=csrf, token="nothing")[1]
    assert codes_of(db, sent)[2]["usage_count"] == 1


def test_results_count_who_redeemed_of_those_who_were_chosen(db, sent, token):
    """C-051: of all who were targeted; C-052: from the mail on; C-053: by the value of the deal."""
    told = get(f"/api/campaigns/{sent.id}/redemptions", token)
    assert told["targeted"] == 4 and told["redeemed"] == told["uses"] == 2 and told["redemption_rate"] == 50 and told["revenue"] == 9000, told
    assert 0 <= told["average_delay_hours"] < 1
    assert told["converted"] == 2 and told["conversion_rate"] == 50, told
    late = next(code for code in codes_of(db, sent) if code.get("redeemed_at"))
    for days, converted in ((8, 1), (7, 2)):  # the last moment of seven days counts
        db.qr_codes.update_one({"_id": late["_id"]}, {"$set": {"delay_ms": bson.Int64(days * 86400000)}})
        assert get(f"/api/campaigns/{sent.id}/redemptions", token)["converted"] == converted
    db.qr_codes.update_one({"_id": late["_id"]}, {"$set": {"delay_ms": bson.Int64(late["delay_ms"])}})
    browser = Browser()
    browser.sign_in(*first_user())
    page = browser.open(f"/campaigns/{sent.id.removeprefix('campaign_')}")[1].replace("\u00a0", " ")
    assert 'id="redeemed"' in page and "50.0 % of 4 recipients" in page and "€90" in page and "Refused: used before" in page and 'id="redeemed-days"' not in page
    one = next(code for code in codes_of(db, sent) if code.get("redeemed_at"))
    db.qr_codes.update_one({"_id": one["_id"]}, {"$set": {"redeemed_at": one["redeemed_at"] - datetime.timedelta(days=3)}})
    db.versions.update_one({}, {"$inc": {"version": 1, "people": 1, "settings": 1, "campaigns": 1}})  # the page was kept
    try:
        page = browser.open(f"/campaigns/{sent.id.removeprefix('campaign_')}")[1].replace("\u00a0", " ")
        days = re.search(r'id="redeemed-days".*?</table>', page, re.S)[0]
        assert [int(count) for count in re.findall(r'</th><td class="number">(\d+)<', days)] == [1, 0, 0, 1] and "50.0 % within the first 3 days." in page, days
    finally:
        db.qr_codes.update_one({"_id": one["_id"]}, {"$set": {"redeemed_at": one["redeemed_at"]}})


def test_redemptions_are_compared(db, sent, token):
    """C-006: beside another campaign, which may have no codes."""
    other = next(row["id"] for row in get("/api/campaigns?limit=50", token) if row["id"] != sent.id and row.get("sent_count") != 0)
    page = call(f"/compare?id={sent.id.removeprefix('campaign_')}&id={other}", token)[1].replace("\u00a0", " ")
    row = page[page.index("Redemption rate"):]
    assert "50.0" in row[:row.index("</tr>")] and "–" in row[:row.index("</tr>")], row[:1500]


def test_results_say_of_which_segments_they_are_who_redeemed(db, token):
    """C-043, C-046: each in all of their segments; without any hit, and after a use was undone."""
    audience = Audience(token, 6)
    name = f"redeem-first-{audience.number}"
    status, answer, _ = post("/api/segments", token, {"name": name, "rule": {"field": "email", "operator": "begins", "value": "u00000"}})
    assert status in (200, 201), answer
    segment = json.loads(answer)["id"]
    other = f"redeem-all-{audience.number}"
    status, answer, _ = post("/api/segments", token, {"name": other, "rule": {"field": "email", "operator": "ends", "value": "@" + audience.domains[0]}})
    assert status in (200, 201), answer
    everybody = json.loads(answer)["id"]
    campaign = audience.campaign(html_content=HTML, qr=QR).send()
    assert campaign.wait()["accepted"] == 6
    contact = {row["email"]: row["id"].removeprefix("contact_") for row in get(f"/api/contacts?q=@{audience.domains[0]}&limit=50", token)}
    code = {address: db.qr_codes.find_one({"campaign_id": object_id(campaign), "customer_id": bson.ObjectId(contact[address])})["token"] for address in audience.addresses}

    def by_segment():
        rows = {row["name"]: row["redeemed"] for row in get(f"/api/campaigns/{campaign.id}/answers", token)["segments"]}
        return rows.get(name), rows.get(other)
    assert redeem(code[audience.addresses[0]], token)[0] == redeem(code[audience.addresses[3]], token)[0] == 200
    wait_until(lambda: by_segment() == (1, 2), "who redeemed, by segment")
    browser = Browser()
    browser.sign_in(*first_user())

    def shown():
        page = browser.open(f"/campaigns/{campaign.id.removeprefix('campaign_')}")[1].replace("\u00a0", " ")
        card = re.search(r'id="segments".*?</section>', page, re.S)
        rows = re.findall(r'segment=([\w-]+)".*?<td role="cell" class="number">([\d.]+ %)</td></tr>', card[0], re.S) if card else []
        return dict(rows).get(name), dict(rows).get(other)
    wait_until(lambda: shown() == ("100.0 %", "33.3 %"), "the page to say so")
    assert undo(code[audience.addresses[0]], token)[0] == 200
    wait_until(lambda: by_segment() == (0, 1) and shown() == ("0.0 %", "16.7 %"), "the use to be taken back")
    for one in (segment, everybody):
        assert call(f"/api/segments/{one}", token, "DELETE")[0] == 200


def test_pictures_can_stand_within_the_html(db, token):
    SETTINGS.update(QR_IMAGES="data")
    stop_service("sender")
    start_service("sender")
    try:
        clean_mail()
        campaign = Audience(token, 1).campaign(html_content=HTML, qr=QR).send()
        campaign.wait()
        message = mail_to(campaign.audience.addresses[0])
        html = message.get_body(("html",)).get_content()
        encoded, = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
        assert scan(base64.b64decode(encoded)) == codes_of(db, campaign)[0]["token"]
        assert not [part for part in message.walk() if part.get_content_type() == "image/png"]
    finally:
        SETTINGS.pop("QR_IMAGES")
        stop_service("sender")
        start_service("sender")


def test_whoever_is_erased_has_no_code(db, sent, token):
    codes = codes_of(db, sent)
    used, fresh = codes[0], codes[3]
    assert [row["token"] for row in get(f"/api/contacts/contact_{used['customer_id']}/gdpr-export", token)["codes"]] == [used["token"]], "their export has it"
    for code in (used, fresh):
        assert call(f"/api/contacts/contact_{code['customer_id']}", token, "DELETE")[0] == 200
    left = codes_of(db, sent)
    assert [code["_id"] for code in left] == [used["_id"], codes[1]["_id"], codes[2]["_id"]]
    assert "token" not in left[0] and "customer_id" not in left[0] and "short_code" not in left[0] and left[0]["usage_count"] == 1
    assert redeem(used["token"], token)[0] == 404 and call(f"/q/{fresh['short_code']}")[0] == 404
    assert get(f"/api/campaigns/{sent.id}/redemptions", token)["redeemed"] == 2
