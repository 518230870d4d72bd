// Charts are drawn from the tables beside them, so both always show the same numbers.
'use strict';
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = text => (text === '–' ? null : Number(text.replace(/[,%\s]/g, '')));
const rows = id => [...document.querySelectorAll(`#${id} tbody tr`)].map(row => [...row.children].map(cell => cell.textContent.trim()));

const line = (label, data, colour, more) => Object.assign({ label, data, borderColor: colour, backgroundColor: colour, borderWidth: 2, pointRadius: 3, tension: 0 }, more);

const kinds = {
	rates: data => ({ type: 'line', labels: data.map(r => r[0]), names: data.map(r => r[1]), datasets: [
		line('Click rate, %', data.map(r => number(r[2])), css('--clicks'), { pointStyle: 'rect' }),
		line('Mean of 7, %', data.map(r => number(r[3])), css('--mean'), { borderDash: [5, 4], pointRadius: 0 })] }),
	bars: data => ({ type: 'bar', labels: data.map(r => (r[0].length > 24 ? r[0].slice(0, 23) + '…' : r[0])), horizontal: true, datasets: [
		{ label: 'Click rate, %', data: data.map(r => number(r[1])), backgroundColor: css('--clicks') }] }),
	growth: data => ({ type: 'line', labels: data.map(r => `${r[1]} h`), datasets: [
		line('Opened (people)', data.map(r => number(r[2])), css('--opens'), { stepped: true }),
		line('Clicked (people)', data.map(r => number(r[3])), css('--clicks'), { stepped: true, pointStyle: 'rect' })] }),
};

function draw(canvas) {
	const made = kinds[canvas.dataset.chart](rows(canvas.dataset.table));
	const axis = grid => ({ grid: { display: grid, color: css('--line') }, ticks: { color: css('--muted'), maxTicksLimit: made.horizontal && !grid ? 10 : 8, maxRotation: 0, autoSkip: !made.horizontal || grid }, beginAtZero: true });
	const links = [...document.querySelectorAll(`#${canvas.dataset.table} tbody a`)];
	Chart.getChart(canvas)?.destroy();
	new Chart(canvas, { type: made.type, data: { labels: made.labels, datasets: made.datasets }, options: {
		animation: false, responsive: true, maintainAspectRatio: false, indexAxis: made.horizontal ? 'y' : 'x',
		interaction: { mode: 'index', intersect: false }, scales: { x: axis(!!made.horizontal), y: axis(!made.horizontal) },
		onClick: (event, points) => { if (points[0] && links[points[0].index]) location.href = links[points[0].index].href; },
		plugins: { legend: { align: 'start', labels: { color: css('--text'), usePointStyle: true } },
			tooltip: { callbacks: { title: items => (made.names ? `${made.names[items[0].dataIndex]} · ` : '') + items[0].label } } } } });
}
const drawAll = () => { if (window.Chart) document.querySelectorAll('canvas[data-chart]').forEach(draw); };
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
drawAll();

// The sync page replaces its fragment until the run has ended; it rests while the tab is hidden.
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
