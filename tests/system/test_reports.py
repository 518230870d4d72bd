"""Reports: made on request, the same in page, JSON, CSV and PDF, and accessible to the partner only."""
import base64, csv, datetime, hashlib, html, io, json, os, pathlib, random, re, signal, struct, subprocess, time, urllib.parse, zlib

import pytest
from PIL import Image
from product import (EVER, HOME, SETTINGS, URL, Browser, call, campaigns, cli, demo, first_user, get, service_row, start_service, stop_service, wait_until)
from test_doors import ATTEMPTS, Caller, let_fail_longer
from test_keeping import database

TEMPLATES = ["campaign_summary", "list_performance", "engagement_analysis"]
ALL = {"from": f"{EVER[0]}T00:00:00Z", "to": f"{int(EVER[1][:4]) + 1}-01-01T00:00:00Z"}


def post(path, token, body=None, method="POST"):
    status, text, headers = call(path, token, method, json.dumps(body or {}).encode(), {"Content-Type": "application/json"})
    return status, json.loads(text), headers


def raw(path, token=None, data=None, headers=None):
    """An answer as bytes."""
    import urllib.request, urllib.error
    request = urllib.request.Request(URL + path, data=data, headers=headers or {})
    if token:
        request.add_header("Authorization", "Bearer " + token)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def make(token, **asked):
    asked.setdefault("period", ALL)
    status, answer, _ = post("/api/reports", token, asked)
    assert status == 202 and answer["state"] == "queued", answer
    wait_until(lambda: get(f"/api/reports/{answer['id']}", token)["state"] in ("ready", "failed"), "the report")
    report = get(f"/api/reports/{answer['id']}", token)
    assert report["state"] == "ready", report
    return report


def tool(*words, data=None):
    run = subprocess.run(words, input=data, capture_output=True, timeout=120)
    assert run.returncode == 0, (words, run.stdout[-500:], run.stderr[-500:])
    return run.stdout.decode("utf-8", "replace")


def tables(document):
    return [part["table"] for part in document["parts"] if "table" in part]


@pytest.fixture(scope="module")
def partner(token):
    cli("sync")
    status, answer, _ = post("/api/partners", token, {"name": "ACME & <Söhne>", "prefixes": ["acme_"], "contact": "desk@example.com"})
    assert status == 200 and answer["prefixes"] == ["acme_"]
    yield answer
    post(f"/api/partners/{answer['id']}", token, method="DELETE")


@pytest.mark.parametrize("template", TEMPLATES + ["custom"])
def test_page_json_csv_and_pdf_say_the_same(token, partner, tmp_path, template):
    asked = {"template": template, "title": f"Grüße – {template}", "period": ALL}
    if template == "custom":
        asked["blocks"] = ["heatmap", "campaigns", "summary", "lists", "provenance"]
    report = make(token, **asked)
    status, preview, _ = post("/api/reports/preview", token, asked)
    assert status == 200 and preview["campaigns"] == report["campaign_count"] > 60
    status, pdf, headers = raw(f"/api/reports/{report['id']}/pdf", token)
    assert status == 200 and headers["Content-Type"] == "application/pdf" and len(pdf) == report["bytes"] < 3_000_000
    assert hashlib.sha256(pdf).hexdigest() == report["sha256"]
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    reported = tool("pdfinfo", str(path))
    assert re.search(r"Tagged:\s+yes", reported) and re.search(rf"Pages:\s+{report['pages']}\b", reported) and f"Grüße – {template}" in reported
    fonts = [line.split() for line in tool("pdffonts", str(path)).splitlines()[2:]]
    assert fonts and not any("Type 3" in " ".join(f) for f in fonts) and all(f[-5] == "yes" for f in fonts), fonts
    assert "No syntax or stream encoding errors" in tool("qpdf", "--check", str(path))
    text = tool("pdftotext", "-layout", str(path), "-")
    for page in range(1, report["pages"] + 1):
        assert f"Page {page} of {report['pages']}" in text
    squeezed = re.sub(r"\s+", "", text)
    page = call(f"/reports/new?as=web&template={template}&title={urllib.parse.quote(asked['title'])}&from={EVER[0]}&to={EVER[1]}" + "".join(f"&blocks={b}" for b in asked.get("blocks", [])), token)[1]
    sheet = call(f"/api/reports/{report['id']}/csv", token)[1]
    assert call(f"/api/reports/{report['id']}/csv?bom=1", token)[1] == "\ufeff" + sheet
    rows = {tuple(row) for row in csv.reader(io.StringIO(sheet))}
    numbers = 0
    told = {part["table"]["name"] for part in preview["parts"] if "chart" in part and part["chart"]["told"]}  # on paper, elsewhere
    for table in tables(preview):
        for row in table["rows"] + ([table["totals"]] if "totals" in table else []):
            cells = [cell["text"] for cell in row["cells"]]
            line = tuple(c["plain"] if "plain" in c else "'" + c["text"] if c["text"][:1] in tuple("=+-@") else c["text"] for c in row["cells"])
            assert line in rows, (table["name"], cells)
            for cell in row["cells"]:
                if cell["numeric"] and cell["text"] not in ("", "–"):
                    assert table["name"] in told or re.sub(r"\s", "", cell["text"]) in squeezed, (table["name"], cell)
                    assert f">{cell['text']}" in page, (table["name"], cell)
                    numbers += 1
    for part in preview["parts"]:
        for card in part.get("cards", []):
            number = re.sub("[,%\\s]", "", card["value"])
            assert any(row[:2] == (card["label"], "" if number == "–" else number) for row in rows), card
            assert re.sub(r"\s", "", card["value"]) in squeezed and f">{card['value']}</strong>" in page
    assert numbers > 50


