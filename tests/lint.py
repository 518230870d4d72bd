#!/usr/bin/python3
"""What no compiler sees: the include order of docs/architecture.md (a room sees the floor and earlier rooms, never a later
one), which folder may use which third-party header, and the other rules below. Prints each break; exits 1 if there is one.

To add a rule: a function that takes a file and one of its lines and returns what is wrong, and its name in LINE_RULES;
or one without arguments that yields (place, what is wrong), and its name in TREE_RULES."""
import argparse, ast, pathlib, re, sys

FLOOR = {"core/base": [], "core/formats": ["core/base"], "core/fields": ["core/base", "core/formats"],
         "core/store": ["core/base", "core/fields", "core/formats"],
         "core/jobs": ["core/base", "core/fields", "core/formats", "core/store"], "core/client": ["core/base"],
         "core/paper": ["core/base", "core/formats"], "core/process": ["core/base"],
         "core/cli": ["core/base", "core/fields", "core/formats", "core/store", "core/jobs", "core/process"],
         "core/http": ["core/base", "core/fields", "core/formats", "core/store", "core/jobs", "core/process"]}
ROOMS = ["access", "notices", "connections", "webhooks", "metrics", "audience/lists", "audience/fields", "audience/suppression", "audience/contacts", "audience/domains", "audience/import", "campaigns", "events", "segments", "audience/importing", "audience/customers", "content", "content/tokens", "content/blocks", "media", "templates", "preflight", "senders", "insights",
         "sending", "observing", "reports/partners", "reports", "mailbox", "composing", "codes", "dispatch", "sender", "answering", "subscribing", "inbound", "live", "operate", "console"]
FOREIGN = {"mongoc/": ["core/store"], "curl/": ["core/client"], "ares": ["core/client"], "fcgiapp": ["core/http"], "jansson": ["core/formats"], "zlib": ["core/formats"],
           "gmime/": ["core/formats"], "idn2": ["core/formats"], "cairo": ["core/paper"], "turbojpeg": ["core/paper", "media"], "png.h": ["codes", "media"], "qrencode": ["codes"], "pango": ["core/paper"], "libscrypt": ["access"],
           "openssl/": ["core/base"]}
VIEW_COLUMNS = 200
ROOT = pathlib.Path(__file__).resolve().parent.parent
APP = ROOT / "app"

# Which room writes a collection; any room may read it.
WRITERS = {
    "core/store": ["leases", "rate_buckets", "schema_migrations", "schema_rewrites", "versions"],
    "core/jobs": ["jobs"],
    "core/http": ["idempotency_keys"],
    "access": ["api_tokens", "login_attempts", "remembered", "sessions", "users"],
    "notices": ["notices"],
    "metrics": ["benchmarks"],
    "audience/lists": ["list_engagements", "list_snapshots", "list_states", "list_weeks", "lists"],
    "audience/fields": ["custom_fields"],
    "audience/suppression": ["suppression_keys", "suppressions"],
    "audience/contacts": ["contact_aliases", "contacts", "domain_counts", "list_contacts", "tag_counts"],
    "audience/domains": ["mail_domains"],
    "audience/importing": ["import_files", "import_rows", "imports"],
    "audience/customers": ["customer_suggestions", "demographic_counts", "usage_counts"],
    "campaigns": ["campaign_curves", "campaign_growth", "campaign_links", "campaign_metrics_snapshots", "campaign_states", "campaigns", "link_snapshots"],
    "events": ["contact_events"],
    "segments": ["segments"],
    "connections": ["connections"],
    "webhooks": ["webhook_deliveries", "webhooks"],
    "observing": ["raw_answers", "sync_runs"],
    "media": ["media", "media_files", "media_uses"],
    "reports/partners": ["partners"],
    "reports": ["report_deliveries", "report_downloads", "report_files", "report_links", "report_schedules", "reports"],
    "templates": ["recommendations", "template_revisions", "templates"],
    "preflight": ["link_checks", "sender_checks"],
    "senders": ["sending_domains", "warm_ups"],
    "composing": ["compositions"],
    "codes": ["qr_codes", "redemptions"],
    "dispatch": ["block_messages", "campaign_logs", "dispatch_blocks", "dispatch_states", "dispatches", "message_requests", "message_returns", "send_journal", "single_mails", "test_mails"],
    "sender": ["send_destinations", "send_paces"],
    "answering": ["answer_blocks", "answer_sums", "hits"],
    "subscribing": ["confirmations", "signup_forms"],
    "inbound": ["inbound_mailboxes", "inbound_mails"],
    "console": ["saved_views", "suppression_imports"],
}
# Functions that write to the collection that is their second argument.
WRITES = ["bulk_open", "store_create", "store_delete", "store_insert", "store_insert_once", "store_remove", "store_save", "store_update", "store_update_all",
          "store_upsert", "rollup_count", "pieces_drop", "pieces_save"]
