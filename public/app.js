// Charts are drawn from the tables beside them, so both always show the same numbers.
'use strict';
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = text => (text === '–' ? null : Number(text.replace(/[,%\s]/g, '').replace('−', '-')));
const rows = id => [...document.querySelectorAll(`#${id} tbody tr`)].map(row => [...row.children].map(cell => cell.textContent.trim()));

const line = (label, data, colour, more) => Object.assign({ label, data, borderColor: colour, backgroundColor: colour, borderWidth: 2, pointRadius: 3, tension: 0 }, more);

const heads = id => [...document.querySelectorAll(`#${id} thead th`)].map(cell => cell.textContent.trim());
const short = text => (text.length > 18 ? text.slice(0, 17) + '…' : text);
const column = (data, index) => data.map(row => number(row[index]));

const dashes = [[], [8, 3], [2, 2], [5, 4], [10, 3, 2, 3], [1, 3]];
const marks = ['circle', 'rect', 'triangle', 'rectRot', 'cross', 'star'];

// Each kind turns a table's rows and column heads into Chart.js data.
const kinds = {
	rates: (data, head) => ({ type: 'line', labels: data.map(r => r[0]), names: data.map(r => r[1]), datasets: [
		line(head[2], column(data, 2), css('--clicks'), { pointStyle: 'rect' }),
		line(head[3], column(data, 3), css('--mean'), { borderDash: [5, 4], pointRadius: 0, pointStyle: 'line' }),
		line(head[4], column(data, 4), css('--muted'), { borderDash: [2, 3], borderWidth: 1.5, pointRadius: 0, pointStyle: 'line' }),
		...(head[6] ? [line(head[6], column(data, 6), css('--text'), { borderDash: [1, 8], borderWidth: 2, pointRadius: 0, pointStyle: 'line' })] : [])] }),
	bars: (data, head) => ({ type: 'bar', labels: data.map(r => short(r[0])), horizontal: true, datasets: [
		{ label: head[1], data: column(data, 1), backgroundColor: css('--clicks') }] }),
	compare: (data, head) => ({ type: 'scatter', labels: data.map(r => r[0]), hours: true, datasets: head.slice(1).map((name, i) =>
		line(short(name), data.map(r => ({ x: number(r[0]), y: number(r[i + 1]) })), css(`--c${i + 1}`), { showLine: true, borderDash: dashes[i], pointStyle: marks[i] })) }),
	weeks: (data, head) => ({ type: 'bar', labels: data.map(r => r[0]), stacked: true, datasets: [
		...[['--joined', 1], ['--lost', 2], ['--c5', 3], ['--c6', 4], ['--muted', 5]].map(([colour, i]) => ({ label: head[i], data: column(data, i), backgroundColor: css(colour), borderColor: css('--card'), borderWidth: 1, stack: 'all' })),
		line(head[6], column(data, 6), css('--mean'), { type: 'line', borderDash: [5, 4], pointRadius: 0, pointStyle: 'line', stack: 'net' })] }),
	members: data => ({ type: 'line', labels: data.map(r => r[0]), datasets: [line('Subscribed contacts', column(data, 1), css('--joined'), { stepped: true, pointStyle: 'triangle' })] }),
	paper: (data, head, canvas) => { const { kind, roles } = canvas.dataset, colours = roles.split(' '), hours = kind === 'steps', made = { labels: data.map(r => r[0]), hours, horizontal: kind === 'bars', stacked: kind === 'stacked', type: hours ? 'scatter' : kind === 'line' ? 'line' : 'bar' };
		made.datasets = head.slice(1).map((label, i) => { const colour = css(`--${colours[i]}`), usual = colours[i] === 'mean';
			if (hours) return curve(label, data.map(r => [r[0], r[0], ...r.slice(1)]), i + 2, colour, { pointStyle: marks[i], borderDash: dashes[i] });
			if (kind === 'line' || usual) return line(label, column(data, i + 1), colour, { type: 'line', borderDash: usual ? [5, 4] : [], pointRadius: usual ? 0 : 3, pointStyle: usual ? 'line' : marks[i], stack: 'usual' });
			return { label, data: column(data, i + 1), backgroundColor: colour, borderColor: css('--card'), borderWidth: kind === 'stacked' ? 1 : 0, stack: 'all' }; });
		return made; },
	growth: (data, head) => ({ type: 'scatter', labels: data.map(r => r[1]), hours: true, datasets: [
		curve('Opened (people)', data, 2, css('--opens'), {}),
		curve('Clicked (people)', data, 3, css('--clicks'), { pointStyle: 'rect' }),
		...(head.includes('Usual to') ? [curve('Usual opens, from', data, 4, css('--muted'), { borderDash: [2, 3], borderWidth: 1.5, pointRadius: 0, pointStyle: 'line' }),
			curve('Usual opens, to', data, 5, css('--muted'), { borderDash: [5, 4], borderWidth: 1.5, pointRadius: 0, pointStyle: 'line', fill: '-1', backgroundColor: css('--band') })] : [])] }),
};
const curve = (label, data, index, colour, more) => line(label, data.map(r => ({ x: number(r[1]), y: number(r[index]) })), colour,
	{ stepped: true, showLine: true, pointRadius: data.length > 60 ? 0 : 3, ...more });