def test_figures_are_those_of_the_dashboard(token, partner):
    report = {"template": "campaign_summary", "period": ALL, "compare": "none"}
    preview = post("/api/reports/preview", token, report)[1]
    figures = get(f"/api/dashboard?from={EVER[0]}&to={EVER[1]}&compare=none", token)
    table = next(t for t in tables(preview) if t["name"] == "campaigns")
    totals = [cell["text"] for cell in table["totals"]["cells"]]
    assert totals[2] == f"{figures['totals']['delivered']:,}" and totals[3] == f"{figures['totals']['clicked']:,}"
    assert totals[4] == f"{figures['rates']['click_rate']:.2f}\u00a0%" and totals[6] == f"{figures['rates']['open_rate']:.1f}\u00a0%"


def test_a_share_names_what_it_is_of(token, partner):
    """old: where nothing bounced, sent and delivered being one number, "opened" was a share of sent."""
    row = next(row for row in reversed(campaigns(token)) if row["status"] == "sent" and partner["prefixes"][0] in row["name"].lower())
    chosen = f"db.campaigns.find_one({{'external.id': '{row['emailoctopus_id']}'}})"
    before = json.loads(database(f"import json; print(json.dumps({{key: int(value) for key, value in {chosen}['current_metrics'].items() if key.startswith('bounced')}}))"))
    def bounce(counts):  # as a change that workers see: one that has read the campaigns meanwhile would keep these counts
        database(f"import bson; db.campaigns.update_one({{'_id': {chosen}['_id']}}, {{'$set': {{'current_metrics.' + key: bson.Int64(value) for key, value in {counts!r}.items()}}, "
                 "'$inc': {'changes': 1}, '$currentDate': {'changed_at': True}}); db.versions.update_one({}, {'$inc': {'campaigns': 1}})")
    bounce(dict.fromkeys(before, 0))
    try:
        parts = post("/api/reports/preview", token, {"template": "custom", "blocks": ["details"], "campaigns": [row["id"]], "period": ALL})[1]["parts"]
    finally:
        bounce(before)
    shares = [stage["share"] and stage["share"].split("%")[1] for part in parts if part.get("funnel") for stage in part["funnel"]["stages"]]
    assert shares == [None, " of sent", " of delivered", " of delivered"]


def test_a_partner_is_a_group_of_campaigns(token, partner):
    rows = [row for row in campaigns(token) if row["status"] in ("sent", "sending")]
    mine = [row for row in rows if (row["name"] or "").lower().startswith("acme_")]
    preview = post("/api/reports/preview", token, {"partner": partner["name"], "period": ALL})[1]
    assert preview["campaigns"] == len(mine) > 5 and preview["partner"] == partner["name"]
    other = next(row for row in rows if row not in mine)
    assert post(f"/api/campaigns/{other['id']}/project", token, {"partner_id": partner["id"], "project_id": "energy_7"}, "PUT")[0] == 200
    assert post("/api/reports/preview", token, {"partner": partner["id"], "period": ALL})[1]["campaigns"] == len(mine) + 1
    page = call("/partners", token)[1]
    assert "ACME &amp; &lt;Söhne&gt;" in page and "Campaigns without a partner" in page
    assert f'"{other["id"]}"' not in page and f"/campaigns/{other['id']}/partner" not in page
    assert post(f"/api/campaigns/{other['id']}/project", token, {}, "PUT")[0] == 200
    assert post("/api/reports/preview", token, {"partner": partner["id"], "period": ALL})[1]["campaigns"] == len(mine)
    assert post(f"/api/campaigns/{other['id']}/project", token, {"partner_id": "0" * 24}, "PUT")[0] == 400
    assert post("/api/partners", token, {"name": partner["name"]})[0] == 400
    assert post("/api/partners", token, {"name": "x", "prefixes": ["a"]})[0] == 400
    by_hand = [row["id"] for row in mine[:2]]
    assert post("/api/reports/preview", token, {"campaigns": by_hand, "period": ALL})[1]["campaigns"] == 2


