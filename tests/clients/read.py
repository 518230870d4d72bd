"""A client of the read API, as shown in the documentation: platform figures, one campaign day by day, who clicked."""
import argparse, json, urllib.request

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("url", help="http://host:port")
parser.add_argument("token")
options = parser.parse_args()
base, token = options.url, options.token


def get(path):
    request = urllib.request.Request(base + path, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


stats = get("/api/stats")
print("Platform figures:")
for name in ("total_contacts", "active_contacts", "total_campaigns", "overall_open_rate", "overall_click_rate"):
    print(f"  {name}: {stats[name]}")

campaign = get("/api/campaigns?status=sent&sort=-sent&limit=1")[0]
print(f"{campaign['name']}: {campaign['sent_count']} sent, {campaign['open_rate']:.1f}% opened")
days = get(f"/api/campaigns/{campaign['id']}/analytics?days=7")
for day in days:
    date = day["date"].split("T")[0]
    print(f"  {date}: {day['emails_sent']} sent, {day['emails_opened']} opened, {day['open_rate']:.1f}% open rate so far")
assert days and sum(day["emails_opened"] for day in days) <= campaign["opened_count"]
clicked = get(f"/api/campaigns/{campaign['id']}/contacts?status=clicked&limit=5")
print(f"  the first who clicked: {', '.join(row['email'] or '(erased)' for row in clicked)}")
for link in get(f"/api/campaigns/{campaign['id']}/links"):
    print(f"  {link['url']}: {link['clicked_unique']} people")
