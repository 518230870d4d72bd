// The OpenAPI document is valid and the server's answers match it: every GET route is called and its answer validated against
// its schema.
//
// usage: node openapi.cjs URL TOKEN
const { url, token } = require('./arguments.cjs')(__filename, ['url', 'token']);
const Ajv = require('ajv/dist/2020').default;
const formats = require('ajv-formats').default;
// nginx refuses whoever asks faster than its limits allow: on a fast machine this program does.
const ask = async (...what) => {
	for (let tries = 0; ; tries++) {
		const answer = await fetch(...what);
		if (answer.status !== 429 || tries === 60) return answer;
		await new Promise(resolve => setTimeout(resolve, 250));
	}
};
let passed = 0;
const failures = [];
const check = (name, fine, detail) => (fine ? passed++ : failures.push(`${name}: ${detail}`));
// The same schema, but without any member that it does not name.
const closed = schema => {
	if (typeof schema !== 'object' || schema === null) return schema;
	if (Array.isArray(schema)) return schema.map(closed);
	const copy = Object.fromEntries(Object.entries(schema).map(([name, one]) => [name, name === 'enum' ? one : closed(one)]));
	return schema.properties && !schema.additionalProperties && typeof schema.properties === 'object' && !Array.isArray(schema.properties) && 'type' in schema ? { ...copy, additionalProperties: false } : copy;
};
const headersOf = async path => (await ask(url + path, { headers: { Authorization: `Bearer ${token}` } })).headers;
const get = async path => {
	const answer = await ask(url + path, { headers: { Authorization: `Bearer ${token}` } });
	return [answer.status, answer.status === 200 ? await answer.json() : null];
};

