// Charts are drawn from the tables beside them, so both always show the same numbers.
//
// canvas: data-chart (line, points or columns), data-table (the table's id), data-x (date or hours; else one place a row),
// data-unit, data-max, data-to (where the x axis ends), data-stepped, data-ends (labels at the lines' ends).
// Heads of columns: data-series names the metric, which fixes colour, marker and dash; data-end is the label at its end.
// Heads of rows: data-x (a date, or hours), data-tick, data-sub (second line of the tooltip), data-href.
'use strict';

const SERIES = {
	opens: { mark: 'circle' },
	clicks: { mark: 'rect' },
	joined: { mark: 'triangle' },
	redeemed: { mark: 'triangle', colour: 'joined' },
	lost: { mark: 'rectRot', dash: [8, 3] },
	other: { mark: 'crossRot', dash: [2, 2] },
	sent: {},
	bars: { mark: 'rect', colour: 'sent' }, // columns of what was sent
	mean: { dash: [5, 4], width: 1.5 },
	previous: { dash: [5, 4], width: 1.5, colour: 'muted' },
	benchmark: { dash: [2, 3], width: 1.5 },
	limit: { dash: [8, 4], width: 1.5 },
	low: { band: true },
	high: { band: true },
	a: { mark: 'circle' },
	b: { mark: 'rect', dash: [8, 3] },
	c: { mark: 'triangle', dash: [2, 2] },
	d: { mark: 'rectRot', dash: [10, 3, 2, 3] },
	e: { mark: 'crossRot', dash: [1, 3] },
	f: { mark: 'star', dash: [5, 4] },
};
const MARKS_UP_TO = 60;
const DAY = 86400000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const token = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const numberOf = text => (/\d/.test(text) ? Number(text.replace(/[^\d.−-]/g, '').replace('−', '-')) : null);
const dayText = ms => `${new Date(ms).getUTCDate()} ${MONTHS[new Date(ms).getUTCMonth()]}`;
const hourText = hours => (hours === 0 ? 'sent' : hours < 1 ? `${Math.round(hours * 60)} min` : hours < 24 ? `${hours} h` : hours === 24 ? '1 day' : `${hours / 24} days`);

// The table as { rows: [{ head, cells }], series: [{ column, key, name, end }] }.
function readTable(id) {
	const table = document.getElementById(id);
	const rows = [...table.tBodies[0].rows].map(row => ({ head: row.cells[0].dataset, cells: [...row.cells].map(cell => cell.textContent.trim()) }));
	const series = [...table.tHead.rows[0].cells]
		.map((cell, column) => ({ column, key: cell.dataset.series, end: cell.dataset.end, name: cell.textContent.trim() }))
		.filter(one => one.key);
	return { rows, series };
}

function setDefaults() {
	const set = Chart.defaults;
	Object.assign(set, { animation: false, responsive: true, maintainAspectRatio: false, color: token('muted'), borderColor: token('line') });
	set.font.family = getComputedStyle(document.body).fontFamily;
	set.font.size = 12;
	set.interaction = { mode: 'index', intersect: false, axis: 'x' };
	set.plugins.legend.display = false; // the page has one with the same marks
	Object.assign(set.plugins.tooltip, {
		backgroundColor: token('inverse'), titleColor: token('on-inverse'), bodyColor: token('on-inverse'), footerColor: token('on-inverse'),
		titleFont: { size: 12, weight: '600' }, bodyFont: { size: 12 }, footerFont: { size: 12, weight: '400' },
		padding: 10, cornerRadius: 6, caretSize: 0, caretPadding: 10, usePointStyle: true, boxWidth: 8, boxHeight: 8, boxPadding: 6,
	});
	Object.assign(set.elements.line, { borderWidth: 2, tension: 0, borderJoinStyle: 'round', borderCapStyle: 'round' });
	Object.assign(set.elements.bar, { borderRadius: 2, borderSkipped: 'start', maxBarThickness: 28 });
}

// Where a row stands on the x axis.
function placeOf(row, index, kind) {
	if (kind === 'date') return Date.parse(row.head.x);
	return kind === 'hours' ? Number(row.head.x) : index;
}

function bandOf(one, data) {
	const fill = one.key === 'high' ? '-1' : false;
	return { type: 'line', label: one.name, data, column: one.column, quiet: true, order: 9, fill, borderWidth: 0, pointRadius: 0, pointHoverRadius: 0,
		pointStyle: false, backgroundColor: token('band'), spanGaps: true };
}

function barsOf(one, data, colour) {
	return { type: 'bar', label: one.name, data: data.map(point => point.y), column: one.column, order: 3, stack: 'all', pointStyle: 'rect',
		backgroundColor: colour, borderColor: token('card'), borderWidth: { top: 1, bottom: 1 }, categoryPercentage: 0.82, barPercentage: 0.92 };
}