# A collection that these files get from their callers, or from the settings.
GIVEN = {"app/core/store/write.c": ["collection"], "app/core/store/pieces.c": ["collection"], "app/core/jobs/queue.c": ["collection"], "app/audience/contacts/rollup.c": ["collection"],
         "app/audience/customers/customer_commands.c": ["invocation->settings->customers_collection", "invocation->settings->demographics_collection",
                                                     "invocation->settings->energy_collection"]}


class File:
    def __init__(self, path):
        self.path, self.name = path, str(path.relative_to(ROOT))
        self.place = str(path.parent.relative_to(APP)) if path.is_relative_to(APP) else None  # its folder below app/


def may_include(place):
    if place in FLOOR:
        return FLOOR[place] + [place]
    earlier = ROOMS if place == "programs" else ROOMS[:ROOMS.index(place)]
    return [*FLOOR, *earlier, place]


def our_folder(line):
    found = re.match(r'#include "(.+)/[^/]+"', line)
    return found and found[1]


def include_order(file, line):
    theirs = our_folder(line)
    if file.place and theirs and theirs not in may_include(file.place):
        return f"{file.place} may not include {theirs}"


def http_in_headers(file, line):
    in_room = file.place and file.place not in ("core/http", "console") and not file.path.stem.endswith("_pages")
    if in_room and file.path.suffix == ".h" and our_folder(line) == "core/http":
        return "a room's header includes no HTTP; routes are declared in <x>_pages.h"


def foreign_headers(file, line):
    found = re.match(r"#include <(.+)>", line)
    for prefix, places in FOREIGN.items():
        if file.place and found and found[1].startswith(prefix) and file.place not in places:
            return f"{file.place} may not include <{found[1]}>"


def no_goto(file, line):
    if re.search(r"\bgoto\b", line) and not line.lstrip().startswith(("*", "/*")):
        return "goto"


def misread_by_the_formatter(file, line):
    if re.search(r"\b\w+<\(\w+\)|\b\w+>\(\w+\) \w|\(size_t\)\w+ \*\w|\w \*\(size_t\)", line):
        return "clang-format took this for a template or a declaration: write the expression another way"


# Hundredths that are no share of people: the calendar's centuries, the width of a bar, the spacing of a growth curve, how many
# may be missing.
HUNDREDTHS = ["app/core/base/calendar.c", "app/core/http/parts.c", "app/core/paper/document_value.c", "app/campaigns/curve.c", "app/observing/list_reading.c", "app/core/store/state_history.c"]


def rates_in_metrics(file, line):
    if file.place and file.place != "metrics" and file.name not in HUNDREDTHS and not line.lstrip().startswith(("*", "/*")):
        if re.search(r"\b100(\.0)? \*|[*/] ?100(\.0)?\b", line.split("/*")[0]):
            return "metrics/share.h computes shares and changes in percent, nothing else does"


def unit_stays_with_its_number(file, line):
    if file.place and file.name.endswith(".c") and re.search(r'"[^"]*[fd\d] (?:%%(?!\})|pp\b)', line):
        return "write \\u00a0 between a number and its unit: a line may end at a space"


def calendar_in_base(file, line):
    if file.place and re.search(r"sscanf\(\w*format|sscanf\(moment_|\bg_date_|\bGDate\b|\bg_time_zone", line):
        if file.name != "app/core/base/calendar.c" and not file.name.endswith("core/formats/mail.c"):
            return "core/base/calendar.h knows dates, weeks, months and zones: no text is taken apart for them"


