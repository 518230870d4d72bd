"""Pages, JSON and CSV as their readers meet them."""
import csv, datetime, io, json, os, re, signal, time, urllib.parse

import pytest
from product import (EVER, HOME, Browser, call, campaigns, cli, database, demo, everything, first_user, get, kill_sync_worker, start_sync_worker,
                     wait_until)


@pytest.mark.parametrize("query,field", [
    ("/api/campaigns?sort=x", "sort"), ("/api/campaigns?limit=0", "limit"), ("/api/campaigns?limit=9999999999999999999", "limit"),
    ("/api/campaigns?status[$ne]=x&status=bogus", "status"), ("/api/campaigns?from=yesterday", "from"),
    ("/api/campaigns?cursor=abc", "cursor"), ("/api/campaigns?from=2026-02-02&to=2026-01-01", "to"),
    ("/api/dashboard?period=1y", "period"), ("/api/dashboard?match=moon", "match"), ("/api/dashboard?compare=custom&cfrom=x", "cfrom"),
    ("/api/campaigns?period=soon", "period"), ("/api/dashboard?as_of=x", "as_of"), ("/api/changes?since=x", "since"), ("/api/changes?since=2026-02-02&until=2026-01-01", "until"), ("/api/dashboard?as_of=2999-01-01", "as_of"),
    ("/api/campaigns?cursor=nan:6b024f9b60bc741f410ba98b", "cursor"), ("/api/campaigns?cursor=1x:6b024f9b60bc741f410ba98b", "cursor"),
    ("/api/campaigns?sort=name&cursor=a:b", "cursor"), ("/api/dashboard?compare=moon", "compare")])
def test_bad_parameters_are_named(token, query, field):
    status, body, _ = call(query, token)
    assert status == 400 and field in json.loads(body)["fields"]


def test_the_columns_of_the_list_are_chosen_by_its_address(token):
    browser = Browser()
    browser.sign_in(*first_user())
    heads = lambda page: re.findall(r'role="columnheader"[^>]*>(?:<a [^>]*>)?([^<]+)<', page)
    page = browser.open("/campaigns")[1]
    assert heads(page) == ["Campaign", "Status", "Sent", "Delivered", "Click rate", "Open rate", "Unsub.", "Bounced", "Complaints"] and "Usual columns" not in page
    page = browser.open("/campaigns?column=click_to_open_rate&column=bounce_rate&q=ACME&sort=-click_to_open_rate")[1]
    assert heads(page)[:5] == ["Campaign", "Sent", "Click/open", "Bounced"] and "Usual columns" in page
    row = re.search(r"<tbody.*?</tr>", page, re.S)[0]
    assert row.count("<td") == 4 and 'class="number key"' in row and 'class="number key2" data-unit=" bounced"' in row, row
    assert page.count('<input type="hidden" name="column" value="bounce_rate">') == 2, "searching and filtering keep them"
    assert "column=click_to_open_rate&amp;column=bounce_rate" in page, "sorting keeps them"
    status, page, _ = browser.open("/campaigns?column=moon")
    assert status == 400 and "“moon” is not a column of campaigns" in page


def test_chosen_columns_are_kept_for_the_browser_and_named_by_the_address(token):
    browser, other = Browser(), Browser()
    browser.sign_in(*first_user())
    other.sign_in(*first_user())
    heads = lambda page: re.findall(r'role="columnheader"[^>]*>(?:<a [^>]*>)?([^<]+)<', page)
    page = browser.open("/campaigns")[1]
    csrf, usual = re.search(r'name="csrf" value="(\w+)"', page)[1], heads(page)
    choose = lambda next, *columns, **more: browser.open("/campaigns/columns", csrf=csrf, next=next, column=columns, **more)
    status, page, address = choose("/campaigns?q=ACME&", "bounce_rate", "click_to_open_rate")
    assert status == 200 and address.endswith("/campaigns?q=ACME&column=click_to_open_rate&column=bounce_rate"), address
    assert heads(browser.open("/campaigns")[1])[:4] == ["Campaign", "Sent", "Click/open", "Bounced"]
    assert heads(browser.open("/campaigns?column=delivered")[1])[:3] == ["Campaign", "Sent", "Delivered"], "an address says more than the browser"
    assert heads(other.open("/campaigns")[1]) == usual, "another browser keeps its own"
    assert choose("/campaigns", "moon")[0] == 400
    for nowhere in ("https://elsewhere.example/", "//elsewhere.example", ""):
        assert choose(nowhere, "delivered")[2].endswith("/campaigns?column=delivered"), nowhere
    assert heads(choose("/campaigns?", usual="1")[1]) == usual == heads(browser.open("/campaigns")[1])