@pytest.mark.parametrize("asked, field", [
    ({"template": "novel"}, "template"), ({"period": {"from": "2026-02-01"}}, "period"), ({"period": {"from": "2026-02-01", "to": "2026-01-01"}}, "period"),
    ({"period": "May"}, "period"), ({"title": "x" * 201}, "title"), ({"partner": "nobody"}, "partner"), ({"template": "custom"}, "blocks"),
    ({"template": "custom", "blocks": ["secrets"]}, "blocks"), ({"blocks": "all"}, "blocks"), ({"paper": "a0"}, "paper"), ({"colour": "red"}, "colour"),
    ({"as_of": "2999-01-01T00:00:00Z"}, "as_of"), ({"campaigns": [1]}, "campaigns"), ({"campaigns": ["x"] * 501}, "campaigns"), ({"note": "x" * 2001}, "note")])
def test_wrong_requests_name_the_field(token, asked, field):
    for path in ("/api/reports", "/api/reports/preview"):
        status, answer, _ = post(path, token, asked)
        assert status == 400 and field in answer["fields"], (path, asked, answer)


def test_the_builder_keeps_what_was_typed(token):
    status, page, _ = call("/reports/new?template=custom&title=My+own&from=never", token)
    assert status == 400 and 'value="My own"' in page and 'value="never"' in page and "is-invalid" in page


def test_odd_reports_are_made_all_the_same(token, tmp_path):
    empty = make(token, period={"from": "1999-01-01T00:00:00Z", "to": "1999-02-01T00:00:00Z"}, title="<b>)\\(%PDF /JS (alert)")
    text = tool("pdftotext", "-", "-", data=raw(f"/api/reports/{empty['id']}/pdf", token)[1])
    assert "No campaign was sent in this period" in text and "<b>)\\(%PDF /JS (alert)" in text
    scripts = make(token, title="日本語 مرحبا Ελλάδα Привет Grüße 🌞", note="Zeile\n" * 50, paper="letter", compare="year")
    path = tmp_path / "scripts.pdf"
    path.write_bytes(raw(f"/api/reports/{scripts['id']}/pdf", token)[1])
    assert "612 x 792" in tool("pdfinfo", str(path)) and "日本語" in tool("pdftotext", str(path), "-")
    past = make(token, as_of=get("/api/sync", token)[0]["requested_at"])
    assert past["data_at"] == get("/api/sync", token)[0]["requested_at"]


def test_the_report_before_is_one_of_the_same_list(token):
    """"Since the last report" compares with a report of the same partner, template and list."""
    first, second = [row["emailoctopus_id"] for row in get("/api/lists", token)[:2]]
    asked = {"template": "custom", "blocks": ["changes"], "period": ALL}
    make(token, **asked, list=first)
    since = lambda wanted: [part for part in post("/api/reports/preview", token, {**asked, "list": wanted})[1]["parts"] if part.get("section") == "Since the last report"]
    assert since(first) and not since(second)


def test_the_same_figures_give_the_same_pages(token, tmp_path):
    """Without the check code."""
    texts = []
    for _ in range(2):
        report = make(token, template="list_performance", title="Same")
        text = tool("pdftotext", "-layout", "-", "-", data=raw(f"/api/reports/{report['id']}/pdf", token)[1])
        assert report["id"] not in text and report["check_code"] in text
        texts.append(re.sub(r"\s+", " ", text.replace(report["check_code"], "CODE")))
    assert texts[0] == texts[1]


def link(token, report, **asked):
    status, answer, _ = post(f"/api/reports/{report['id']}/links", token, asked)
    assert status == 201, answer
    return answer, urllib.parse.urlsplit(answer["url"]).path


def test_a_link_leads_a_partner_to_the_file(token, partner):
    report = make(token, partner=partner["id"], title="For ACME")
    _, path = link(token, report)
    status, page, headers = raw(path)
    page = page.decode()
    assert status == 200 and "For ACME" in page and "desk@example.com" in page and "noindex" in headers["X-Robots-Tag"]
    assert headers["Referrer-Policy"] == "no-referrer" and "no-store" in headers["Cache-Control"] and "Set-Cookie" not in headers
    assert "Dashboard" not in page and "Sign out" not in page and 'content="noindex"' in page
    everything = [one["id"] for kind in ("campaigns", "lists", "partners", "reports") for one in get(f"/api/{kind}", token)]
    assert not any(one in page for one in everything + [first_user()[0], "/api/", "/campaigns/", "NORDWIND"])
    assert f"{report['campaign_count']} campaigns" in page and f"{path}/pdf" in page and f"{path}/csv" in page
    status, pdf, headers = raw(path + "/pdf")
    assert status == 200 and hashlib.sha256(pdf).hexdigest() == report["sha256"]
    assert re.fullmatch(r'attachment; filename="acme-s-hne-2020-01\.pdf"', headers["Content-Disposition"]), headers["Content-Disposition"]
    status, sheet, headers = raw(path + "/csv")
    assert status == 200 and sheet.decode() == call(f"/api/reports/{report['id']}/csv", token)[1] and headers["Content-Type"] == "text/csv; charset=utf-8"
    links = get(f"/api/reports/{report['id']}/links", token)
    assert links[0]["downloads"] == 2 and "token_hash" not in links[0] and path.split("/")[-1] not in json.dumps(links)
    page = call(f"/reports/{report['id']}", token)[1]
    assert "<h2>Downloads</h2>" in page and path.split("/")[-1] not in page
    secret = path.split("/")[-1]
    for odd in (f"/r/{secret}/", f"//r/{secret}", f"/x/../r/{secret}", f"/r%2F{secret}", f"/%72/{secret}/pdf", f"/r/{secret}?a=%zz", f"/R/{secret}"):
        assert raw(odd)[0] in (400, 404) and raw(odd, data=b"x")[0] in (400, 403, 404, 405) and call(odd, method="HEAD")[0] in (400, 404)
    for log in pathlib.Path(HOME, "log").glob("*.log"):
        assert path.split("/")[-1] not in log.read_text(errors="replace"), log


