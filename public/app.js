// What scripts add to pages that work without them.
'use strict';

// Shortcuts, unless somebody is typing or has switched them off: / searches, ? lists them.
const typing = element => element.matches('input, select, textarea, [contenteditable]');
document.addEventListener('keydown', event => {
	if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.body.dataset.shortcuts === 'off') return;
	const search = [...document.querySelectorAll('#search, #q')].find(box => box.checkVisibility());
	if (event.key === '/' && search) {
		event.preventDefault();
		search.focus();
	}
	if (event.key === '?') document.getElementById('shortcuts')?.showModal();
});

// An open menu, tip or filter panel closes on Escape, and when something outside it is pressed.
const POPS = 'details.menu[open], details.tip[open], details.filter[open]';
document.addEventListener('click', event => document.querySelectorAll(POPS).forEach(open => {
	if (!open.contains(event.target)) open.open = false;
}));
document.addEventListener('keydown', event => {
	const open = event.key === 'Escape' && [...document.querySelectorAll(POPS)].pop();
	if (!open) return;
	open.open = false;
	open.querySelector('summary').focus();
});

// A condition about another field has other comparisons and another control for its value.
function reshape(page, focused) {
	document.getElementById('builder').replaceWith(page.getElementById('builder'));
	document.getElementById(focused)?.focus();
}

// What was read of a column is not true of another choice: the preview says it again.
document.querySelectorAll('[data-told]').forEach(told => {
	const row = told.closest('tr');
	row.querySelector('select').addEventListener('change', () => told.textContent = '');
});

// What takes long to count is fetched beside the page, one after the other, each until it is whole.
let going = false;
async function goOn() {
	if (going) return;
	going = true;
	for (let place; (place = document.querySelector('[data-continue]'));) {
		const answer = await fetch(place.dataset.continue).catch(() => null);
		const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), 'text/html');
		const found = page && page.body.firstElementChild;
		if (found) place.replaceWith(found);
		else place.removeAttribute('data-continue');
	}
	going = false;
}
goOn();

// What a form would do is shown beside it: the page of the form with what is typed has it.
document.querySelectorAll('form[data-preview]').forEach(form => {
	let newest, waiting;
	const show = async event => {
		clearTimeout(waiting);
		const asked = newest = {};
		const body = new URLSearchParams(new FormData(form));
		if (document.getElementById('builder')) body.append('do', 'update');
		const ours = field => field.value === (field.dataset.filled ?? ''); // not typed by somebody: it follows the other fields
		const filled = [...form.querySelectorAll('[data-fills]')].filter(ours);
		filled.forEach(field => body.set(field.name, ''));
		const answer = await fetch(form.dataset.preview, { method: 'POST', body }).catch(() => null);
		if (!answer?.ok || asked !== newest) return;
		const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
		document.getElementById('preview').replaceWith(page.getElementById('preview'));
		if (event.target.matches('[data-reshapes]')) reshape(page, event.target.id);
		goOn();
		filled.filter(ours).forEach(field => { field.value = field.dataset.filled = page.getElementById(field.id).value; });
		form.querySelectorAll('[data-proposed]').forEach(field => { field.placeholder = page.getElementById(field.id).placeholder; });
	};
	form.addEventListener('change', show);
	// Also while somebody types: nobody leaves the last field to see what it finds.
	form.addEventListener('input', event => {
		clearTimeout(waiting);
		if (event.target.matches('#builder input')) waiting = setTimeout(show, 600, event);
	});
});

// A draft is saved while it is written. What cannot be saved stays in the form, and the head says why.
document.querySelectorAll('form[data-autosave]').forEach(form => {
	let timer, going = Promise.resolve();
	const told = document.getElementById('saved');
	const save = async () => {
		const body = new URLSearchParams(new FormData(form));
		const answer = await fetch(form.action, { method: 'POST', body }).catch(() => null);
		const page = answer && new DOMParser().parseFromString(await answer.text(), 'text/html');
		const fresh = page?.querySelector('form[data-autosave]');
		if (answer?.ok && fresh) {
			form.elements.rev.value = fresh.elements.rev.value;
			document.querySelectorAll('iframe[data-saved]').forEach(frame => { frame.src = frame.src.split('#')[0]; });
		}
		const why = page?.querySelector('.notice .title')?.textContent;
		told.textContent = answer?.ok && fresh ? page.getElementById('saved').textContent : `Not saved: ${why ?? 'the server does not answer'}`;
	};
	form.addEventListener('change', event => {
		if (event.target.closest('.builder')) return;
		clearTimeout(timer);
		timer = setTimeout(() => { going = going.then(save); }, 800);
	});
	form.addEventListener('submit', () => clearTimeout(timer));
});

