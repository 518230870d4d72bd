#!/usr/bin/python3
"""Reads everything that two running Telltales over the same data show, and prints the differences; exits 1 if there are any.

  compare.py OLD NEW --token TOKEN [--user NAME --password WORD | --cookie sid=…]
                     [--as-of TIME]… [--each N] [--words] [--more] [--ignore PATTERN]…

OLD and NEW are http://host:port or unix:/path/web.sock. Labels of objects and times come from OLD. The credentials are used for
both. --each visits at most N (40) pages of a kind and reads 25 N people; --words compares the text of pages, not their markup;
--more allows JSON of NEW to have members that OLD lacks; --ignore skips addresses that match.

  compare.py --checkouts OLD NEW --uri URI --databases OLD NEW [--clock "2026-11-20 12:00:00"] [--cookie …] [--token …] …

starts telltale-web of two checkouts (their build/) over two databases with the same frozen clock and compares them: only then
do pages that depend on the current time match exactly."""
import argparse, contextlib, re, sys

from pages import Reader, compare_sites, label_ids, moments_of, read_previews, read_site
from server import Server, Site

SHOWN = 12  # lines of one address


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bases", nargs="*")
    parser.add_argument("--checkouts", nargs=2)
    parser.add_argument("--databases", nargs=2)
    parser.add_argument("--builds", nargs=2, help="where the programs are, when not in build/ of each checkout")
    parser.add_argument("--uri")
    parser.add_argument("--clock")
    parser.add_argument("--token")
    parser.add_argument("--cookie")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--as-of", action="append", default=[])
    parser.add_argument("--each", type=int, default=40)
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--more", action="store_true")
    parser.add_argument("--ignore", action="append", default=[])
    asked = parser.parse_args()
    if len(asked.bases) != (0 if asked.checkouts else 2) or not (asked.token or asked.cookie or asked.user):
        parser.error("two addresses (or --checkouts) and a token, a cookie or a user are needed")
    return asked


def cookie_of(site, asked):
    if asked.cookie or not asked.user:
        return asked.cookie
    cookies = site.sign_in(asked.user, asked.password)
    return f"sid={cookies['sid']}" if cookies else sys.exit(f"{site.base} does not let {asked.user} in")


def open_sites(asked, stack):
    if not asked.checkouts:
        return [Site(base) for base in asked.bases]
    builds = asked.builds or [f"{checkout}/build" for checkout in asked.checkouts]
    return [stack.enter_context(Server(build, checkout, asked.uri, database, asked.clock))
            for build, checkout, database in zip(builds, asked.checkouts, asked.databases)]


def read(site, asked, labels, moments, like=None):
    cookie = cookie_of(site, asked)
    reader = Reader(site, cookie=cookie) if cookie else Reader(site, token=asked.token)
    answers = read_site(reader, labels, moments, asked.each, asked.words, like)
    answers.update(read_previews(Reader(site, token=asked.token), labels) if asked.token else {})
    return answers


def main():
    asked = read_arguments()
    with contextlib.ExitStack() as stack:
        old, new = open_sites(asked, stack)
        first = Reader(old, token=asked.token) if asked.token else Reader(old, cookie=cookie_of(old, asked))
        labels, moments = label_ids(first), asked.as_of or moments_of(first)
        readings = [read(old, asked, labels, moments)]
        readings.append(read(new, asked, labels, moments, readings[0]))
    found = [(name, lines) for name, lines in compare_sites(*readings, asked.more) if not any(re.search(one, name) for one in asked.ignore)]
    for name, lines in found:
        print(name)
        print("".join(f"    {line[:300]}\n" for line in lines[:SHOWN]) + (f"    … and {len(lines) - SHOWN} more\n" if len(lines) > SHOWN else ""), end="")
    print(f"{len(readings[0])} addresses, {len(found)} of them differ, {sum(len(lines) for _, lines in found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