def test_each_end_of_a_link(token):
    report = make(token, template="list_performance", title="Ends")
    once, path = link(token, report, max_downloads=1)
    for _ in range(3):  # asks for the headers only; looking is no download
        assert call(path + "/pdf", method="HEAD")[:2] == (200, "") and call(path + "/csv", method="HEAD")[:2] == (200, "") and b"Download PDF" in raw(path)[1]
    assert raw(path + "/pdf")[0] == 200 and raw(path + "/pdf")[0] == 410 and raw(path + "/csv")[0] == 410 and b"This link is used up" in raw(path)[1]
    gone, path = link(token, report)
    assert post(f"/api/report-links/{gone['id']}", token, method="DELETE")[0] == 200
    assert raw(path)[0] == 410 and b"This link was revoked" in raw(path)[1] and b"Ends" not in raw(path)[1] and raw(path + "/logo")[0] == 404 and raw(path + "/pdf")[0] == 410
    short, path = link(token, report, expires_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2)))
    assert raw(path)[0] == 200
    wait_until(lambda: raw(path)[0] == 410, "the link to end", 20)
    assert b"This link has expired" in raw(path)[1]
    for asked in ({"expires_at": "2001-01-01"}, {"expires_at": "2999-01-01"}, {"max_downloads": 0}, {"max_downloads": -1}, {"password": "short"}, {"max": 1}):
        status, answer, _ = post(f"/api/reports/{report['id']}/links", token, asked)
        assert status == 400 and list(answer["fields"])[0] in list(asked), answer
    assert post("/api/report-links/" + "0" * 24, token, method="DELETE")[0] == 404
    assert post(f"/api/reports/{report['id']}", token, method="DELETE")[0] == 200
    assert raw(path)[0] == 404 and get_status(f"/api/reports/{report['id']}", token) == 404


def get_status(path, token):
    return call(path, token)[0]


def test_a_link_with_a_password(token):
    report = make(token, template="list_performance", title="Locked")
    _, path = link(token, report, password="correct horse")
    page = raw(path)[1]
    assert b'type="password"' in page and raw(path + "/pdf")[1][:4] != b"%PDF"
    assert b"Locked" not in page and (report.get("partner") or "Locked").encode() not in page, "nothing of the report before its password"
    assert raw(path + "/pdf?password=correct+horse")[1][:4] != b"%PDF"  # never in the URL
    right = urllib.parse.urlencode({"password": "correct horse"}).encode()
    assert raw(path + "/pdf", data=right)[1][:4] == b"%PDF" and raw(path + "/csv")[2]["Content-Type"].startswith("text/html")
    assert raw(path, data=urllib.parse.urlencode({"password": "wrong horse"}).encode())[0] == 403
    status, page, headers = raw(path, data=right)  # the page, whose buttons need no password
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.decode())[1]
    assert status == 200 and b"Key findings" in page and b"horse" not in page and "Set-Cookie" not in headers
    until, proof = ticket.split(".")
    for wrong in (f"{int(until) + 1}.{proof}", f"{until}.{'0' * 64}", f"{until}.", until, ".", f"{int(until) - 3600000}.{proof}"):
        assert raw(path + "/pdf", data=urllib.parse.urlencode({"ticket": wrong}).encode())[0] in (403, 429), wrong
    _, other = link(token, report, password="correct horse")
    assert raw(other + "/pdf", data=urllib.parse.urlencode({"ticket": ticket}).encode())[1][:4] != b"%PDF"
    assert raw(path + "/pdf", data=urllib.parse.urlencode({"ticket": ticket}).encode())[1][:4] == b"%PDF"
    assert raw(path + "/csv", data=urllib.parse.urlencode({"ticket": ticket}).encode())[2]["Content-Type"] == "text/csv; charset=utf-8"
    assert "horse" not in database("print(list(db.report_links.find()))")


def test_wrong_passwords_of_a_link_lock_out_only_where_they_come_from(token):
    """old: five from anybody who had the link locked its partner out for five minutes, for ever again."""
    _, path = link(token, make(token, template="list_performance", title="Locked, too"), password="correct horse")
    there, here = Caller("127.0.0.81"), Caller("127.0.0.82")
    try:
        assert [there.ask(path + "/pdf", {"password": "wrong"}).status for _ in range(5)] == [403] * 5
        let_fail_longer()
        assert [there.ask(path + "/pdf", {"password": "wrong"}).status for _ in range(4)] == [403, 429, 429, 429]
        refused = there.ask(path + "/pdf", {"password": "correct horse"})  # even the right one has to wait there
        assert refused.status == 429 and 800 < int(refused.headers["Retry-After"]) <= 900 and "Too many failed attempts" in refused.text
        assert here.ask(path + "/pdf", {"password": "correct horse"}).text[:4] == "%PDF"
    finally:
        ATTEMPTS.delete_many({})