// How many rows are selected.
document.querySelectorAll('form:has([data-selected])').forEach(form => {
	const tell = () => { form.querySelector('[data-selected]').textContent = `${form.querySelectorAll('tbody :checked').length} selected`; };
	form.addEventListener('change', tell);
	form.addEventListener('reset', () => setTimeout(tell));
	tell();
});

// A view is saved with what its panel shows, applied or not.
document.getElementById('save-view')?.addEventListener('submit', event => {
	const panel = document.getElementById('view-name').closest('form:not(#save-view)');
	if (!panel) return;
	const filters = new URLSearchParams([...new FormData(panel)].filter(([, value]) => value));
	event.target.elements.address.value = `${new URL(panel.action).pathname}${filters.size ? `?${filters}` : ''}`;
});

// Copies the text of another element.
document.querySelectorAll('[data-copy]').forEach(button => button.addEventListener('click', async () => {
	await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
	button.textContent = 'Copied';
}));

// After a form with mistakes, the summary of the problems has the focus.
document.getElementById('problems')?.focus();

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

// Shows the page of a report that has become ready, and goes on showing its new link, which no page shows again.
async function keepLink(address) {
	const page = new DOMParser().parseFromString(await (await fetch(address)).text(), 'text/html');
	const link = document.getElementById('new-link').closest('.notice');
	document.getElementById('main').replaceChildren(...page.getElementById('main').childNodes);
	document.querySelector('#main .head').after(link);
	history.replaceState(null, '', address);
}

// Polls the state of a report until it is ready.
async function pollReport() {
	const panel = document.querySelector('[data-poll-report]');
	if (!panel) return;
	const answer = document.hidden ? null : await fetch(panel.dataset.pollReport).catch(() => null);
	const report = answer?.ok ? await answer.json() : null;
	const done = report?.state === 'ready' || report?.state === 'failed';
	if (done && document.getElementById('new-link')) return keepLink(`/reports/${report.id}`);
	if (answer?.status === 401 || done) return location.reload();
	if (report) panel.querySelector('[data-progress]').textContent = report.progress;
	setTimeout(pollReport, 1000);
}
setTimeout(pollReport, 500);

// A page that says how far something is shows itself anew, until there is nothing to wait for; of some pages only a part.
async function pollPage() {
	const panel = document.querySelector('[data-poll-page]');
	if (!panel) return;
	const answer = document.hidden ? null : await fetch(panel.dataset.pollPage).catch(() => null);
	if (answer?.status === 401) return location.reload();
	if (answer?.ok) {
		const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
		const now = page.querySelector('[data-poll-page]') ?? (panel.matches('[data-poll-part]') && page.getElementById(panel.id));
		if (!now) return location.reload();
		panel.replaceWith(now);
	}
	setTimeout(pollPage, 1000);
}
setTimeout(pollPage, 700);

// A file dropped on the field that asks for it.
document.querySelectorAll('.drop').forEach(drop => {
	const over = is => event => { event.preventDefault(); drop.classList.toggle('over', is); };
	drop.addEventListener('dragover', over(true));
	drop.addEventListener('dragleave', over(false));
	drop.addEventListener('drop', event => {
		over(false)(event);
		if (event.dataTransfer.files.length) drop.querySelector('input').files = event.dataTransfer.files;
	});
});