# Who may ask the clock outside the floor and the programs, and how often: what waits for something and what stamps a
# document as it is written. All others are given the moment at which their request, job or command line began.
CLOCK_FOLDERS = ["programs", "core/base", "core/cli", "core/http", "core/jobs", "core/process", "core/store"]
CLOCK = {"app/audience/suppression/suppression.c": 1,  # since when nobody has been told of it
         "app/observing/engine.c": 1,  # how long the provider asks to wait
         "app/operate/upgrade.c": 1}  # is a lease still held, before and after the copy?


def few_ask_the_clock():
    for path in sorted(APP.rglob("*.[ch]")):
        file = File(path)
        asked = 0 if file.place in CLOCK_FOLDERS else path.read_text().count("moment_now()")
        if asked != CLOCK.get(file.name, 0):
            yield file.name, f"moment_now() stands here {asked} times, CLOCK in tests/lint.py says {CLOCK.get(file.name, 0)}"


def units_mirror_rooms():
    for path in sorted((ROOT / "tests/unit").rglob("test_*.c")):
        if not (APP / path.parent.relative_to(ROOT / "tests/unit")).is_dir():
            yield path.relative_to(ROOT), "no folder of app/ has this name"


def views_are_narrow():
    for path in sorted((ROOT / "views").rglob("*.mustache")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if len(line) > VIEW_COLUMNS:
                yield f"{path.relative_to(ROOT)}:{number}", f"{len(line)} columns; a view has at most {VIEW_COLUMNS}"


def spoken(view):
    """What a view says, line by line: its text and the labels in its tags."""
    view = re.sub(r"\{\{!.*?\}\}", lambda comment: "\n" * comment[0].count("\n"), view, flags=re.S)
    view = re.sub(r"\{\{\$(?:icon|kind)\}\}[\w-]*\{\{/", "{{", view)
    view = re.sub(r"\{\{[^{}|]*\|([^{}]*)\}\}", lambda counted: counted[1].replace("|", " "), view)
    view = re.sub(r"\{\{[^{}]*\}\}", "~", view)
    view = re.sub(r"<(?:code|kbd)\b[^>]*>.*?</(?:code|kbd)>", "", view, flags=re.S)
    view = re.sub(r"<[^>]*>", lambda tag: " ".join(re.findall(r'(?:aria-label|title|placeholder)="([^"]*)"', tag[0])) + "\n" * tag[0].count("\n"), view)
    return view.splitlines()


def refused_words():
    """docs/glossary.md lists the words that people do not read here: pattern, word, what is said instead."""
    table = (ROOT / "docs/glossary.md").read_text().split("## Words on pages")[1]
    rows = re.findall(r"^\| (?!not \|)([^-|][^|]*) \| ([^|]*) \|$", table, re.M)
    return [(re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])(?!\.\w)(?! (?:servers?|apps?|providers?)\b)", re.I), word, instead)
            for words, instead in rows for word in words.split(", ")]


def views_speak_one_language():
    refused = refused_words()
    for path in sorted((ROOT / "views").rglob("*.mustache")):
        for number, line in enumerate(spoken(path.read_text()), 1):
            for pattern, word, instead in refused:
                if pattern.search(line):
                    yield f"{path.relative_to(ROOT)}:{number}", f"pages do not say “{word}”, but: {instead} (docs/glossary.md)"


# Not for people: SMTP, names of columns as files have them, a right as its provider calls it.
OTHERS_WORDS = re.compile(r"MAIL FROM|emailadress mail|“Mail Send”")


def programs_speak_it_too():
    """A text in C with a space in it may reach a person: on a page, in a notice, an email, an error, the command line."""
    refused = refused_words()
    for path in sorted(APP.rglob("*.c")):
        code = re.sub(r"/\*.*?\*/", lambda comment: "\n" * comment[0].count("\n"), path.read_text(), flags=re.S)
        for text in re.finditer(r'"((?:[^"\\\n]|\\.)*)"', code):
            if " " not in text[1].strip() or OTHERS_WORDS.search(text[1]):
                continue
            for pattern, word, instead in refused:
                if pattern.search(text[1]):
                    yield f"{path.relative_to(ROOT)}:{code.count(chr(10), 0, text.start()) + 1}", f"texts do not say “{word}”, but: {instead} (docs/glossary.md)"


