"""Observing: figures, growth, minimal calls."""
import concurrent.futures, json

import pytest
from product import call, campaigns, cli, count_snapshots, demo, demo_state, equals_provider, get, no_doubles


def test_every_figure_equals_the_providers(token):
    cli("sync")
    rows = equals_provider(token)
    board, stats = get("/api/dashboard?period=all", token), get("/api/stats", token)
    sums = {name: sum(row["current_metrics"][name] for row in rows) for name in ("sent", "opened", "clicked", "bounced")}
    assert {name: board["totals"][name] for name in sums} == sums
    assert board["totals"]["delivered"] == sums["sent"] - sums["bounced"]
    assert board["rates"]["open_rate"] == pytest.approx(100 * sums["opened"] / board["totals"]["delivered"])
    rates = [row["current_metrics"]["opened"] / row["current_metrics"]["sent"] for row in rows]
    assert stats["avg_open_rate"] == pytest.approx(sum(rates) / len(rates))
    assert stats["total_sent"] == sums["sent"] and board["stats"]["avg_open_rate"] == stats["avg_open_rate"]
    assert board["campaigns"]["by_status"] == {"draft": 1, "sending": 1, "sent": 69, "error": 1}


def test_a_second_sync_writes_nothing_and_reads_least(token):
    cli("sync")
    before, calls = count_snapshots(token), demo_state()["calls"]["all"]
    assert " 0 snapshots" in cli("sync").stdout
    assert count_snapshots(token) == before
    assert demo_state()["calls"]["all"] - calls == 1 + 3 + 70  # lists, pages, one summary each; no link reports


def test_growth_is_appended_and_falls_are_kept(token):
    cli("sync")
    before = count_snapshots(token)
    demo(grow=3)
    cli("sync")
    grown = count_snapshots(token)
    assert before < grown <= before + 70
    demo(grow=-2)
    cli("sync")
    equals_provider(token)
    assert any(row["decreased"] for row in campaigns(token))
    no_doubles(token)


@pytest.mark.parametrize("switch", [{"end": "absent"}, {"end": "array"}, {"counts": "array"}, {"foreign": True}])
def test_every_shape_of_the_api(token, switch):
    demo(**switch)
    assert "sync complete" in cli("sync").stdout
    assert get("/api/lists", token)[0]["counts"]["subscribed"] > 0


def test_the_button_fifty_times_makes_one_run(token):
    demo(fault={"kind": "slow", "times": 5, "seconds": 2})
    before = {run["id"] for run in get("/api/sync", token)}
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: call("/api/sync", token, "POST", b"")[:2], range(50)))
    assert all(status == 202 for status, _ in answers)
    assert len({json.loads(body)["id"] for _, body in answers} - before) == 1
    cli("sync")


def test_compressed_answers_are_read_and_bombs_are_not(token):
    demo(gzip=True)
    assert "sync complete" in cli("sync").stdout
    equals_provider(token)
    demo(fault={"kind": "huge", "times": 1, "path": "/lists"})  # 40 MB in 40 kB
    out = cli("sync").stdout
    assert "sync partial" in out and "larger than" in out