(async () => {
	const { Validator } = await import(`${process.env.NODE_PATH}/@seriousme/openapi-schema-validator/index.js`) /* import() does not look at NODE_PATH */;
	const [, document] = await get('/api/openapi.json');
	const verdict = await new Validator().validate(document);
	check('document', verdict.valid, JSON.stringify(verdict.errors ?? "").slice(0, 500));
	const ajv = formats(new Ajv({ strict: false }));
	const first = async path => (await get(path))[1][0].id;
	// What a fresh account lacks: a partner, a report with a link, a schedule, an import, a field, a segment, a suppression.
	const post = async (path, body) => (await ask(url + path, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).json();
	const everybody = { field: 'email', operator: 'not_empty' };
	const partner = (await get('/api/partners'))[1][0] ?? await post('/api/partners', { name: 'OpenAPI', prefixes: ['ACME_'] });
	const schedule = (await get('/api/report-schedules'))[1][0] ?? await post('/api/report-schedules', { name: 'OpenAPI', cron: '0 0 1 1 *', recipients: 'a@b.example', paused: true });
	let report = await post('/api/reports', { period: { from: '2020-01-01', to: `${new Date().getUTCFullYear() + 2}-01-01` }, title: 'OpenAPI' });
	for (let i = 0; i < 300 && report.state !== 'ready'; i++) {
		await new Promise(resolve => setTimeout(resolve, 200));
		report = (await get(`/api/reports/${report.id}`))[1];
	}
	check('a report is made', report.state === 'ready', report.state);
	await post(`/api/reports/${report.id}/links`, { password: 'correct horse' });
	const file = new FormData();
	file.append('file', new Blob(['email\nopenapi@a.example\n']), 'people.csv');
	const imported = await (await ask(`${url}/api/contacts/import`, { method: 'POST', headers: { Authorization: `Bearer ${token}` }, body: file })).json();
	const theirs = new FormData();
	theirs.append('file', new Blob(['email\ntheirs@a.example\n']), 'theirs.csv');
	const suppressions = await (await ask(`${url}/api/suppressions/import`, { method: 'POST', headers: { Authorization: `Bearer ${token}` }, body: theirs })).json();
	const picture = new FormData();
	picture.append('file', new Blob([Buffer.from('R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=', 'base64')]), 'dot.gif');
	const image = await (await ask(`${url}/api/media`, { method: 'POST', headers: { Authorization: `Bearer ${token}` }, body: picture })).json();
	const field = (await get('/api/fields'))[1][0] ?? await post('/api/fields', { label: 'OpenAPI' });
	const segment = (await get('/api/segments'))[1][0] ?? await post('/api/segments', { name: 'openapi', rule: everybody });
	const suppression = (await get('/api/suppressions'))[1][0] ?? await post('/api/suppressions', { address: 'suppressed@a.example', reason: 'manual' });
	const account = (await get('/api/accounts'))[1][0] ?? await post('/api/accounts', { name: 'OpenAPI', org_id: '1' });
	const sender = (await get('/api/sending-domains'))[1][0] ?? await post('/api/sending-domains', { domain: 'openapi.example' });
	const webhook = (await get('/api/webhooks'))[1][0] ?? await post('/api/webhooks', { name: 'OpenAPI', url: 'https://hooks.example.com/', events: ['campaign_sent'], is_active: true });
	await post(`/api/webhooks/${webhook.id}/test`, {});
	const template = (await get('/api/templates'))[1][0] ?? await post('/api/templates', { name: 'OpenAPI', subject: 'S', html_content: '<p>{{first_name}}</p>' });
	await ask(`${url}/api/templates/${template.id}`, { method: 'PUT', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: '{"subject":"T"}' });
	const recommendation = await post('/api/recommendations', { title: 'OpenAPI', url: 'https://a.example/', interests: ['solar'] });
	const ids = { webhook_id: webhook.id, recommendation_id: recommendation.id, template_id: template.id, account_id: account.id, sending_domain_id: sender.id, import_id: imported.id, suppression_import_id: suppressions.id, media_id: image.id, key: field.key, segment_id: segment.id, suppression_id: suppression.id, report_id: report.id, partner_id: partner.id, schedule_id: schedule.id, campaign_id: await first('/api/campaigns?status=sent&limit=1'), list_id: await first('/api/lists'),
		contact_id: await first('/api/contacts?limit=1'), run_id: await first('/api/sync') };
	// What only a list of one's own answers.
	const own = await post('/api/lists', { name: 'OpenAPI', list_type: 'static' });
	// What only a draft answers.
	const draft = await post('/api/campaigns', { name: 'OpenAPI', subject: 'S', html_content: '<p>{{first_name}} <a href="https://a.example/">x</a></p>', sms_content: 'x', channel: 'both', target_segments: ['ALL'], from_email: 'a@openapi.invalid' });
	const ofDrafts = /^\/api\/campaigns\/\{campaign_id\}\/(preflight|forecast|preview|progress|logs|tests|answers|redemptions)$/;
	const two = (await get('/api/campaigns?status=sent&limit=2'))[1];
	const rule = `?rule=${encodeURIComponent(JSON.stringify(everybody))}`;
	const queries = { '/api/compare': `?id=${two[0].id}&id=${two[1].id}`, '/api/segments/contacts': rule, '/api/segments/count': rule };
	for (const [path, item] of Object.entries(document.paths)) {
		if (!item.get) continue;
		if (path === '/api/emails/{email_id}') continue; // it takes a campaign that was sent: tests/system/test_messages.py
		const address = path.replace(/\{(\w+)\}/g, (_, name) => name === 'campaign_id' && ofDrafts.test(path) ? draft.id : name === 'list_id' && path.endsWith('/confirmations') ? own.id : ids[name]);
		const [status, body] = await get(address + (queries[path] ?? ''));
		check(`${path} answers`, status === 200, `status ${status}`);
		const holds = ajv.compile(closed(item.get.responses['200'].content['application/json'].schema));
		const told = item.get.responses['200'].headers ?? {};
		for (const name of ['etag', 'x-next-cursor'])
			if ((await headersOf(address + (queries[path] ?? ''))).has(name)) check(`${path} names its header ${name}`, Object.keys(told).some(one => one.toLowerCase() === name), 'it does not');
		check(`${path} keeps its promise`, holds(body), ajv.errorsText(holds.errors));
	}
	// Errors match the document, too.
	const isError = ajv.compile(document.components.schemas.Error);
	const refused = async (name, operation, address, options, wanted) => {
		const answer = await ask(url + address, options);
		const body = await answer.json();
		check(`${name} refuses`, answer.status === wanted && `${wanted}` in operation.responses, `status ${answer.status}`);
		check(`${name} says why`, isError(body), ajv.errorsText(isError.errors));
	};
	const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
	for (const [path, item] of Object.entries(document.paths))
		for (const [method, operation] of Object.entries(item)) {
			const address = path.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? '0'.repeat(24)), name = `${method} ${path}`;
			await refused(`${name} by nobody`, operation, address, { method: method.toUpperCase() }, 401);
			if (operation.requestBody) await refused(`${name} with an odd body`, operation, address, { method: method.toUpperCase(), headers, body: '{"no such field": 1}' }, 400);
			if (method === 'get') await refused(`patch ${path}`, operation, address, { method: 'PATCH', headers }, 405);
		}
	// What the tests that follow would count is gone again.
	for (let i = 0; i < 300 && (await get(`/api/contacts/import/${imported.id}`))[1].state !== 'done'; i++) await new Promise(resolve => setTimeout(resolve, 200));
	const [person] = (await get('/api/contacts?q=openapi@a.example'))[1];
	check('the import made a contact', person?.email === 'openapi@a.example', JSON.stringify(person));
	for (const path of [`campaigns/${draft.id}`, `lists/${own.id}`, `contacts/${person?.id}`, `segments/${segment.id}`, `fields/${field.key}`, `suppressions/${suppression.id}`, `media/${image.id}`, `recommendations/${recommendation.id}`]) await ask(`${url}/api/${path}`, { method: 'DELETE', headers });
	failures.forEach(text => console.log(`FAILED ${text}`));
	console.log(`${passed} passed, ${failures.length} failed`);
	process.exit(failures.length ? 1 : 0);
})();