COUNTED = ("answers? bounces? calls? campaigns? clicks? clickers? columns? complaints? contacts? customers? days? deliveries delivery domains? emails? events? "
           "fields? figures? files? hours? limits? links? lists? minutes? months? opens? openers? pages? partners? people person points? projects? "
           "providers? recipients? reports? runs? schedules? snapshots? syncs? tags? times? unsubscribes? values? views? weeks?").replace(" ", "|")


def views_count_in_words():
    """ "1 campaigns": a number in a view has its noun in its tag (core/formats/mustache.h)."""
    for path in sorted((ROOT / "views").rglob("*.mustache")):
        view = re.sub(r"\{\{!.*?\}\}", lambda comment: "\n" * comment[0].count("\n"), path.read_text(), flags=re.S)
        view = re.sub(r'data-unit="( [a-z]+)">\{\{\w+\}\}', r'"{{n}}\1', view)
        for found in re.finditer(rf"(?<!>)\{{\{{\w+\}}\}}[ \u00a0](?:(?:more|new|other) )?(?:{COUNTED})\b", view):
            yield f"{path.relative_to(ROOT)}:{view.count(chr(10), 0, found.start()) + 1}", f"“{found[0]}” is wrong for 1: {{{{n|# noun|# nouns}}}}"


# Can be undone afterwards: by its notice, or by adding the contact again.
UNDONE = {"views/console/saved_views.mustache": "/views/delete",
          "views/console/own_list.mustache": "/lists/{{list.id}}/contacts/{{id}}/remove",
          "views/console/person.mustache": "/lists/{{list_id}}/contacts/{{contact_id}}/remove"}


def forms_ask_first():
    """What cannot be undone is asked on a page of its own (reply_confirm), to which others link."""
    for path in sorted((ROOT / "views").rglob("*.mustache")):
        name = str(path.relative_to(ROOT))
        for found in re.finditer(r'action="([^"]*/(?:delete|erase|remove|revoke))"', path.read_text()):
            if UNDONE.get(name) != found[1]:
                yield name, f"a form posts to {found[1]} without asking: link to it, and answer GET with reply_confirm"


def sources_are_listed():
    listed = re.findall(r"^  '(.+\.c)',$", (APP / "meson.build").read_text(), re.M)
    there = sorted(str(path.relative_to(APP)) for path in APP.rglob("*.c") if path.parent.name != "programs")
    if listed != there:
        wrong = sorted(set(listed) ^ set(there)) or [one for one, other in zip(listed, there) if one != other]
        yield "app/meson.build", f"lists every file once, sorted; see {', '.join(wrong[:3])}"


def unit_tests_are_listed():
    listed = dict(re.findall(r"'([\w/]+)':\[([^]]*)\]", "".join((ROOT / "tests/meson.build").read_text().split())))
    for path in sorted((ROOT / "tests/unit").rglob("test_*.c")):
        room = str(path.parent.relative_to(ROOT / "tests/unit"))
        if f"'{path.stem.removeprefix('test_')}'" not in listed.get(room, ""):
            yield path.relative_to(ROOT), "tests/meson.build does not list it: it never runs"


def collection_named(path, expression):
    """A text, or a constant of the file or of a header beside it: static const char NAME[] = "name". None: neither."""
    if expression.startswith('"'):
        return expression.strip('"')
    for file in [path, *sorted(path.parent.glob("*.h"))]:
        if constant := re.search(rf'\b{re.escape(expression)}\[\] = "(\w+)"', file.read_text()):
            return constant[1]
    return None


def rooms_write_their_own():
    calls = re.compile(rf"\b({'|'.join(WRITES)})\((?!struct )[^,()]*,\s*([^,)]*)")
    for path in sorted(APP.rglob("*.c")):
        file, text = File(path), path.read_text()
        for call in calls.finditer(text):
            name = collection_named(path, call[2])
            place = f"{file.name}:{text.count(chr(10), 0, call.start()) + 1}"
            if call[2] in GIVEN.get(file.name, []):
                continue
            if not name:
                yield place, f"{call[1]}: name the collection by a text or a constant of this file or its folder, not by {call[2]}"
            elif name not in sum(WRITERS.values(), []):
                yield place, f"{name} stands in no row of WRITERS in tests/lint.py: add it to the row of {file.place}"
            elif name not in WRITERS.get(file.place, []):
                yield place, f"{file.place} may not write {name}: that is its room's (WRITERS in tests/lint.py)"


