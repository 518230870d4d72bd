/* Judging hits: first by what each says of itself, then by what the hits of a mail, and those of a network, have in
 * common. What is certain is not judged again by what is likely. */
#include "answering/judging.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

static bool is_proxy_of_pictures(unsigned agent) {
	return agent == AGENT_GMAIL || agent == AGENT_YAHOO;
}

static void judge(struct hit *hit, enum hit_class as, enum hit_reason because) {
	hit->judged_as = as;
	hit->because = because;
}

/* True if it is certain. */
static bool judge_for_sure(struct judged_hit *one) {
	struct hit *hit = one->hit;
	const struct visitor *visitor = &hit->visitor;
	if (visitor->is_head)
		judge(hit, HIT_MACHINE, REASON_HEAD);
	else if (visitor->is_prefetch)
		judge(hit, HIT_MACHINE, REASON_PREFETCH);
	else if (visitor->agent == AGENT_SCANNER)
		judge(hit, HIT_MACHINE, REASON_SCANNER);
	else if (visitor->agent == AGENT_PROGRAM)
		judge(hit, HIT_MACHINE, REASON_PROGRAM);
	else if (moment_is_set(one->accepted_at) && hit->at.ms < one->accepted_at.ms)
		judge(hit, HIT_MACHINE, REASON_EARLY);
	else if (hit->kind == HIT_CLICK && visitor->agent == AGENT_BARE)
		judge(hit, HIT_MACHINE, REASON_BARE_CLICK);
	else
		return false;
	return true;
}

/* While nothing else speaks against it. */
static void judge_alone(struct judged_hit *one) {
	struct hit *hit = one->hit;
	unsigned agent = hit->visitor.agent;
	if (hit->kind == HIT_UNSUBSCRIBE)
		judge(hit, HIT_HUMAN, REASON_NONE);
	else if (judge_for_sure(one))
		return;
	else if (hit->kind == HIT_OPEN && agent == AGENT_BARE)
		judge(hit, HIT_PROXY, REASON_PRIVACY);
	else if (agent == AGENT_NONE)
		judge(hit, HIT_UNKNOWN, REASON_SILENT);
	else if (hit->kind == HIT_CLICK && is_proxy_of_pictures(agent))
		judge(hit, HIT_UNKNOWN, REASON_PICTURES);
	else
		judge(hit, HIT_HUMAN, hit->kind == HIT_OPEN && is_proxy_of_pictures(agent) ? REASON_PICTURES : REASON_NONE);
}

static bool same_mail(const struct hit *a, const struct hit *b) {
	return a->block == b->block && a->index == b->index;
}

static int by_mail_and_time(const void *a, const void *b) {
	const struct hit *x = ((const struct judged_hit *)a)->hit, *y = ((const struct judged_hit *)b)->hit;
	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return x->at.ms != y->at.ms ? (x->at.ms > y->at.ms) - (x->at.ms < y->at.ms) : strcmp(x->id, y->id);
}

static bool is_human_click(const struct hit *hit) {
	return hit->kind == HIT_CLICK && hit->judged_as != HIT_MACHINE;
}

/* What can be counted of a burst: a person's unsubscribing is theirs, also amid one. */
static bool can_be_swept(const struct hit *hit) {
	return hit->kind != HIT_UNSUBSCRIBE && hit->judged_as != HIT_MACHINE;
}

/* The distinct links followed within `ms` from hits[from] on. */
static int links_within(const struct judged_hit *hits, int from, int end, int64_t ms) {
	int distinct = 0;
	for (int i = from; i < end && hits[i].hit->at.ms - hits[from].hit->at.ms <= ms; i++) {
		bool seen = hits[i].hit->kind != HIT_CLICK;
		for (int k = from; k < i && !seen; k++)
			seen = hits[k].hit->kind == HIT_CLICK && hits[k].hit->link == hits[i].hit->link;
		distinct += !seen;
	}
	return distinct;
}

static void sweep(struct judged_hit *hits, int from, int end, int64_t ms, enum hit_reason because) {
	for (int i = from; i < end && hits[i].hit->at.ms - hits[from].hit->at.ms <= ms; i++)
		if (can_be_swept(hits[i].hit))
			judge(hits[i].hit, HIT_MACHINE, because);
}

