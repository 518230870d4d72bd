"""The report of paper.c made with WeasyPrint and with ReportLab and matplotlib: the same tables and charts."""
import argparse, io, math, resource, sys, time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("times", type=int, nargs="?", default=3)
TIMES = parser.parse_args().times

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt

CHARTS, POINTS, ROWS = 6, 40, 200
days = [f"2026-10-{i % 31 + 1:02d}" for i in range(POINTS)]
values = [[3 + math.sin(i * 0.3 + c) for i in range(POINTS)] for c in range(CHARTS)]
table = [["2026-10-01", f"ACME_Energy tips_{i}", "1,234", "56", "4.54"] for i in range(ROWS)]
heads = ["Sent", "Campaign", "Delivered", "Clicked", "Click rate, %"]


def chart(c, kind):
    figure, axis = plt.subplots(figsize=(7.1, 2))
    axis.plot(values[c], color="#d47418", marker="s", markersize=3, label="Click rate, %")
    axis.axhline(3, color="#1a2330", linestyle="--", label="Usual, %")
    axis.set_ylim(0)
    axis.set_xticks(range(0, POINTS, 6), days[::6])
    axis.legend()
    out = io.BytesIO()
    figure.savefig(out, format=kind)
    plt.close(figure)
    return out


def weasyprint():
    from weasyprint import HTML
    import base64
    row = lambda cells, tag: "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"
    page = "<style>@page{size:A4;margin:22mm 15mm 20mm;@bottom-right{content:'Page ' counter(page) ' of ' counter(pages)}}table{width:100%;border-collapse:collapse;font-size:8.5pt}</style><h1>Campaign summary</h1>"
    for c in range(CHARTS):
        svg = base64.b64encode(chart(c, "svg").getvalue()).decode()
        page += f"<h2>Click rate by campaign</h2><img src='data:image/svg+xml;base64,{svg}'><table>" + row(["", "Click rate, %", "Usual, %"], "th")
        page += "".join(row([d, f"{v:.2f}", "3.00"], "td") for d, v in zip(days, values[c])) + "</table>"
    page += "<h1>Campaigns</h1><table>" + row(heads, "th") + "".join(row(cells, "td") for cells in table) + "</table>"
    return HTML(string=page).write_pdf()


def reportlab():
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Image, Paragraph, SimpleDocTemplate, Table
    styles, out = getSampleStyleSheet(), io.BytesIO()
    story = [Paragraph("Campaign summary", styles["Title"])]
    for c in range(CHARTS):
        story += [Paragraph("Click rate by campaign", styles["Heading2"]), Image(chart(c, "png"), 500, 140)]
        story.append(Table([["", "Click rate, %", "Usual, %"]] + [[d, f"{v:.2f}", "3.00"] for d, v in zip(days, values[c])], repeatRows=1))
    story += [Paragraph("Campaigns", styles["Heading1"]), Table([heads] + table, repeatRows=1)]
    SimpleDocTemplate(out, pagesize=A4).build(story)
    return out.getvalue()


for make in (reportlab, weasyprint):
    make()
    began = time.monotonic()
    for _ in range(TIMES):
        pdf = make()
    print(f"{make.__name__}: {(time.monotonic() - began) / TIMES * 1000:.0f} ms a report, {len(pdf)} bytes, most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
