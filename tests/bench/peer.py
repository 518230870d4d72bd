"""The peer of the benchmark: the original design, small but fair, over the same database.
   PEER_URI=… PEER_DB=… gunicorn -w 3 -b 127.0.0.1:PORT peer:app"""
import datetime, hashlib, os
import bson, numpy as np, pymongo
from flask import Flask, Response, abort, jsonify, request

app = Flask(__name__)
app.json.sort_keys = False
_db = None


def db():
    global _db
    if _db is None:  # after the fork
        _db = pymongo.MongoClient(os.environ["PEER_URI"])[os.environ["PEER_DB"]]
    return _db


@app.before_request
def authorize():
    token = request.headers.get("Authorization", "")
    digest = hashlib.sha256(token.removeprefix("Bearer ").encode()).hexdigest()
    if not db().api_tokens.find_one({"hash": digest}):
        abort(401)


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def rate(part, of):
    return 100 * part / of if of else 0


def rates(m):
    delivered = m["sent"] - m["bounced"]
    return {"open_rate": rate(m["opened"], delivered), "click_rate": rate(m["clicked"], delivered),
            "click_to_open_rate": rate(m["clicked"], m["opened"]), "bounce_rate": rate(m["bounced"], m["sent"]),
            "unsubscribe_rate": rate(m["unsubscribed"], delivered), "complaint_rate": rate(m["spam_complaints"], delivered)}


def figures(start, end):
    where = {"sort_sent": {"$gte": start, "$lt": end}} if start else {}
    found = list(db().campaigns.find(where, {"status": 1, "has_report": 1, "current_metrics": 1}))
    metrics = [c["current_metrics"] for c in found if c.get("has_report")]
    column = {k: np.array([m[k] for m in metrics], dtype=float) for k in
              ("sent", "opened", "clicked", "bounced", "unsubscribed", "spam_complaints")}
    total = {k: int(v.sum()) for k, v in column.items()}
    opened, clicked = column["opened"] / column["sent"], column["clicked"] / column["sent"]
    count = lambda status: sum(c["status"] == status for c in found)
    return {"campaigns": {"total": len(found), "with_report": len(metrics),
                          "by_status": {s: count(s) for s in ("draft", "sending", "sent", "error")}},
            "totals": {"sent": total["sent"], "delivered": total["sent"] - total["bounced"], "opened": total["opened"],
                       "clicked": total["clicked"], "bounced": total["bounced"], "unsubscribed": total["unsubscribed"],
                       "complained": total["spam_complaints"]},
            "rates": rates(total),
            "stats": {"avg_open_rate": float(np.mean(opened)), "avg_click_rate": float(np.mean(clicked)),
                      "median_open_rate": float(np.median(opened)), "std_open_rate": float(np.std(opened))}}


@app.get("/api/dashboard")
def dashboard():
    days = {"7d": 7, "28d": 28, "30d": 30, "90d": 90, "12m": 365, "all": 0}[request.args.get("period", "90d")]
    midnight = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    end = midnight + datetime.timedelta(days=1)
    start, before = end - datetime.timedelta(days=days), end - datetime.timedelta(days=2 * days)
    ms = lambda t: int(t.timestamp() * 1000)
    bounds = lambda a, b: {"from": iso(a), "to": iso(b)}
    answer = {"as_of": iso(db().versions.find_one({"_id": "data"})["at"]),
              "period": bounds(start, end) if days else bounds(None, None), **figures(days and ms(start), ms(end))}
    if days:
        answer["previous"] = {"period": bounds(before, start), **figures(ms(before), ms(start))}
    return jsonify(answer)


def plain(value):
    """As JSON has it: times and ids as texts."""
    if isinstance(value, datetime.datetime):
        return iso(value)
    if isinstance(value, bson.ObjectId):
        return str(value)
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


@app.get("/api/campaigns")
def campaigns():
    rows = []
    hidden = {"search", "sort_sent", "_id"}
    for c in db().campaigns.find().sort([("sort_sent", -1), ("_id", -1)]).limit(50):
        row = {k: plain(v) for k, v in c.items() if k not in hidden}
        m = c.get("current_metrics") or {}
        row["id"] = str(c["_id"])
        if m:
            row.update(total_recipients=m["sent"], sent_count=m["sent"], delivered_count=m["sent"] - m["bounced"],
                       opened_count=m["opened"], clicked_count=m["clicked"], bounced_count=m["bounced"],
                       unsubscribed_count=m["unsubscribed"], complained_count=m["spam_complaints"],
                       sent_time=iso(c.get("sent_at")), origin="synced", rates=rates(m),
                       **{k: v for k, v in rates(m).items() if k in ("open_rate", "click_rate", "bounce_rate")})
            row["unsubscribe_rate"] = rate(m["unsubscribed"], m["sent"])
        rows.append(row)
    return jsonify(rows)