def test_no_bit_of_a_token_may_differ(token):
    report = make(token, template="list_performance", title="Bits")
    _, path = link(token, report)
    secret = path.split("/")[-1]
    assert len(secret) == 64
    for at in random.sample(range(64), int(os.environ.get("TEST_BITS", "24"))):
        digit = int(secret[at], 16) ^ (1 << random.randrange(4))
        other = secret[:at] + f"{digit:x}" + secret[at + 1:]
        status, page, _ = raw("/r/" + other)
        assert status == 404 and b"Bits" not in page
        time.sleep(0.05)
    for odd in ("/r/", "/r/x", "/r/" + "a" * 5000, "/r/%00", "/r/../reports", "/r/" + secret.upper() + "/pdf"):
        assert raw(odd)[0] in (400, 404, 401, 414, 200) and b"%PDF" not in raw(odd)[1][:10] and b"Bits" not in raw(odd)[1]
    assert raw(path)[0] in (200, 429)


def test_tries_are_limited(token):
    codes = [raw("/r/" + f"{n:064x}")[0] for n in range(400)]
    assert 429 in codes and set(codes) <= {404, 429}
    time.sleep(5)


def test_a_copy_can_be_checked(token):
    report = make(token, template="list_performance", title="Genuine one")
    page = raw(f"/verify?sha256={report['sha256'].upper()}")[1].decode()
    assert "is genuine" in page and "Genuine one" in page
    code = report["check_code"]
    for typed in (code, code.lower().replace("-", ""), " " + code.replace("-", " ").replace("0", "o").replace("1", "l") + " "):
        page = raw("/verify?" + urllib.parse.urlencode({"sha256": typed}))[1].decode()
        assert "A report with this code was created here" in page and "Genuine one" in page and "is genuine" not in page, typed
    assert "No such report" in raw("/verify?sha256=" + ("1" if code[0] == "0" else "0") + code[1:])[1].decode()
    assert "No such report" in raw("/verify?sha256=" + "0" * 64)[1].decode() and raw("/verify?sha256=xyz")[0] == 400


def test_a_lost_file_is_no_half_file(token):
    report = make(token, template="campaign_summary", title="Lost")
    _, path = link(token, report)
    database("db.report_files.delete_many({'format': 'pdf'})")
    status, body, _ = raw(path + "/pdf")
    assert status == 500 and b"%PDF" not in body
    assert get(f"/api/reports/{report['id']}/links", token)[0]["downloads"] == 0
    assert raw(f"/api/reports/{report['id']}/pdf", token)[0] == 500


@pytest.fixture(autouse=True)
def report_worker():
    """A test that ends between killing and starting the worker must not affect others."""
    yield
    if service_row("report")["state"] == "down":
        start_service("report")


def test_a_killed_worker_loses_no_report(token):
    stop_service("report", signal.SIGKILL)
    ids = [post("/api/reports", token, {"period": ALL, "title": f"Queue {n}"})[1]["id"] for n in range(4)]
    schedule = post("/api/report-schedules", token, {"name": "Of one that fails", "cron": "0 8 1 1 *", "zone": "UTC", "period": "all", "addresses": ["a@partner.example"]})[1]
    # one looks as if its worker on another machine had died half-way, one as if that had happened twice, one has no job, as an
    # older version left it
    database(f"""
import bson, datetime
past = datetime.datetime(2020, 1, 1)
for id, attempts in (('{ids[0]}', 1), ('{ids[1]}', 2)):
    db.jobs.update_one({{'subject': bson.ObjectId(id)}}, {{'$set': {{'state': 'held', 'owner': 'dead:1:1', 'fence': bson.Int64(1), 'lease_ms': bson.Int64(2000), 'lease_until': past, 'attempts': bson.Int64(attempts)}}}})
for id in ('{ids[0]}', '{ids[1]}', '{ids[3]}'):
    db.reports.update_one({{'_id': bson.ObjectId(id)}}, {{'$set': {{'state': 'running', 'worker': 'dead:1', 'lease_until': past}}}})
db.jobs.delete_one({{'subject': bson.ObjectId('{ids[3]}')}})
db.report_deliveries.insert_one({{'schedule_id': bson.ObjectId('{schedule['id']}'), 'report_id': bson.ObjectId('{ids[1]}'), 'state': 'making', 'due_at': past, 'next_try_at': past, 'recipients': []}})""")
    start_service("report")
    wait_until(lambda: all(get(f"/api/reports/{i}", token)["state"] in ("ready", "failed") for i in ids), "four reports")
    states = [get(f"/api/reports/{i}", token) for i in ids]
    assert [s["state"] for s in states] == ["ready", "failed", "ready", "ready"] and "failed twice" in states[1]["problem"]
    assert raw(f"/api/reports/{ids[0]}/pdf", token)[1][:4] == b"%PDF" and raw(f"/api/reports/{ids[1]}/pdf", token)[0] == 409
    deliveries = f"/api/report-schedules/{schedule['id']}/deliveries"
    wait_until(lambda: get(deliveries, token)[0]["state"] == "failed", "its delivery to fail")
    assert get(deliveries, token)[0]["problem"] == "its report could not be created: " + states[1]["problem"]
    post(f"/api/report-schedules/{schedule['id']}", token, method="DELETE")