function draw(canvas) {
	const made = kinds[canvas.dataset.chart](rows(canvas.dataset.table), heads(canvas.dataset.table), canvas);
	const axis = (grid, title) => ({ title: { display: !!title, text: title, color: css('--muted') }, grid: { display: grid, color: css('--line') }, ticks: { color: css('--muted'), maxTicksLimit: made.horizontal && !grid ? 10 : 8, maxRotation: 0, autoSkip: !made.horizontal || grid }, beginAtZero: true });
	const links = [...document.querySelectorAll(`#${canvas.dataset.table} tbody a`)];
	Chart.getChart(canvas)?.destroy();
	new Chart(canvas, { type: made.type, data: { labels: made.labels, datasets: made.datasets }, options: {
		animation: false, responsive: true, maintainAspectRatio: false, indexAxis: made.horizontal ? 'y' : 'x',
		interaction: { mode: 'index', intersect: false }, scales: { x: { ...axis(!!made.horizontal, made.hours && 'hours since sending'), type: made.hours ? 'linear' : made.horizontal ? 'linear' : 'category', stacked: !!made.stacked }, y: { ...axis(!made.horizontal), stacked: !!made.stacked } },
		onClick: (event, points) => { if (points[0] && links[points[0].index]) location.href = links[points[0].index].href; },
		plugins: { legend: { align: 'start', labels: { color: css('--text'), usePointStyle: true } },
			tooltip: { callbacks: { title: items => made.hours ? `${items[0].parsed.x} h` : (made.names ? `${made.names[items[0].dataIndex]} · ` : '') + items[0].label } } } } });
}
// A button to save each chart as a picture, if scripts run.
function offerPicture(canvas) {
	const link = document.createElement('a');
	link.textContent = 'Download picture';
	link.href = '#';
	link.className = 'picture';
	link.addEventListener('click', () => { link.href = canvas.toDataURL('image/png'); link.download = `${canvas.dataset.table}.png`; });
	canvas.closest('figure').after(link);
}
document.querySelectorAll('canvas[data-chart]').forEach(offerPicture);
const drawAll = () => { if (window.Chart) document.querySelectorAll('canvas[data-chart]').forEach(draw); };
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
drawAll();

// The sync page refreshes its fragment until the run has ended, but not while the tab is hidden.
async function poll() {
	const panel = document.querySelector('[data-poll]');
	if (!panel) return;
	if (!document.hidden) {
		const answer = await fetch(panel.dataset.poll).catch(() => null);
		if (answer?.redirected) return location.reload();
		if (answer?.ok) {
			panel.outerHTML = await answer.text();
			if (!document.querySelector('[data-poll]')) return location.assign('/sync');
		}
	}
	setTimeout(poll, 1500);
}
setTimeout(poll, 1500);

// Polls the state of a report until it is ready.
async function pollReport() {
	const panel = document.querySelector('[data-poll-report]');
	if (!panel) return;
	const answer = document.hidden ? null : await fetch(panel.dataset.pollReport).catch(() => null);
	const report = answer?.ok ? await answer.json() : null;
	if (answer?.status === 401 || report?.state === 'ready' || report?.state === 'failed') return location.reload();
	if (report) panel.querySelector('[data-progress]').textContent = report.progress;
	setTimeout(pollReport, 1000);
}
setTimeout(pollReport, 500);

// The SHA-256 of a chosen file, computed here; the file is not uploaded.
document.querySelectorAll('input[type=file]').forEach(input => input.addEventListener('change', async () => {
	const file = input.files[0], { digest } = input.dataset;
	if (!file) return;
	if (digest && window.crypto?.subtle) {
		const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
		input.form.elements[digest].value = [...bytes].map(b => b.toString(16).padStart(2, '0')).join('');
	}
}));