function lineOf(one, look, data, colour, canvas) {
	const { chart, stepped, ends } = canvas.dataset;
	const pointsOnly = chart === 'points' && look.mark;
	const marked = look.mark && (pointsOnly || data.length <= MARKS_UP_TO);
	return { type: 'line', label: one.name, column: one.column, data: chart === 'columns' ? data.map(point => point.y) : data,
		borderColor: colour, backgroundColor: colour, borderDash: look.dash || [], borderWidth: look.width || 2, showLine: !pointsOnly,
		stepped: stepped ? 'before' : false, spanGaps: true, pointStyle: look.mark || 'line', pointRadius: marked ? (look.mark === 'circle' ? 3.5 : 4.5) : 0,
		pointHoverRadius: look.mark ? 6 : 0, pointBackgroundColor: colour, pointBorderColor: token('card'), pointBorderWidth: 1,
		order: look.mark ? 1 : 2, stack: 'line', endLabel: ends ? one.end : undefined };
}

function datasetsOf({ rows, series }, canvas) {
	const columns = canvas.dataset.chart === 'columns';
	return series.map(one => {
		const look = SERIES[one.key];
		const colour = token(look.colour || one.key);
		const data = rows.map((row, index) => ({ x: placeOf(row, index, canvas.dataset.x), y: numberOf(row.cells[one.column]) }));
		if (look.band) return bandOf(one, data);
		return columns && look.mark ? barsOf(one, data, colour) : lineOf(one, look, data, colour, canvas);
	});
}

// Firsts of months, halves of months, weeks or days, by the length of the span.
function dateTicks(from, to, narrow) {
	const days = (to - from) / DAY, ticks = [];
	if (days <= 45) {
		for (let at = Math.ceil(from / DAY) * DAY; at <= to; at += DAY * (days > 10 ? 7 : 1)) ticks.push(at);
		return ticks;
	}
	const first = new Date(from), step = days > 1100 ? 6 : days > 400 ? 3 : days > 200 ? 2 : 1;
	for (let month = first.getUTCMonth(); ; month += step) {
		const at = Date.UTC(first.getUTCFullYear(), month, 1);
		if (at > to) return ticks;
		for (const tick of !narrow && days < 130 ? [at, at + 14 * DAY] : [at]) if (tick >= from && tick <= to) ticks.push(tick);
	}
}

const EARLY_STEPS = [1 / 60, 1 / 30, 1 / 12, 1 / 6, 1 / 4, 1 / 2, 1]; // of the first six hours
const earlyTicks = last => {
	const step = EARLY_STEPS.find(one => last / one <= 6);
	return Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step);
};
const hourTicks = last => (last <= 6 ? earlyTicks(last) : last <= 24 ? [0, 6, 12, 18, 24] : last <= 72 ? [0, 12, 24, 48, 72] : [0, 24, 48, 72, 96, 120, 144, 168]).filter(hour => hour <= last);

function xAxis(rows, canvas) {
	const kind = canvas.dataset.x, columns = canvas.dataset.chart === 'columns';
	const axis = { type: columns ? 'category' : 'linear', stacked: columns, offset: columns, grid: { display: false, drawTicks: false },
		border: { color: token('control') }, ticks: { maxRotation: 0, padding: 8, autoSkip: true, maxTicksLimit: 8 } };
	const places = rows.map((row, index) => placeOf(row, index, kind));
	const build = ticks => scale => { scale.ticks = ticks(scale).map(value => ({ value })); };
	if (columns) axis.ticks.callback = index => rows[index]?.head.tick ?? rows[index]?.cells[0];
	if (kind === 'date' && !columns) {
		const from = Math.min(...places), to = Math.max(...places), room = Math.max((to - from) * 0.02, DAY / 2);
		Object.assign(axis, { min: from - room, max: to + room, afterBuildTicks: build(scale => dateTicks(scale.min, scale.max, canvas.clientWidth < 420)) });
		axis.ticks.callback = dayText;
	}
	if (kind === 'hours') {
		Object.assign(axis, { min: 0, max: Math.min(canvas.dataset.to ?? Infinity, Math.max(...places)), afterBuildTicks: build(scale => hourTicks(scale.max)) });
		axis.ticks.callback = hourText;
	}
	return axis;
}

