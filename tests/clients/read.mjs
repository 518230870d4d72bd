// A client of the read API for browsers and Node: a campaign's figures for a Chart.js line chart.
//
// usage: node read.mjs URL TOKEN
import { fileURLToPath } from 'node:url';
import readArguments from '../arguments.cjs';

const { url: baseURL, token } = readArguments(fileURLToPath(import.meta.url), ['url', 'token']);

class TelltaleClient {
	constructor(url, bearer) {
		this.baseURL = url;
		this.headers = { Authorization: `Bearer ${bearer}` };
	}

	async get(path) {
		const answer = await fetch(this.baseURL + path, { headers: this.headers });
		const body = await answer.json();
		if (!answer.ok) throw new Error(`${answer.status}: ${body.error}`);
		return body;
	}

	getStats() { return this.get('/api/stats'); }
	getCampaigns(limit = 10) { return this.get(`/api/campaigns?status=sent&limit=${limit}`); }
	getCampaignAnalytics(id, days = 30) { return this.get(`/api/campaigns/${id}/analytics?days=${days}`); }
}

const client = new TelltaleClient(baseURL, token);
const stats = await client.getStats();
console.log(`${stats.total_campaigns} campaigns, ${stats.overall_open_rate.toFixed(1)} % opened, ${stats.overall_click_rate.toFixed(1)} % clicked`);
const [campaign] = await client.getCampaigns(1);
const days = await client.getCampaignAnalytics(campaign.id);
const chart = { labels: days.map(day => day.date.slice(0, 10)), datasets: [
	{ label: 'Open Rate (%)', data: days.map(day => day.open_rate) }, { label: 'Click Rate (%)', data: days.map(day => day.click_rate) }] };
if (!chart.labels.length || chart.datasets.some(set => set.data.length !== chart.labels.length)) throw new Error('no figures for a chart');
console.log(JSON.stringify(chart));
await client.getCampaignAnalytics('campaign_nothing').then(() => { throw new Error('an unknown campaign has figures'); }, error => { if (!/^404/.test(error.message)) throw error; });