def view_text(name):
    """A view with what it includes."""
    text = (ROOT / "views" / f"{name}.mustache").read_text()
    return re.sub(r"\{\{> ?([\w/]+)\}\}", lambda partial: partial[0] + view_text(partial[1]), text)


def forms_make_once():
    """A double click makes one thing: the form of each row with .creates carries a key (core/http/idempotency.h)."""
    rows = re.findall(r'\{ "POST", "(/[^"]*)",([^}]*)\}', "".join(path.read_text() for path in sorted(APP.rglob("*_pages.c"))))
    creating = {re.sub(r":\w+", ":", path) for path, row in rows if ".creates = true" in row}
    for path in sorted((ROOT / "views").rglob("*.mustache")):
        text = view_text(path.relative_to(ROOT / "views").with_suffix(""))
        posting = re.findall(r'(<form [^>]*method="post" action="([^"]*)".*?</form>)', text, re.S)
        posting += re.findall(r'(formmethod="post"[^>]*formaction="([^"]*)")', text)
        for form, action in posting:
            address = re.sub(r"\{\{[^}]*\}\}", ":", action.split("?")[0])
            if address in creating and "idempotency_key" not in form:
                yield path.relative_to(ROOT), f"the form of {action} makes something: it includes {{{{>once}}}}"


def lists_problems(path, text):
    """Has the page a list of problems, or each page of which this is a part?"""
    part = "{{>%s}}" % path.relative_to(ROOT / "views").with_suffix("")
    pages = [page.read_text() for page in sorted((ROOT / "views").rglob("*.mustache")) if part in page.read_text()]
    return "{{>parts/problems}}" in text or (pages and all("{{>parts/problems}}" in page for page in pages))


def controls_show_their_problem():
    """Each control that somebody fills shows beside it, or in the page's list of problems, why it was refused; the search of
    every page and the name of a view lead to a page of their own, what a sign-in or a link was refused for is not told by field, and
    a builder of rules says it beside the row."""
    for path in sorted((ROOT / "views").rglob("*.mustache")):
        if path.name in ("shell.mustache", "topbar.mustache", "save_view.mustache", "login.mustache", "report_link.mustache",
                         "builder.mustache", "builder_row.mustache"):
            continue
        text = path.read_text()
        for control in re.finditer(r'<(?:input|select|textarea)\b(?:\{\{[^}]*\}\}|[^>{])*>', text):
            name = re.search(r'\bname="(\w+)"', control[0])
            if not name or re.search(r'type="(hidden|checkbox)"', control[0]):
                continue
            shown = "{{#wrong.%s}}{{>problem}}{{/wrong.%s}}" % (name[1], name[1])
            if shown not in text and not lists_problems(path, text):
                yield path.relative_to(ROOT), f"behind the control {name[1]} stands no {shown}"


# Sorts by what no two of the documents that the filter meets have alike.
UNIQUE = {"app/audience/contacts/contact.c": ["email_norm"], "app/dispatch/block.c": ["number"], "app/dispatch/ledger.c": ["sequence"], "app/dispatch/message_list.c": ["campaign_id", "index"],
          "app/audience/customers/customer.c": ["email_norm"], "app/audience/customers/customer_commands.c": ["email_norm"],
          "app/audience/fields/definition.c": ["key"], "app/audience/lists/list.c": ["snapshot_time"], "app/campaigns/links.c": ["snapshot_time"],
          "app/console/nonresponder_pages.c": ["email_norm"],
          "app/console/saved_view.c": ["name"], "app/reports/delivery.c": ["due_at"], "app/reports/file.c": ["n"],
          "app/reports/partners/partner.c": ["name"], "app/segments/people.c": ["email_norm"], "app/senders/domain.c": ["domain"], "app/subscribing/pending.c": ["email_norm"], "app/segments/segment.c": ["name"]}


def sorts_are_total():
    for path in sorted(APP.rglob("*.c")):
        file, text = File(path), path.read_text()
        for sort in re.finditer(r'\bSORT\(((?:asc|desc)\("[^;]*?"\))\)', text):
            keys = ", ".join(re.findall(r'"([^"]+)"', sort[1]))
            if not re.search(r"\b_id$", keys) and keys not in UNIQUE.get(file.name, []):
                place = f"{file.name}:{text.count(chr(10), 0, sort.start()) + 1}"
                yield place, f'equal rows by {keys} come in any order: end with "_id", or say in UNIQUE of tests/lint.py that there are none'


