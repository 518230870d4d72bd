"""Mails of a 40 kB template with 30 fields and 10 conditions, rendered by bench_content and by Jinja2 with autoescape, in
turns in one run; both must give the same bytes. Seconds are of processor time."""
import argparse, json, pathlib, subprocess, tempfile, time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("program")
parser.add_argument("people", type=int, nargs="?", default=1000)
parser.add_argument("turns", type=int, nargs="?", default=5)
arguments = parser.parse_args()

import jinja2  # only here, so that --help needs nothing

FIELDS, CONDITIONS, BYTES = 30, 10, 40_000
FILLER = '<tr><td style="font-family:Arial,sans-serif;font-size:14px;line-height:20px;padding:8px 24px">Words that everybody reads alike.</td></tr>\n'


def template():
    blocks = []
    for i in range(FIELDS):
        blocks.append(f'<tr><td title="{{{{ f{i} }}}}">Field {i}: {{{{ f{i} }}}}</td></tr>\n')
    for i in range(CONDITIONS):
        blocks.append(f'{{% if n{i} > 50 and f{i} %}}<p>More for {{{{ f{i} }}}}</p>{{% elif city == "Rome" %}}<p>Rome</p>{{% else %}}<p>Less</p>{{% endif %}}\n')
    each = (BYTES - sum(map(len, blocks))) // len(blocks) // len(FILLER)
    return "<html><body><table>\n" + "".join(block + FILLER * each for block in blocks) + "</table></body></html>"


def person(i):
    one = {f"f{k}": f"O'Neil & Søn <{i}-{k}>" if k % 3 else f"Name {i * k}" for k in range(FIELDS)}
    return one | {f"n{k}": (i * 7 + k * 13) % 100 for k in range(CONDITIONS)} | {"city": ["Rome", "Oslo", ""][i % 3]}


source, people = template(), [person(i) for i in range(arguments.people)]
with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    (folder / "template").write_text(source)
    (folder / "people").write_text("".join(json.dumps(one) + "\n" for one in people))
    theirs = jinja2.Environment(autoescape=True, keep_trailing_newline=True).from_string(source)
    best = {"ours": 0, "jinja2": 0}
    for turn in range(arguments.turns):
        said = subprocess.run([arguments.program, folder / "template", folder / "people", "5", folder / "out"], capture_output=True, text=True, check=True).stdout
        best["ours"] = max(best["ours"], float(said.split()[-1]))
        began = time.process_time()
        rendered = [theirs.render(one) for one in people]
        best["jinja2"] = max(best["jinja2"], len(people) / (time.process_time() - began))
    same = (folder / "out").read_text() == "".join(rendered)
print(f"template {len(source)} bytes, {len(people)} people, a mail of {len(rendered[0])} bytes; same text: {'yes' if same else 'NO'}; {'; '.join(said.splitlines()[:2])}")
print(f"ours {best['ours']:,.0f} mails/s, Jinja2 {jinja2.__version__} with autoescape {best['jinja2']:,.0f} mails/s: {best['ours'] / best['jinja2']:.1f} times")
raise SystemExit(not same)