def png(width, height):
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = zlib.compress(b"".join(b"\0" + b"\x20\x60\xa0" * width for _ in range(height)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width, height, mode="RGB", exif=b""):
    file = io.BytesIO()
    Image.new(mode, (width, height)).save(file, "JPEG", exif=exif)
    return file.getvalue()


def test_logos(token, partner, tmp_path):
    put = lambda data: post(f"/api/partners/{partner['id']}/logo", token, {"picture": base64.b64encode(data).decode()}, "PUT")
    for bad in (b"GIF89a" + b"x" * 100, b"\xff\xd8\xff\xe0" + b"x" * 100, png(3000, 3), png(10, 10)[:60], jpeg(3000, 3), jpeg(60, 60)[:400], jpeg(10, 10, "CMYK"), b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG" * 90000):
        status, answer, _ = put(bad)
        assert status == 400 and "logo" in answer["fields"], answer
    assert put(png(200, 80))[0] == 200
    status, body, headers = raw(f"/partners/{partner['id']}/logo", token)
    assert status == 200 and headers["Content-Type"] == "image/png"
    report = make(token, partner=partner["id"], template="list_performance")
    path = tmp_path / "logo.pdf"
    path.write_bytes(raw(f"/api/reports/{report['id']}/pdf", token)[1])
    assert " 200 " in tool("pdfimages", "-list", str(path))
    assert put(jpeg(1600, 400, exif=b"Exif\0\0" + b"where it was taken" * 9))[0] == 200  # kept as a smaller PNG, without what else it reported
    body = raw(f"/partners/{partner['id']}/logo", token)[1]
    assert body.startswith(b"\x89PNG") and struct.unpack(">II", body[16:24]) == (1000, 250) and b"taken" not in body
    assert put(b"")[0] == 200 and raw(f"/partners/{partner['id']}/logo", token)[0] == 404


def test_the_page_of_a_partner_has_its_figures_reports_and_links(token, partner):
    report = make(token, partner=partner["id"], title="For this partner only", period=ALL)
    other = make(token, title="For somebody else", period=ALL)
    link = post(f"/api/reports/{report['id']}/links", token, {"note": "Their desk"})[1]
    theirs = [one for one in get("/api/campaigns?limit=500", token) if one["name"].lower().startswith("acme_")]
    sent = [one for one in theirs if one["status"] == "sent"]
    browser = Browser()
    browser.sign_in(*first_user())
    page = html.unescape(browser.open(f"/partners/{partner['id']}?period=all")[1])
    told = get(f"/api/dashboard?period=all&partner={partner['id']}", token)
    assert told["campaigns"]["total"] == len(theirs) and told["totals"]["sent"] == sum(one["sent_count"] for one in theirs) > 0
    assert f">{told['totals']['delivered']:,}<" in page and f"of {told['totals']['sent']:,} sent" in page
    assert f"{len(sent)} campaign" in page and sent[0]["name"] in page and "For this partner only" in page and "For somebody else" not in page
    assert f'href="/reports/{report["id"]}#links"' in page and "Their desk" in page
    assert not [one for one in get("/api/campaigns?limit=500", token) if one["id"] not in {two["id"] for two in theirs} and f"/campaigns/{one['id']}" in page]
    assert {one["id"] for one in get(f"/api/campaigns?limit=500&partner={partner['id']}", token)} == {one["id"] for one in theirs}
    rows = raw(f"/dashboard.csv?period=all&partner={partner['id']}", token)[1].decode().splitlines()
    assert len(rows) > 1 and all("acme_" in row.lower() for row in rows[1:])
    assert get_status("/api/dashboard?partner=nobody", token) == 400 and get_status("/api/campaigns?partner=nobody", token) == 400
    post(f"/api/reports/{other['id']}", token, method="DELETE"), post(f"/api/reports/{report['id']}", token, method="DELETE")
    assert link["url"].startswith("http")
    assert html.escape(partner["name"]) in browser.open("/campaigns?q=acme")[1]
    post(f"/api/partners/{partner['id']}", token, {"name": "Named anew", "prefixes": ["acme_"], "contact": "desk@example.com"}, "PUT")
    assert "Named anew" in browser.open("/campaigns?q=acme")[1]  # no stale page
    post(f"/api/partners/{partner['id']}", token, {"name": partner["name"], "prefixes": ["acme_"], "contact": "desk@example.com"}, "PUT")


def test_a_logo_by_form(partner):
    browser = Browser()
    browser.sign_in(*first_user())
    path = f"/partners/{partner['id']}"
    proof = re.search(r'name="csrf" value="(\w+)"', browser.open(path + "/about")[1])[1]
    for data, reported in ((b"", "Choose a PNG or JPEG file first"), (b"GIF89a" + b"x" * 40, "must be a PNG or JPEG"), (jpeg(50, 20), None)):
        status, text, address = browser.upload(path + "/logo", {"csrf": proof}, "logo", data)
        assert (status == 400 and reported in text) if reported else (status == 200 and 'class="logo"' in text), text
    assert browser.upload(path + "/logo", {"csrf": "wrong"}, "logo", jpeg(50, 20))[0] == 403
    assert 'class="logo"' not in browser.open(path + "/logo", csrf=proof, remove="1")[1]


def test_by_hand_in_a_browser(token, partner):
    browser = Browser()
    browser.sign_in(*first_user())
    page = browser.open(f"/reports/new?partner={partner['id']}&period=all")[1]
    assert "Preview of page 1" in page and "Create report" in page
    picture = html.unescape(re.search(r'<img class="paper" src="([^"]+)"', page)[1])
    status, drawn, headers = raw(picture, token)
    assert status == 200 and headers["Content-Type"] == "image/png" and drawn.startswith(b"\x89PNG") and "&period=all" in picture
    assert raw("/reports/new/picture?period=fortnight", token)[0] == 400
    proof = re.search(r'name="csrf" value="(\w+)"', page)[1]
    status, page, where = browser.open("/reports", csrf=proof, template="campaign_summary", partner=partner["id"], period="all")
    assert status == 200 and "/reports/" in where
    wait_until(lambda: "Download PDF" in browser.open(where[len(URL):])[1], "the report")
    last = datetime.date.today() + datetime.timedelta(days=200)
    page = browser.open(where[len(URL):] + "/links", csrf=proof, expires_at=str(last), password="")[1]
    assert "Copy it now: it is not shown again" in page and "/r/" in page and re.search(f"{last.day} {last:%b}( {last.year})?, 23:59", page)
    assert browser.open(where[len(URL):] + "/links", csrf=proof, expires_at="soon")[0] == 400
    assert "ACME" in browser.open("/reports")[1]
    asked = html.unescape(browser.open(where[len(URL):] + "/delete")[1])
    assert "Delete the report “ACME" in asked and "1 active link stops working" in asked and "Cancel" in asked
    link = re.search(r'href="([^"]+/revoke)"', browser.open(where[len(URL):])[1])[1]
    assert "Revoke this link?" in browser.open(link)[1] and "Link revoked" in browser.open(link, csrf=proof)[1]
    assert "active link" not in browser.open(where[len(URL):] + "/delete")[1] and browser.open(link.replace("revoke", "x"))[0] == 404
    status, page, where = browser.open(where[len(URL):] + "/delete", csrf=proof)
    assert where.endswith("/reports?deleted=1") and "Report deleted" in page


def test_on_the_command_line(token, partner, tmp_path):
    out = tmp_path / "cli.pdf"
    answer = json.loads(cli("report", "--partner", partner["name"], "--period", "all", "--out", str(out), "--json").stdout)
    assert out.read_bytes()[:4] == b"%PDF" and answer["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    bad = cli("report", "--partner", "nobody", check=False)
    assert bad.returncode == 1 and "no partner" in bad.stderr


def test_blocks_are_moved_by_a_button(token):
    browser = Browser()
    browser.sign_in(*first_user())
    chosen = lambda page: re.findall(r'name="blocks" value="(\w+)" checked', page)
    address = "/reports/new?template=custom&period=all&blocks=summary&blocks=campaigns&blocks=links"
    page = browser.open(address)[1]
    assert chosen(page) == ["summary", "campaigns", "links"] and page.count('value="up:') == 2 and page.count('value="down:') == 2
    page = browser.open(address + "&move=up:links")[1]
    assert chosen(page) == ["summary", "links", "campaigns"]
    for nothing in ("up:summary", "down:links", "up:secrets", "sideways:links", "up:", ""):
        assert chosen(browser.open(f"{address}&move={nothing}")[1]) == ["summary", "campaigns", "links"], nothing


def test_a_long_note_is_no_part_of_an_address(token):
    browser = Browser()
    browser.sign_in(*first_user())
    page = browser.open("/reports/new")[1]
    form = re.search(r'<form class="grid top" method="(\w+)" action="([^"]+)".*?</form>', page, re.S)
    assert form[1] == "post"
    proof = re.search(r'name="csrf" value="(\w+)"', form[0])[1]
    chosen = {"csrf": proof, "template": "campaign_summary", "period": "90d", "partner": "", "note": "Ж" * 1400}
    status, page, where = browser.open(form[2], **chosen)
    assert status == 200 and "Ж" * 1400 in page and "Preview of page 1" in page and where == URL + "/reports/new"
    status, page, where = browser.open(form[2], **{**chosen, "note": "short & plain"})
    assert status == 200 and where == URL + "/reports/new?template=campaign_summary&period=90d&note=short%20%26%20plain"
    assert "short &amp; plain" in page and proof not in where
    status, page, _ = browser.open(form[2], **{**chosen, "note": "Ж" * 2001})
    assert status == 400 and "note" in page and browser.open(form[2], **{**chosen, "csrf": "0" * 64})[0] == 403


def test_three_questions_are_answered_by_the_campaigns_chosen(token, partner):
    """The list of campaigns leads here with the ticked ones: whose they are and their period is suggested."""
    browser = Browser()
    browser.sign_in(*first_user())
    rows = [row for row in campaigns(token) if (row["name"] or "").lower().startswith("acme_") and row["status"] == "sent"]
    mine = sorted(rows, key=lambda row: row["sent_at"])[3:6]
    page = browser.open("/reports/new?" + "&".join(f"id={row['id']}" for row in mine))[1]
    assert f'<option value="{partner["id"]}" selected>' in page and 'value="ticked" checked' in page
    assert f'name="from" value="{mine[0]["sent_at"][:10]}"' in page and f'name="to" value="{mine[2]["sent_at"][:10]}"' in page
    assert "3 of 3 campaigns" in page and re.search(r"3 campaigns[^<]*figures as of", page)
    form = {"csrf": re.search(r'name="csrf" value="(\w+)"', page)[1], "shown": "campaign_summary", "template": "campaign_summary", "partner": partner["id"],
            "from": mine[0]["sent_at"][:10], "to": mine[2]["sent_at"][:10], "campaigns": mine[0]["id"], "pick": "ticked"}
    page, where = browser.open("/reports/new", **form)[1:]
    assert "1 of 3 campaigns" in page and f"campaigns={mine[0]['id']}" in where and "shown" not in where and "pick" not in where
    assert "campaigns=" not in browser.open("/reports/new", **{**form, "pick": "all"})[2]
    for asked, count in (({}, 1), ({"pick": "all"}, 3)):
        where = browser.open("/reports", **{**form, **asked})[2]
        wait_until(lambda: get(f"/api{where[len(URL):]}", token)["state"] == "ready", "the report")
        assert get(f"/api{where[len(URL):]}", token)["campaign_count"] == count


def test_ticking_blocks_makes_a_custom_report(token):
    browser = Browser()
    browser.sign_in(*first_user())
    page = browser.open("/reports/new?period=all")[1]
    chosen = lambda page: re.findall(r'name="blocks" value="(\w+)" checked', page)
    usual = chosen(page)
    assert usual[:3] == ["summary", "trend", "campaigns"] and 'value="campaign_summary" checked' in page
    form = {"csrf": re.search(r'name="csrf" value="(\w+)"', page)[1], "shown": "campaign_summary", "period": "all", "template": "campaign_summary"}
    send = lambda blocks, **more: browser.open("/reports/new", **{**form, **more, "blocks": blocks})
    page, where = send(usual)[1:]
    assert chosen(page) == usual and "blocks=" not in where
    page, where = send(usual[:2])[1:]
    assert chosen(page) == usual[:2] and "template=custom" in where and 'value="custom" checked' in page
    page, where = send(usual, move="down:summary")[1:]
    assert chosen(page)[:2] == ["trend", "summary"] and "move" not in where
    page, where = send(usual[:2], template="list_performance")[1:]  # another template brings its own
    assert "lists" in chosen(page) and "blocks=" not in where and 'value="list_performance" checked' in page


def test_nothing_of_one_partner_on_the_page_of_another(token, partner):
    """Every block there is, and campaigns of others asked for by their ids: of these neither a name nor a link is in page, table or PDF."""
    blocks = ["summary", "changes", "trend", "campaigns", "details", "links", "heatmap", "lists", "list_growth", "engagement", "domains", "definitions", "provenance"]
    every = campaigns(token)
    own = [one for one in every if one["name"].lower().startswith("acme_")]
    others = [one for one in every if one not in own and not any(one["name"] in mine["name"] for mine in own)]
    assert own and len(others) > 3
    for more in ({}, {"campaigns": [one["id"] for one in (own[:1] + others)[:200]]}):
        status, answer, _ = post("/api/reports", token, {"template": "custom", "blocks": blocks, "partner": partner["id"], "period": ALL, **more})
        if status == 400:
            assert more, answer
            continue
        wait_until(lambda: get(f"/api/reports/{answer['id']}", token)["state"] in ("ready", "failed"), "the report")
        assert get(f"/api/reports/{answer['id']}", token)["state"] == "ready"
        status, link, _ = post(f"/api/reports/{answer['id']}/links", token)
        assert status == 201, link
        path = urllib.parse.urlsplit(link["url"]).path
        page, table, pdf = (raw(path + end) for end in ("", "/csv", "/pdf"))
        assert {page[0], table[0], pdf[0]} == {200}
        text = html.unescape(page[1].decode()) + table[1].decode() + tool("pdftotext", "-layout", "-", "-", data=pdf[1])
        assert own[0]["name"] in text
        assert not [one["name"] for one in others if one["name"] in text or (one.get("subject") and one["subject"] in text and one["subject"] not in [mine.get("subject") for mine in own])]