def merges_are_finished():
    """No file has the marks of a conflict, which no compiler sees in a stylesheet or a view."""
    for folder in ("app", "deploy", "docs", "migrations", "public", "tests", "views"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in (".c", ".h", ".css", ".js", ".cjs", ".mjs", ".mustache", ".md", ".py", ".json", ".build", ".sh", ".svg", ""):
                for line, text in enumerate(path.read_text(errors="replace").splitlines(), 1):
                    if text.startswith(("<" * 7 + " ", ">" * 7 + " ")):
                        yield f"{path.relative_to(ROOT)}:{line}", "is the mark of a conflict: settle it"


def nothing_is_left_of_a_merge():
    for folder in ("app", "docs", "public/css", "tests", "views"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".c", ".h", ".css", ".mustache", ".md", ".py", ".cjs", ".build") and re.search(r"(?m)^(<{7}|>{7}) ", path.read_text(errors="replace")):
                yield path.relative_to(ROOT), "a conflict of a merge stands here"


def migrations_are_numbered():
    names = sorted(path.name for path in (ROOT / "migrations").iterdir())
    for number, name in enumerate(names, 1):
        if not re.fullmatch(rf"{number:03}-[a-z-]+\.json", name):
            yield f"migrations/{name}", f"migrations are numbered from 001 without a gap or a number twice: this one is {number:03}"
            return


def tests_have_names_of_their_own():
    for path in sorted((ROOT / "tests").rglob("*.py")):
        names = [one.name for one in ast.parse(path.read_text()).body if isinstance(one, ast.FunctionDef)]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield path.relative_to(ROOT), f"{name} stands here twice: only the last one runs"


def classes_are_one_thing():
    places = {}
    for path in sorted((ROOT / "public/css").glob("*.css")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if found := re.match(r"\.([\w-]+) \{", line):
                place = f"{path.relative_to(ROOT)}:{number}"
                if (first := places.setdefault(found[1], place)) != place:
                    yield place, f"the class {found[1]} is described in {first}, too: two things need two names"


def requirements_are_counted():
    rows = re.findall(r"^\| [A-DX]-\d+ \| (done|part|not yet|not built)", (text := (ROOT / "docs/requirements.md").read_text()), re.M)
    counts = f"{len(rows)} rows: " + ", ".join(f"{rows.count(state)} {state}" for state in ("done", "part", "not yet", "not built")) + "."
    if counts not in text:
        yield "docs/requirements.md", f"it says other counts than: {counts}"


def blocks_own_their_filters(file, line):
    if re.search(r"\breturn (?:[\w!>.= -]+\? )?(?:ANY_OF|ALL_OF|NONE_OF|ELEMENT_OF|FILTER|UPDATE|SORT|TEXTS|ONLY|EXCEPT)\(", line):
        return "it ends with the block in which it is written (core/store/filter.h): a caller would read what is gone"


LINE_RULES = [include_order, http_in_headers, foreign_headers, no_goto, misread_by_the_formatter, rates_in_metrics, unit_stays_with_its_number, calendar_in_base,
              blocks_own_their_filters]
TREE_RULES = [few_ask_the_clock, forms_ask_first, units_mirror_rooms, views_are_narrow, views_speak_one_language, programs_speak_it_too, views_count_in_words, sources_are_listed, unit_tests_are_listed, rooms_write_their_own, forms_make_once,
              sorts_are_total, controls_show_their_problem, merges_are_finished, migrations_are_numbered,
              tests_have_names_of_their_own, classes_are_one_thing, requirements_are_counted]


def breaks():
    for path in sorted([*APP.rglob("*.[ch]"), *(ROOT / "tests").rglob("*.[ch]")]):
        file = File(path)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for rule in LINE_RULES:
                if wrong := rule(file, line):
                    yield f"{file.name}:{number}", wrong
    for rule in TREE_RULES:
        yield from rule()


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    found = list(breaks())
    for place, wrong in found:
        print(f"{place}: {wrong}")
    sys.exit(1 if found else 0)