// The SHA-256 of a chosen file, computed here; the file is not uploaded.
document.querySelectorAll('input[type=file]').forEach(input => input.addEventListener('change', async () => {
	const file = input.files[0], { digest } = input.dataset;
	if (!file) return;
	if (digest && window.crypto?.subtle) {
		const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
		input.form.elements[digest].value = [...bytes].map(b => b.toString(16).padStart(2, '0')).join('');
	}
}));

// The page of the search finds while somebody types; its address follows.
const found = document.getElementById('found');
if (found) {
	const box = document.getElementById('q');
	let waiting = 0;
	box.addEventListener('input', () => {
		clearTimeout(waiting);
		waiting = setTimeout(async () => {
			const asked = box.value.trim(), address = `/search?q=${encodeURIComponent(asked)}`;
			const answer = asked.length < 2 ? null : await fetch(address).catch(() => null);
			if (!answer?.ok || answer.redirected || box.value.trim() !== asked) return;
			const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
			found.replaceChildren(...page.getElementById('found').childNodes);
			document.querySelector('h1').textContent = page.querySelector('h1').textContent;
			document.title = page.title;
			history.replaceState(null, '', address);
		}, 250);
	});
}

// Live messages. A connection that ends is made again, later each time; the server closes one that does not ping.
function listen(channel, hear) {
	let failures = 0;
	const connect = () => {
		const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/${channel}`);
		const ping = setInterval(() => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify({ type: 'ping' })), 30000);
		socket.onopen = () => { failures = 0; };
		socket.onmessage = event => hear(JSON.parse(event.data));
		socket.onclose = () => {
			clearInterval(ping);
			failures += 1;
			if (failures < 8) setTimeout(connect, 1000 * 2 ** failures);
		};
	};
	connect();
}

// The bell counts by itself, once a page has been looked at for a while.
const bell = document.querySelector('.topbar a[href="/notifications"]');
if (bell) setTimeout(() => listen('notifications', message => {
	if (message.type !== 'notification') return;
	bell.setAttribute('aria-label', `Notifications, ${message.unread} unread`);
	const dot = bell.querySelector('.dot') ?? bell.appendChild(Object.assign(document.createElement('span'), { className: 'dot' }));
	dot.setAttribute('aria-hidden', 'true');
	dot.textContent = message.unread;
}), 4000);

// The monitor of a campaign that is sent: a message says that there is something new, and all figures come together with
// the page, so that they agree; without messages it is asked every two seconds.
const monitor = document.querySelector('#campaign-monitor[data-live]');
if (monitor) {
	const PARTS = ['progress-bar', 'sent-count', 'total-count', 'progress-text', 'progress-line', 'monitor-hours', 'monitor-stats', 'monitor-log', 'monitor-figures', 'monitor-quota'];
	let news = false, heard = 0, drawn = Date.now(), drawing = false;
	const alike = (part, other) => (part.querySelector('canvas') ? part.textContent === other.textContent : part.outerHTML === other.outerHTML);
	const replace = page => {
		for (const id of PARTS) {
			const part = document.getElementById(id), other = page.getElementById(id);
			if (alike(part, other) || part.contains(document.activeElement) || part.querySelector('details[open]')) continue;
			part.replaceWith(other);
			if (other.querySelector('canvas')) document.dispatchEvent(new Event('charts'));
		}
	};
	const draw = async () => {
		news = false;
		const answer = document.hidden ? null : await fetch(location.href).catch(() => null);
		if (answer?.redirected || answer?.status === 401) return location.reload();
		if (!answer?.ok) return undefined;
		const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
		const status = page.getElementById('campaign-status').className;
		if (status !== document.getElementById('campaign-status').className) return location.reload();
		replace(page);
		document.title = page.title;
		drawn = Date.now();
		return undefined;
	};
	listen(monitor.dataset.campaign, message => {
		heard = Date.now();
		if (message.type === 'campaign_progress') news = true;
		if (message.type === 'campaign_status' && !document.getElementById('campaign-status').classList.contains(message.campaign.status)) location.reload();
	});
	setInterval(async () => {
		const due = Date.now() - drawn >= (Date.now() - heard < 5000 ? 3000 : 2000);
		if (drawing || !(news || due)) return;
		drawing = true;
		await draw();
		drawing = false;
	}, 1000);
}