function yAxis(canvas) {
	const { chart, unit = '', max } = canvas.dataset, columns = chart === 'columns';
	const words = value => `${value < 0 ? '−' : ''}${Math.abs(value).toLocaleString('en')}${unit}`;
	return { beginAtZero: true, stacked: columns, max: max ? Number(max) : undefined, border: { display: false },
		grid: { color: token('line'), drawTicks: false, lineWidth: context => (columns && context.tick?.value === 0 ? 1.5 : 1) },
		ticks: { padding: 8, maxTicksLimit: 6, precision: unit ? undefined : 0, callback: words } };
}

function tooltipOf({ rows, series }) {
	const low = series.find(one => one.key === 'low'), high = series.find(one => one.key === 'high');
	const usual = row => (low && numberOf(row.cells[low.column]) !== null ? `Usual range ${row.cells[low.column].replace(/\s*%/, '')}–${row.cells[high.column]}` : '');
	return { filter: item => !item.dataset.quiet && item.raw !== null && item.raw?.y !== null, callbacks: {
		title: items => (items.length ? [rows[items[0].dataIndex].cells[0], rows[items[0].dataIndex].head.sub].filter(Boolean) : ''),
		label: item => ` ${item.dataset.label}  ${rows[item.dataIndex].cells[item.dataset.column]}`,
		footer: items => (items.length ? usual(rows[items[0].dataIndex]) : ''),
	} };
}

// A hair line at the point under the pointer, and labels at the ends of lines.
const pointer = {
	id: 'pointer',
	beforeDatasetsDraw({ ctx, chartArea, tooltip }) {
		const [active] = tooltip?.getActiveElements?.() ?? [];
		if (!active) return;
		ctx.save();
		ctx.strokeStyle = token('control');
		ctx.beginPath();
		ctx.moveTo(active.element.x, chartArea.top);
		ctx.lineTo(active.element.x, chartArea.bottom);
		ctx.stroke();
		ctx.restore();
	},
	afterDatasetsDraw(chart) {
		const ends = chart.data.datasets.map((set, index) => [set, chart.getDatasetMeta(index).data.findLast(point => !point.skip && Number.isFinite(point.y))])
			.filter(([set, last]) => set.endLabel && last).map(([set, last]) => ({ text: set.endLabel, colour: set.borderColor, x: last.x + 8, y: last.y }));
		ends.sort((a, b) => a.y - b.y).forEach((end, i) => ends.slice(0, i).forEach(above => {
			if (Math.abs(end.x - above.x) < 24) end.y = Math.max(end.y, above.y + 13); // two lines may end at one value
		}));
		chart.ctx.save();
		chart.ctx.font = `600 12px ${Chart.defaults.font.family}`;
		chart.ctx.textBaseline = 'middle';
		for (const { text, colour, x, y } of ends) {
			chart.ctx.fillStyle = colour;
			chart.ctx.fillText(text, x, y);
		}
		chart.ctx.restore();
	},
};

function draw(canvas) {
	const table = readTable(canvas.dataset.table), { rows } = table;
	const columns = canvas.dataset.chart === 'columns';
	const follow = (event, points) => {
		const to = points[0] && rows[points[0].index].head.href;
		if (to) location.href = to;
	};
	Chart.getChart(canvas)?.destroy();
	new Chart(canvas, {
		type: columns ? 'bar' : 'line',
		data: { labels: columns ? rows.map(row => row.cells[0]) : undefined, datasets: datasetsOf(table, canvas) },
		options: { layout: { padding: { right: canvas.dataset.ends ? 56 : 8, top: 6 } }, scales: { x: xAxis(rows, canvas), y: yAxis(canvas) },
			onClick: follow, plugins: { tooltip: tooltipOf(table) } },
		plugins: [pointer],
	});
}

function drawAll() {
	setDefaults();
	document.querySelectorAll('canvas[data-chart]').forEach(draw);
}

function begin() {
	document.fonts.ready.then(drawAll);
	matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
	matchMedia('print').addEventListener('change', drawAll);
	// The ⋯ menu of a chart offers its picture.
	document.addEventListener('click', event => {
		const link = event.target.closest('a[data-picture]');
		if (!link) return;
		link.href = document.querySelector(`canvas[data-table="${link.dataset.picture}"]`).toDataURL('image/png');
		link.download = `${link.dataset.picture}.png`;
	});
}

// The library is a quarter of a page's bytes: only a page with a chart fetches it.
function load() {
	if (!document.querySelector('canvas[data-chart]')) return;
	const library = document.createElement('script');
	library.src = '/static/vendor/chart.umd.min.js';
	library.onload = begin;
	document.head.append(library);
}
load();

// A part of the page with a chart was replaced.
document.addEventListener('charts', () => {
	if (!window.Chart) return load();
	Object.values(Chart.instances).filter(chart => !chart.canvas?.isConnected).forEach(chart => chart.destroy());
	return drawAll();
});
