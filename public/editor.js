// The editor of templates: its buttons change the page in place, and the preview follows what is typed.
'use strict';

const form = document.getElementById('template-form');
const wait = 400;

// A new frame takes the place of the old one once it has loaded: nothing flickers, and the browser's history stays as it was.
let timer, coming, shows = 0;
function show() {
	const button = document.getElementById('update-preview'), shown = document.querySelector('#canvas-card iframe:not(.waiting)');
	coming?.remove();
	coming = shown.cloneNode();
	coming.removeAttribute('src');
	coming.removeAttribute('srcdoc');
	coming.name = button.formTarget = `canvas-${++shows}`;
	coming.classList.add('waiting');
	const next = coming;
	shown.after(next);
	next.addEventListener('load', () => {
		if (next !== coming) return;
		next.classList.remove('waiting');
		shown.remove();
		coming = null;
	});
	button.click();
}
function showSoon() {
	clearTimeout(timer);
	timer = setTimeout(show, wait);
}

// What a button would show on a page of its own takes the place of these parts. The focus stays where it was, or goes to
// the block that was moved or added.
const PARTS = ['blocks', 'panel', 'checks'];
async function press(what, focus) {
	const body = new URLSearchParams(new FormData(form));
	if (what) body.append('do', what);
	const answer = await fetch('/templates/editor', { method: 'POST', body }).catch(() => null);
	if (!answer?.ok) return false;
	const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
	for (const id of what ? PARTS : ['checks']) document.getElementById(id)?.replaceWith(page.getElementById(id));
	if (what) (document.getElementById(focus)?.disabled === false ? document.getElementById(focus) : document.querySelector('#blocks [aria-current]'))?.focus();
	return true;
}
// Where the focus is after a button: moving takes it along.
function follows(what) {
	const [, verb, index] = what.match(/^(up|down)-(\d+)$/) ?? [];
	return verb === 'up' ? `up-${index - 1}` : verb === 'down' ? `down-${+index + 1}` : /^(add-item|remove-item)/.test(what) ? 'add-item' : '';
}

form.addEventListener('submit', async event => {
	const button = event.submitter;
	if (button?.name !== 'do' || button.value === 'to-html') {
		// The preview is a submission, too: one that came now would take the place of this one.
		if (button?.id !== 'update-preview') [timer, checked].forEach(clearTimeout);
		return;
	}
	event.preventDefault();
	if (await press(button.value, follows(button.value))) show();
	else form.requestSubmit(Object.assign(button, { name: 'do' }));
});

let checked;
form.addEventListener('input', () => {
	showSoon();
	clearTimeout(checked);
	checked = setTimeout(() => press(), 3 * wait);
});

// Blocks are dragged to their place; the arrows do the same.
let dragged;
form.addEventListener('pointerdown', event => {
	const row = event.target.closest('#blocks li[data-index]');
	if (row) row.draggable = true;
});
form.addEventListener('dragstart', event => { dragged = event.target.closest('#blocks li[data-index]'); });
form.addEventListener('dragover', event => {
	const row = event.target.closest('#blocks li[data-index]');
	document.querySelectorAll('#blocks .over').forEach(one => one.classList.remove('over'));
	if (!dragged || !row || row === dragged) return;
	event.preventDefault();
	row.classList.add('over');
});
form.addEventListener('drop', async event => {
	const row = event.target.closest('#blocks li[data-index]');
	if (!dragged || !row) return;
	event.preventDefault();
	if (await press(`move-${dragged.dataset.index}-${row.dataset.index}`)) show();
	dragged = null;
});

// A field is written where the cursor was last.
let last;
form.addEventListener('focusin', event => {
	if (event.target.matches('textarea, input:not([type])')) last = event.target.id;
});
document.querySelectorAll('[data-insert]').forEach(button => button.addEventListener('click', () => {
	const field = document.getElementById(last) ?? form.querySelector('#panel textarea, #html_content, #subject');
	button.closest('details').open = false;
	field.focus();
	field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, 'end');
	field.dispatchEvent(new Event('input', { bubbles: true }));
}));

if (document.querySelector('[data-stale]')) show();