def test_search_is_plain_text(token):
    assert get("/api/campaigns?q=" + urllib.parse.quote("(a+)+$.*"), token) == []
    assert len(get("/api/campaigns?q=" + urllib.parse.quote("<B>half"), token)) >= 1
    assert call("/api/campaigns?q=%ff", token)[0] == 400


SORT_KEYS = {"sent": lambda row: row["sent_at"] or "", "name": lambda row: (row["name"] or "").casefold(),
             "delivered": lambda row: row["delivered_count"] if row["has_report"] else -1,
             "open_rate": lambda row: row["rates"]["open_rate"] if row["has_report"] else -1,
             "click_rate": lambda row: row["rates"]["click_rate"] if row["has_report"] else -1}


@pytest.mark.parametrize("sort", ["-sent", "sent", "name", "-name", "-open_rate", "click_rate", "-delivered"])
@pytest.mark.parametrize("more", ["", "&as_of=now", "&status=sent", f"&q=e&from={EVER[0]}&to={EVER[1]}"])
def test_paging_gives_every_campaign_once_and_in_order(token, sort, more):
    more = more.replace("=now", "=" + time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    whole = get(f"/api/campaigns?limit=500&sort={sort}{more}", token)
    seen = everything(f"/api/campaigns?sort={sort}{more}", token, 7)
    assert [row["id"] for row in seen] == [row["id"] for row in whole] and len({row["id"] for row in seen}) == len(seen)
    assert len(seen) == 72 or "status" in more or "q=" in more
    keys = [SORT_KEYS[sort.lstrip("-")](row) for row in seen]
    assert keys == sorted(keys, reverse=sort[0] == "-"), keys


def test_a_draft_was_not_sent_in_any_period(token):
    rows = everything("/api/campaigns", token)
    assert any(not row["sent_at"] for row in rows)
    for bound in (f"to={EVER[1]}", "from=1970-01-01"):
        assert everything(f"/api/campaigns?{bound}", token) == [row for row in rows if row["sent_at"]]


def test_the_list_of_a_past_moment_says_so(token):
    then = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    page = call(f"/campaigns?as_of={then}&sort=-click_rate", token)[1]
    assert "Figures as of" in page and "Back to today" in page and f"?as_of={urllib.parse.quote(then, safe='')}\"" in page
    assert "Back to today" not in call("/campaigns", token)[1]


def test_a_page_goes_on_where_a_campaign_was(token):
    """A cursor is a position, not a row: rows deleted in between do not affect the next page."""
    rows = get("/api/campaigns?limit=500&sort=name", token)
    place = urllib.parse.quote(f"{rows[9]['name'].casefold()}:{'f' * 24}")
    assert [row["id"] for row in get(f"/api/campaigns?limit=500&sort=name&cursor={place}", token)] == [row["id"] for row in rows[10:]]


def test_names_are_escaped_and_csv_is_safe(token):
    page = call("/campaigns?q=half", token)[1]
    assert "<b>Half" not in page and "&lt;b&gt;Half" in page
    status, text, headers = call("/campaigns.csv", token)
    assert status == 200 and headers["Content-Type"].startswith("text/csv") and len(text.splitlines()) == 73


def test_campaigns_to_compare_are_proposed_once_their_results_are_in(token):
    """Nothing chosen: the two newest that were sent more than three days ago, never one that is still sending. One chosen: the newest of its list."""
    before = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    settled = [row for row in campaigns(token) if row["status"] == "sent" and row["sent_at"] and row["sent_at"] < before and row["has_report"]]
    settled.sort(key=lambda row: row["sent_at"], reverse=True)
    proposed = lambda query: re.findall(r'<option value="(\w+)" selected>', call("/compare" + query, token)[1])
    assert proposed("") == [settled[0]["id"], next(row["id"] for row in settled[1:] if row["list_id"] == settled[0]["list_id"])]
    last = settled[-1]
    assert proposed(f"?id={last['id']}") == [next(row["id"] for row in settled if row["list_id"] == last["list_id"] and row != last)]


def test_selected_campaigns_as_csv_and_why_no_row_is_shown(token):
    ids = [row["id"] for row in campaigns(token)[:3]]
    chosen = "&".join(f"id={ident}" for ident in ids)
    rows = call("/campaigns.csv?" + chosen, token)[1].splitlines()[1:]
    assert sorted(row.split(",")[0] for row in rows) == sorted(f"campaign_{ident}" for ident in ids)
    page = call("/campaigns?q=nothing+like+this", token)[1]
    assert "No campaign matches this filter" in page and "first sync" not in page and page.count("Clear filters") == 1
    page = call("/campaigns?q=nothing+like+this&period=90d&status=sent", token)[1]
    assert "No campaign matches these 3 filters" in page and '3<span class="sr"> in use' not in page
    assert "Rates of all of them together" in call("/campaigns", token)[1]


def test_headers_and_openapi(token):
    headers = call("/dashboard", token)[2]
    assert "default-src 'none'" in headers["Content-Security-Policy"] and headers["Cache-Control"] == "no-store"
    assert "/api/campaigns/{campaign_id}/snapshots" in get("/api/openapi.json", token)["paths"]


def test_answers_are_kept_by_data_version_only(token):
    status, body, headers = call("/api/stats", token)
    tag = headers["ETag"]
    assert headers["Cache-Control"] == "private, no-cache"
    for _ in range(8):  # to reach every worker
        status, again, headers = call("/api/stats", token, headers={"If-None-Match": tag})
        assert status == 304 and again == "" and headers["ETag"] == tag
    demo(grow=13)
    cli("sync")
    status, fresh, headers = call("/api/stats", token, headers={"If-None-Match": tag})
    assert status == 200 and headers["ETag"] != tag and json.loads(fresh)["total_opened"] != json.loads(body)["total_opened"]


def test_a_kept_page_belongs_to_one_session(token):
    pages = [Browser().sign_in(*first_user())[1] for _ in range(2)]
    proofs = [re.search(r'name="csrf" value="(\w+)"', page)[1] for page in pages]
    assert proofs[0] != proofs[1]
    short = cli("token", "create", "--name", "short", "--scope", "read").stdout.strip()
    assert call("/api/stats", short)[0] == 200
    ident = [line.split("\t")[0] for line in cli("token", "list").stdout.splitlines() if "\tshort\t" in line][0]
    cli("token", "revoke", ident)
    assert call("/api/stats", short)[0] == 401


def days(period):
    from datetime import datetime
    read = lambda text: datetime.fromisoformat(text.replace("Z", "+00:00"))
    return read(period["from"]), read(period["to"])


def test_periods_and_what_they_are_compared_with(token):
    board = get("/api/dashboard?period=90d", token)
    (a, b), (c, d) = days(board["period"]), days(board["previous"]["period"])
    assert (b - a).days == 90 and d == a and (d - c).days == 90
    (c, d) = days(get("/api/dashboard?period=90d&match=weekday", token)["previous"]["period"])
    assert (a - c).days == 91 and c.weekday() == a.weekday()
    (c, d) = days(get("/api/dashboard?period=90d&compare=year", token)["previous"]["period"])
    assert str(c)[:10] == str(a)[:10].replace(str(a.year), str(a.year - 1)).replace("02-29", "02-28")
    (c, d) = days(get("/api/dashboard?compare=custom&cfrom=2026-01-01&cto=2026-01-31", token)["previous"]["period"])
    assert (d - c).days == 31
    assert "previous" not in get("/api/dashboard?compare=none", token) and "previous" not in get("/api/dashboard?period=all", token)
    for period in ("mtd", "lastmonth", "ytd"):
        assert days(get(f"/api/dashboard?period={period}", token)["period"])[0].day == 1


def test_page_table_csv_and_json_agree(token):
    page = call("/dashboard?period=all&metric=open_rate", token)[1]
    table = page[page.index('id="rates">'):page.index("</table>", page.index('id="rates">'))]
    shown = re.findall(r'data-x="([\d-]+)T[^>]*><a href="/campaigns/(\w+)">.*?</a></th>\s*<td class="number">([\d.–]+)\xa0%</td>', table)
    text = call("/dashboard.csv?period=all&metric=open_rate", token)[1]
    every = list(csv.reader(io.StringIO(text)))[1:]
    rows = [row for row in every if not row[6]]
    assert len(shown) == len(rows) > 60
    told = {row["id"]: row for row in campaigns(token)}
    left_out = [row for row in told.values() if row["sent_at"] and row["id"] not in {ident for _, ident, _ in shown}]
    assert sorted(row[1] for row in every if row[6]) == sorted(row["name"] for row in left_out) and left_out  # with the reason
    assert all(row[3] == "" and row[6] in ("still being sent", "not sent", "nothing to divide by", "no figures yet") for row in every if row[6])
    assert f"{len(left_out)} campaign" in page and "not drawn: " in page
    for (day, ident, rate), row in zip(shown, rows):
        assert day == row[0] and f"{float(row[3]):.1f}" == rate == f"{told[ident]['open_rate']:.1f}"
    board = get("/api/dashboard?period=all", token)
    assert f"{board['rates']['open_rate']:.1f}\u00a0%" in page and f"{board['totals']['delivered']:,}" in page


@pytest.mark.skipif(not os.path.exists(f"{HOME}/keeper/state"), reason="no keeper has run here")
def test_the_sync_page_names_the_processes(token):
    page = call("/sync", token)[1]
    rows = re.findall(r"<tr>\s*<t[hd][^>]*>([^<]+)</t[hd]>\s*<td[^>]*>\s*<span[^>]*>([^<]+)</span>", page[page.index("Processes"):])
    assert {"web": "Running", "report": "Running", "nginx": "Running"}.items() <= dict(rows).items(), rows


def test_the_dashboard_tells_what_the_last_sync_changed(token):
    cli("sync")
    demo(grow=4)
    cli("sync")
    page = call("/dashboard", token)[1]
    assert "Changed in the last sync" in page and "<b>+4</b>" in page


def test_snapshots_come_in_pages(token):
    for grow in (21, 22, 23):
        demo(grow=grow)
        cli("sync")
    ident = next(row["id"] for row in campaigns(token) if row["status"] == "sent")
    whole, seen, cursor = get(f"/api/campaigns/{ident}/snapshots", token), [], ""
    while cursor is not None:
        status, body, headers = call(f"/api/campaigns/{ident}/snapshots?limit=2&cursor={cursor}", token)
        assert status == 200
        seen = json.loads(body) + seen
        cursor = headers.get("X-Next-Cursor")
    assert [s["id"] for s in seen] == [s["id"] for s in whole] and len(whole) >= 4
    page = call(f"/campaigns/{ident}/history", token)[1]
    table = page[page.index('id="snapshots"'):]
    assert len(re.findall(r'<tr role="row"><th role="rowheader"', table)) == min(len(whole), 50) and 'id="growth"' in call(f"/campaigns/{ident}", token)[1]
    for bad in ("x", "5:zz", "9999999999999999999999:" + ident):
        assert call(f"/api/campaigns/{ident}/snapshots?cursor={bad}", token)[0] == 400


def test_the_past_is_shown_as_it_was(token):
    """as_of shows again what was shown at the end of a sync, on the dashboard, the list and each campaign."""
    shown = []
    for grow in (31, 32, 33):
        demo(grow=grow)
        cli("sync")
        board = get("/api/dashboard?period=all", token)
        shown.append((board["as_of"], {k: board[k] for k in ("totals", "rates", "stats", "campaigns")}, {r["id"]: r["current_metrics"] for r in campaigns(token)}))
        time.sleep(1.2)  # times have a resolution of one second
    for as_of, board, rows in shown:
        then = get(f"/api/dashboard?period=all&as_of={as_of}", token)
        assert {k: then[k] for k in board} == board and then["as_of"] == as_of
        listed = {r["id"]: r["current_metrics"] for r in get(f"/api/campaigns?limit=500&as_of={as_of}", token)}
        assert listed == rows
        ident = next(iter(rows))
        assert get(f"/api/campaigns/{ident}?as_of={as_of}", token)["current_metrics"] == rows[ident]
        page = call(f"/dashboard?period=all&as_of={as_of}", token)[1]
        assert f"Figures as of {datetime.datetime.fromisoformat(as_of.replace('Z', '+00:00')):%-d %b %Y}" in page and f"{board['totals']['delivered']:,}" in page
    first, last = shown[0], shown[-1]
    changes = {c["id"]: c for c in get(f"/api/changes?since={first[0]}&until={last[0]}", token)}
    for ident, now in last[2].items():
        was = first[2][ident]
        if now == was:
            assert ident not in changes
        elif now["opened"] is not None:
            assert changes[ident]["opened_change"] == now["opened"] - was["opened"] and changes[ident]["clicked"] == now["clicked"]
    assert changes and len(call(f"/changes.csv?since={first[0]}&until={last[0]}", token)[1].splitlines()) == len(changes) + 1
    assert get(f"/api/changes?since={last[0]}", token) == [] and call("/changes?since=x", token)[0] == 400


def test_a_series_over_the_snapshots(token):
    """Timestamps, values and their moving average over seven, as NumPy's convolve in 'valid' mode gives it."""
    ident = next(row["id"] for row in campaigns(token) if row["has_report"] and row["current_metrics"]["opened"] < 500)
    for grow in range(60, 69):
        if len(get(f"/api/campaigns/{ident}/snapshots", token)) < 9:
            demo(grow=grow)
            cli("sync")
    told = get(f"/api/campaigns/{ident}/snapshots", token)
    series = get(f"/api/campaigns/{ident}/series", token)
    values = [one["metrics"]["opened"] for one in told]
    assert series["timestamps"] == [one["snapshot_time"] for one in told] and series["values"] == values and series["metric"] == "opened"
    assert series["moving_average"] == pytest.approx([sum(values[i:i + 7]) / 7 for i in range(len(values) - 6)]) and len(values) >= 9
    campaign = get(f"/api/campaigns/{ident}", token)
    assert campaign["current_metrics"]["last_updated"] == campaign["last_updated"] == told[-1]["snapshot_time"]
    rates = get(f"/api/campaigns/{ident}/series?metric=open_rate", token)["values"]
    assert rates == pytest.approx([100 * m["opened"] / (m["sent"] - m["bounced"]) for m in (one["metrics"] for one in told)])
    assert json.loads(call(f"/api/campaigns/{ident}/series?metric=luck", token)[1])["fields"].keys() == {"metric"}


def test_every_table_is_a_csv_too(token):
    rows = lambda path: list(csv.reader(io.StringIO(call(path, token)[1])))
    campaign = next(row for row in campaigns(token) if row["has_report"])
    told = get(f"/api/campaigns/{campaign['id']}/snapshots", token)
    table = rows(f"/campaigns/{campaign['id']}/snapshots.csv")
    assert len(table) - 1 == len(told) and [int(r[2]) for r in table[1:]] == [s["metrics"]["opened"] for s in told]
    links = get(f"/api/campaigns/{campaign['id']}/links", token)
    assert [int(r[1]) for r in rows(f"/campaigns/{campaign['id']}/links.csv")[1:]] == [link["clicked_unique"] for link in links]
    lists = get("/api/lists", token)
    assert [int(r[3]) for r in rows("/lists.csv")[1:]] == [entry["counts"]["subscribed"] for entry in lists]
    history = get(f"/api/lists/{lists[0]['id']}/snapshots", token)
    assert [int(r[1]) for r in rows(f"/lists/{lists[0]['id']}/history.csv")[1:]] == [s["counts"]["subscribed"] for s in reversed(history)]
    columns = "weekday", "hour", "campaigns", "delivered"
    grid = list(csv.DictReader(io.StringIO(call("/heatmap.csv?period=all", token)[1])))
    assert [[int(r[c]) for c in columns] for r in grid] == [[cell[c] for c in columns] for cell in get("/api/heatmap?period=all", token)] != []
    for path in ("/campaigns.csv", "/lists.csv", "/links.csv?period=all", "/changes.csv", "/dashboard.csv?period=all", "/heatmap.csv?period=all", "/sync.csv",
                 f"/campaigns/{campaign['id']}/days.csv", f"/campaigns/{campaign['id']}/growth.csv", f"/campaigns/{campaign['id']}/ages.csv"):
        assert not [c for row in rows(path)[1:] for c in row if re.fullmatch(r"[\d,]+,\d{3}|[\d.]+ ?%|–|.* UTC|\d+ \w{3} \d{4}|'-?[\d.]+", c)], path
    runs = list(csv.DictReader(io.StringIO(call("/sync.csv", token)[1])))
    assert [(r["id"], r["state"], r["requested_at"]) for r in runs][:30] == [(r["id"], r["state"], r["requested_at"]) for r in get("/api/sync", token)]


def test_the_grid_of_sending_times_adds_up(token):
    cells, board = get("/api/heatmap?period=all", token), get("/api/dashboard?period=all", token)
    settled = f"{time.strftime('%FT%T', time.gmtime(time.time() - 3 * 86400))}Z"
    ended = [row for row in campaigns(token) if row["has_report"] and row["status"] == "sent" and row["sent_at"] <= settled]
    assert sum(cell["campaigns"] for cell in cells) == len(ended)
    assert sum(cell["delivered"] for cell in cells) == sum(row["delivered_count"] for row in ended) <= board["totals"]["delivered"]
    from datetime import datetime
    for cell in cells:
        mine = [r for r in ended if (t := datetime.fromisoformat(r["sent_at"].replace("Z", "+00:00"))).isoweekday() == cell["weekday"] and t.hour == cell["hour"]]
        assert len(mine) == cell["campaigns"] and cell["enough"] == (len(mine) >= 3 and cell["delivered"] >= 1000)
        assert cell["rates"]["click_rate"] == pytest.approx(100 * sum(r["clicked_count"] for r in mine) / cell["delivered"])
    assert "Best time to send" in call("/dashboard?period=all", token)[1]


def test_views_are_saved_for_their_user():
    user, password = first_user()
    browser = Browser()
    page = browser.sign_in(user, password)[1]
    csrf = re.search(r'name="csrf" value="(\w+)"', page)[1]
    save = lambda **fields: browser.open("/views", csrf=csrf, **fields)
    status, page, where = save(name="Clicks <this> year", address="/dashboard?period=ytd&metric=click_rate")
    assert status == 200 and where.endswith("saved=1") and "Clicks &lt;this&gt; year" in page
    assert save(name="Clicks <this> year", address="/campaigns")[0] == 409
    for fields in (dict(name="", address="/campaigns"), dict(name="x", address="//evil.example"), dict(name="x", address="https://evil.example"),
                   dict(name="x", address="/api/stats"), dict(name="x" * 81, address="/campaigns"), dict(name="x")):
        status, page, _ = save(**fields)
        assert status == 400 and 'role="alert"' in page, fields
    views = json.loads(browser.open("/api/views")[1])
    assert [view["name"] for view in views] == ["Clicks <this> year"]
    assert 'class="under" href="/dashboard?period=ytd&amp;metric=click_rate">Clicks &lt;this&gt; year</a>' in browser.open("/campaigns")[1]  # in the menu
    assert browser.open("/views/rename", csrf=csrf, id=views[0]["id"], name="Clicks")[2].endswith("renamed=1")
    assert ">Clicks</a>" in browser.open("/campaigns")[1] and save(name="Opens", address="/dashboard")[0] == 200
    status, page, _ = browser.open("/views/rename", csrf=csrf, id=views[0]["id"], name="Opens")
    assert status == 409 and "A view named “Opens” exists already" in page and "New name" in page
    assert browser.open("/views/rename", csrf=csrf, id="0" * 24, name="Nothing")[0] == 404
    for page in "/campaigns", "/dashboard", "/contacts", "/lists":
        assert 'form="save-view"' in browser.open(page)[1], page
    other = Browser()
    name, secret = open(f"{HOME}/first-passwords").readlines()[1].split()
    other.sign_in(name, secret)
    assert json.loads(other.open("/api/views")[1]) == []
    for view in json.loads(browser.open("/api/views")[1]):
        status, page, where = browser.open("/views/delete", csrf=csrf, id=view["id"])
        assert where.endswith("deleted=1") and ">Undo<" in page and view["name"] in page
    assert json.loads(browser.open("/api/views")[1]) == []
    evil = browser.open("/views?deleted=1&name=x&address=https://evil.example")[1]
    assert "Undo" not in evil and "evil.example" not in evil.replace('value="/views?deleted=1&amp;name=x&amp;address=https://evil.example"', "")


def test_what_others_change_keeps_the_answers(token):
    """Each realm has its own version: an answer is recomputed only when something it shows has changed."""
    paths = "/api/stats", "/api/lists", "/api/dashboard?period=all", "/campaigns.csv", "/api/campaigns"
    tags = {path: call(path, token)[2]["ETag"] for path in paths}

    def changed():
        return [path for path in paths if call(path, token, headers={"If-None-Match": tags[path]})[0] != 304]

    def send(path, body, method="POST"):
        assert call(path, token, method, json.dumps(body).encode(), {"Content-Type": "application/json"})[0] in (200, 201, 202)

    assert changed() == []
    for notice in get("/api/notifications", token)[:3]:
        send(f"/api/notifications/{notice['id']}/read", {})
    send("/api/benchmarks", {"metric": "bounce_rate", "percent": "1", "source": "a test"}, "PUT")
    send("/api/benchmarks", {"metric": "bounce_rate", "percent": ""}, "PUT")
    assert changed() == []
    ident = get("/api/campaigns", token)[0]["id"]
    send(f"/api/campaigns/{ident}/project", {"project_id": "realm"}, "PUT")
    assert changed() == ["/api/dashboard?period=all", "/campaigns.csv", "/api/campaigns"]  # may be asked for one partner's
    assert next(row for row in get("/api/campaigns", token) if row["id"] == ident)["project_id"] == "realm"
    send(f"/api/campaigns/{ident}/project", {"project_id": None}, "PUT")


def worded(stamp):
    return datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00")).strftime("%-d %b %Y, %H:%M")


def test_data_is_as_old_as_the_newest_reading_that_succeeded(token, without_worker):
    cli("sync")
    as_of = get("/api/dashboard", token)["as_of"]
    time.sleep(1.1)
    for notice in get("/api/notifications", token)[:1]:
        call(f"/api/notifications/{notice['id']}/read", token, "POST", b"")
    assert cli("sync", env={"EMAILOCTOPUS_API_KEY": "eo_wrong"}, check=False).returncode == 1
    start_sync_worker()
    wait_until(lambda: get("/api/sync", token)[0]["state"] == "failed", "the ledger")
    time.sleep(2)
    kill_sync_worker(signal.SIGTERM)
    assert get("/api/dashboard", token)["as_of"] == as_of
    demo(fault={"kind": "404", "times": 1000, "path": "summary"})  # lists and campaigns are read, but no figure
    assert "sync partial" in cli("sync").stdout and get("/api/dashboard", token)["as_of"] == as_of
    demo(fault=None)
    cli("sync", "--contacts")  # people are read, but no figure
    assert get("/api/dashboard", token)["as_of"] == as_of
    figures, contacts = (re.search(r">Figures as of ([^<]+)</p>", call(page, token)[1])[1] for page in ("/dashboard", "/contacts"))
    read = get("/api/sync?kind=contacts", token)[0]["data_at"]
    assert read > as_of and figures == worded(as_of) and contacts == worded(read)
    cli("sync")
    assert get("/api/dashboard", token)["as_of"] > as_of


def test_a_tag_of_a_list_leads_to_its_contacts(token):
    chosen = get("/api/lists", token)[0]["id"]
    change = "import bson\ndb.lists.update_one({{'_id': bson.ObjectId('{}')}}, {{'$set': {{'tags': {}}}}})"
    database(change.format(chosen, ["R&D #1"]))
    page = call(f"/lists/{chosen}", token)[1]
    database(change.format(chosen, ["vip"]))
    assert '<a class="label-pill" href="/contacts?tag=R%26D%20%231">R&amp;D #1</a>' in page


def test_a_name_that_turns_the_page_around(token):
    """U+202E: what follows is read from right to left. Marked where people read it; a form, JSON and CSV have it as it is."""
    name, domain = "Ann \u202egpj.exe\u202c", "turned.example.org"
    person = Browser()
    person.sign_in(*first_user())
    page_of = lambda path: person.open(path)[1]
    status, body, _ = call("/api/contacts", token, "POST", json.dumps({"email": f"ann@{domain}", "first_name": name}).encode(), {"Content-Type": "application/json"})
    assert status == 200, body
    id = json.loads(body)["id"]
    for path in (f"/contacts/{id}", f"/contacts?q={domain}", f"/search?q={domain}", f"/contacts/{id}/delete"):
        page = page_of(path)
        assert "\u202e" not in page and "\u202c" not in page, path
    assert "Ann \ufffdgpj.exe\ufffd" in page_of(f"/contacts/{id}")
    assert f'value="{name}"' in page_of(f"/contacts/{id}/edit")
    assert get(f"/api/contacts/{id}", token)["first_name"] == name and name in page_of(f"/contacts.csv?q={domain}")
    assert call(f"/api/contacts/{id}", token, "DELETE")[0] == 200