/* Whoever fetched many links at once is known by its network, for the day. */
static void sweep_network(struct judged_hit *hits, int from, int end) {
	for (int i = from; i < end; i++) {
		const struct hit *hit = hits[i].hit;
		if ((hit->because != REASON_MANY_LINKS && hit->because != REASON_ALL_LINKS) || !hit->visitor.network)
			continue;
		for (int k = from; k < end; k++)
			if (can_be_swept(hits[k].hit) && text_same(hits[k].hit->visitor.network, hit->visitor.network))
				judge(hits[k].hit, HIT_MACHINE, REASON_SAME_NETWORK);
	}
}

static void judge_mail(struct judged_hit *hits, int from, int end, int links) {
	for (int i = from; i < end; i++) {
		if (hits[i].hit->kind != HIT_CLICK)
			continue;
		if (links_within(hits, i, end, BURST_MS) >= BURST_LINKS)
			sweep(hits, i, end, BURST_MS, REASON_MANY_LINKS);
		else if (links >= BURST_LINKS && links_within(hits, i, end, BURST_ALL_MS) >= links)
			sweep(hits, i, end, BURST_ALL_MS, REASON_ALL_LINKS);
	}
	sweep_network(hits, from, end);
	for (int i = from; i < end; i++) {
		if (!is_human_click(hits[i].hit))
			continue;
		if (moment_is_set(hits[i].accepted_at) && hits[i].hit->at.ms - hits[i].accepted_at.ms < SOON_MS)
			judge(hits[i].hit, HIT_UNKNOWN, REASON_SOON);
		break; /* the first one alone */
	}
}

/* A proxy that many people use by themselves is none that checks. */
static bool can_be_a_filters(const struct judged_hit *one) {
	const struct hit *hit = one->hit;
	return hit->visitor.network && one->domain && moment_is_set(one->accepted_at) && hit->kind != HIT_UNSUBSCRIBE &&
	       hit->at.ms - one->accepted_at.ms <= SWEEP_MS && !is_proxy_of_pictures(hit->visitor.agent) &&
	       hit->judged_as != HIT_PROXY;
}

static int by_network_and_mail(const void *a, const void *b) {
	const struct judged_hit *x = *(struct judged_hit *const *)a, *y = *(struct judged_hit *const *)b;
	int order = strcmp(x->hit->visitor.network, y->hit->visitor.network);
	if (!order)
		order = strcmp(x->domain, y->domain);
	return order ? order : by_mail_and_time(x, y);
}

static bool same_network(const struct judged_hit *a, const struct judged_hit *b) {
	return strcmp(a->hit->visitor.network, b->hit->visitor.network) == 0 && strcmp(a->domain, b->domain) == 0;
}

static void judge_networks(struct judged_hit *hits, int count, struct arena *arena) {
	struct judged_hit **some = arena_array(arena, struct judged_hit *, (size_t)count + 1);
	int n = 0, end;
	for (int i = 0; i < count; i++)
		if (can_be_a_filters(&hits[i]))
			some[n++] = &hits[i];
	qsort(some, (size_t)n, sizeof *some, by_network_and_mail);
	for (int from = 0; from < n; from = end) {
		int mails = 1;
		for (end = from + 1; end < n && same_network(some[from], some[end]); end++)
			mails += !same_mail(some[end - 1]->hit, some[end]->hit);
		for (int i = from; mails >= SWEEP_PEOPLE && i < end; i++)
			if (can_be_swept(some[i]->hit))
				judge(some[i]->hit, HIT_MACHINE, REASON_SWEEP);
	}
}

void hits_judge(struct judged_hit *hits, int count, int links, struct arena *arena) {
	int end;
	for (int i = 0; i < count; i++)
		judge_alone(&hits[i]);
	qsort(hits, (size_t)count, sizeof *hits, by_mail_and_time);
	for (int from = 0; from < count; from = end) {
		for (end = from + 1; end < count && same_mail(hits[from].hit, hits[end].hit);)
			end++;
		judge_mail(hits, from, end, links);
	}
	judge_networks(hits, count, arena);
}
