"""Days on which calendars go wrong, each with its own clock; TEST_DATE moves the clock of a whole run."""
import datetime, json, os, subprocess, time

import pytest
from product import call, cli


@pytest.mark.parametrize("now, period, first, end", [
    ("2027-01-31T23:55", "mtd", "2027-01-01", "2027-02-01"), ("2027-01-31T23:55", "lastmonth", "2026-12-01", "2027-01-01"),
    ("2028-02-29T23:55", "mtd", "2028-02-01", "2028-03-01"), ("2028-03-31T23:55", "lastmonth", "2028-02-01", "2028-03-01"), ("2028-02-29T23:55", "12m", "2027-03-01", "2028-03-01"),
    ("2027-03-28T01:00", "7d", "2027-03-22", "2027-03-29"), ("2027-10-31T01:00", "7d", "2027-10-25", "2027-11-01"),
    ("2026-12-31T23:55", "ytd", "2026-01-01", "2027-01-01"), ("2027-01-01T00:00", "ytd", "2027-01-01", "2027-01-02"), ("2027-01-01T00:00", "lastmonth", "2026-12-01", "2027-01-01")])
def test_a_period_has_the_days_of_the_calendar_in_utc(token, clock, now, period, first, end):
    """Independent of the machine's time zone."""
    made = json.loads(cli("report", "--template", "list_performance", "--period", period, "--compare", "year", "--json", env={"TZ": "Europe/Berlin", **clock(now)}).stdout)
    try:
        assert made["period"] == {"from": f"{first}T00:00:00Z", "to": f"{end}T00:00:00Z"}
    finally:
        assert call(f"/api/reports/{made['id']}", token, "DELETE")[0] == 200


def test_a_clock_of_its_own_goes_on(clock):
    told = subprocess.run(["/usr/bin/python3", "-c", "import time\nprint(time.time(), time.monotonic())\ntime.sleep(1)\nprint(time.time(), time.monotonic())"],
                          env={**os.environ, **clock("2028-02-29T23:59:59")}, capture_output=True, text=True, check=True).stdout.split()
    wall, steady = float(told[2]) - float(told[0]), float(told[3]) - float(told[1])
    assert abs(wall - steady) < 0.5 and datetime.datetime.utcfromtimestamp(float(told[0])).date() == datetime.date(2028, 2, 29)
    assert abs(float(told[1]) - time.monotonic()) < 60
