"""The account's time zone: pages and downloads follow it, JSON stays in UTC, and stored days are counted anew."""
import csv, datetime, io, json, re, zoneinfo

import pytest
from product import call, cli, get, wait_until
from test_reports import post

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module", autouse=True)
def synced():
    cli("sync")
    cli("sync", "--contacts")


def use(token, zone):
    status, answer, _ = post("/api/settings/zone", token, {"zone": zone}, "PUT")
    assert status == 200 and answer["zone"] == zone, answer
    wait_until(lambda: get("/api/settings/zone", token)["counting"] is None, f"days to be counted for {zone}", 120)


@pytest.fixture
def berlin(token):
    use(token, "Europe/Berlin")
    yield
    use(token, "UTC")


def table(path, token):
    status, text, _ = call(path, token)
    assert status == 200, (path, text)
    return list(csv.DictReader(io.StringIO(text)))


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


API = ["/api/dashboard?period=12m", "/api/heatmap?period=all", "/api/campaigns?period=12m&limit=20"]
PAGES = ["/dashboard?period=12m", "/campaigns", "/lists", "/contacts", "/sync", "/reports", "/reports/schedules", "/settings", "/notifications"]


def busiest(token):
    rows = get("/api/campaigns?status=sent&limit=200", token)
    return max((r for r in rows if r["sent_at"]), key=lambda r: r["current_metrics"]["opened"] or 0)


def test_the_footer_names_it(token, berlin):
    name = datetime.datetime.now(BERLIN).tzname()
    for path in PAGES:
        status, page, _ = call(path, token)
        assert status == 200 and f"Times are in Europe/Berlin ({name})" in page, path


def test_the_footer_says_while_days_are_utcs(token):
    """old: until days had been counted anew, UTC's stood under the new zone's name."""
    try:
        for zone in ("Asia/Kolkata", "America/New_York", "Europe/Berlin"):
            assert post("/api/settings/zone", token, {"zone": zone}, "PUT")[0] == 200
            said = "days and weeks of campaigns and lists are UTC’s" in call("/lists", token)[1]
            assert said or get("/api/settings/zone", token)["counting"] is None, zone
            use(token, zone)
            assert "are UTC’s" not in call("/lists", token)[1]
    finally:
        use(token, "UTC")


def test_the_api_stays_in_utc(token):
    campaign, entry = busiest(token), get("/api/lists", token)[0]
    paths = [*API, f"/api/campaigns/{campaign['id']}/analytics?days=400", f"/api/lists/{entry['id']}/growth"]
    before = [get(path, token) for path in paths]
    use(token, "Asia/Kolkata")
    try:
        assert [get(path, token) for path in paths] == before
    finally:
        use(token, "UTC")


def test_days_of_a_campaign_are_those_of_the_zone(token, berlin):
    """By Berlin's clock other days than in UTC, but the same people."""
    campaign = busiest(token)
    rows = [r for r in table(f"/campaigns/{campaign['id']}/days.csv", token) if r["row"] == "day"]
    sent = moment(campaign["sent_at"]).astimezone(BERLIN).date().isoformat()
    assert rows[0]["date"] <= sent and next(r for r in rows if r["date"] == sent)["sent"] == str(campaign["current_metrics"]["sent"])
    opened = sum(int(r["opened"]) for r in rows)
    use(token, "UTC")
    utc = [r for r in table(f"/campaigns/{campaign['id']}/days.csv", token) if r["row"] == "day"]
    use(token, "Europe/Berlin")
    assert sum(int(r["opened"]) for r in utc) == opened and [r["date"] for r in rows] == sorted(r["date"] for r in rows)
    assert rows != utc


def test_the_last_day_of_a_campaign_is_today_by_its_clock(token):
    """old: for hours around midnight the chart lacked today, or had tomorrow: it ended with UTC's day."""
    utc = datetime.datetime.now(datetime.timezone.utc)
    sent = [one for one in get("/api/campaigns?status=sent&limit=200", token) if one["has_report"] and one["sent_at"] and moment(one["sent_at"]) < utc - datetime.timedelta(days=3)]
    row = max(sent, key=lambda one: one["sent_at"])
    zone = "Pacific/Kiritimati" if utc.hour >= 10 else "Pacific/Pago_Pago"  # where it is another day now
    use(token, zone)
    try:
        for path in (f"/analytics?campaign_id={row['id'].removeprefix('campaign_')}&days=3650", f"/analytics?campaign_id={row['id'].removeprefix('campaign_')}&days=5"):
            before = datetime.datetime.now(zoneinfo.ZoneInfo(zone)).date()
            page = call(path, token)[1]
            days = re.findall(r'data-x="(\d{4}-\d\d-\d\d)"', page)
            assert days and before.isoformat() <= days[-1] <= datetime.datetime.now(zoneinfo.ZoneInfo(zone)).date().isoformat(), (zone, utc, days[-3:])
        assert get(f"/api/campaigns/{row['id']}/analytics?days=3650", token)[-1]["date"][:10] >= utc.date().isoformat(), "the API stays in UTC"
    finally:
        use(token, "UTC")


def test_the_grid_is_by_its_clock(token, berlin):
    utc = {(c["weekday"], c["hour"]): c["campaigns"] for c in get("/api/heatmap?period=all", token)}
    local = {(int(c["weekday"]), int(c["hour"])): int(c["campaigns"]) for c in table("/heatmap.csv?period=all", token)}
    expected = {}
    for row in get("/api/campaigns?status=sent&limit=500", token):
        if row["sent_at"] and row["has_report"] and moment(row["sent_at"]) <= datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=3):
            at = moment(row["sent_at"]).astimezone(BERLIN)
            expected[at.isoweekday(), at.hour] = expected.get((at.isoweekday(), at.hour), 0) + 1
    assert local == expected and local != utc and sum(local.values()) == sum(utc.values())


def test_a_day_on_a_page_is_a_local_day(token, berlin):
    """Its own local day finds a campaign."""
    for row in get("/api/campaigns?status=sent&limit=50", token)[:10]:
        day = moment(row["sent_at"]).astimezone(BERLIN).date().isoformat()
        assert row["id"] in call(f"/campaigns?from={day}&to={day}", token)[1]


def test_reports_have_the_zone_of_their_days(token, berlin):
    status, page, _ = call("/reports/new?template=list_performance&period=lastmonth&as=web", token)
    assert status == 200 and re.search(r"igures as of [^<]* CES?T", page)


def test_a_replay_after_a_change_of_zone_agrees(token):
    """old: days of the earlier zone, which nothing shows any more, made the growth of each campaign differ."""
    for zone in ("America/New_York", "UTC"):
        use(token, zone)
    rows = json.loads(cli("sync", "--replay", "--json", check=False).stdout)
    assert [row for row in rows if not row["equal"]] == []


@pytest.mark.parametrize("zone", ["Mars/Base", "+02:00", "", "CET-1CEST", "../UTC"])
def test_it_must_be_a_zone_of_the_system(token, zone):
    status, answer, _ = post("/api/settings/zone", token, {"zone": zone}, "PUT")
    assert status == 400 and "zone" in answer["fields"], answer
    assert get("/api/settings/zone", token)["zone"] == "UTC"
