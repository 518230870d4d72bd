/* Amounts of money. */
#include "core/base/currency.h"

#include <ctype.h>
#include <string.h>

#include "core/base/text.h"

enum { CODE = 3, GROUP = 3, DIGITS_MAX = 12 };

/* Active codes of ISO 4217 by digits of their minor units, funds and metals left out; 2026-01. */
static const char *const codes[] = {
	[0] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF ",
	[1] = "",
	[2] = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC "
		  "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR "
		  "JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD "
		  "NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN "
		  "SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG ",
	[3] = "BHD IQD JOD KWD LYD OMR TND ",
};

int currency_digits(const char *code) {
	char wanted[CODE + 2];
	if (!code || strlen(code) != CODE)
		return -1;
	for (int i = 0; i < CODE; i++) {
		if (code[i] < 'A' || code[i] > 'Z')
			return -1;
		wanted[i] = code[i];
	}
	wanted[CODE] = ' ';
	wanted[CODE + 1] = '\0';
	for (int digits = 0; digits < (int)(sizeof codes / sizeof *codes); digits++)
		if (strstr(codes[digits], wanted))
			return digits;
	return -1;
}

/* Separates this a group of thousands? */
static bool is_group(const char *separator) {
	return strspn(separator + 1, "0123456789") == GROUP;
}

/* The last separator begins the minor units if no more digits follow than they take; all others group thousands. */
bool currency_read(const char *text, const char *code, int64_t *minor) {
	int digits = currency_digits(code), kept = 0, after = 0;
	if (digits < 0 || text_is_empty(text))
		return false;
	const char *point = strrchr(text, '.'), *comma = strrchr(text, ',');
	const char *last = !point || (comma && comma > point) ? comma : point;
	bool has_minor = last && last[1] && strlen(last + 1) <= (size_t)digits;
	int64_t amount = 0;
	for (const char *at = text; *at; at++) {
		bool is_separator = *at == '.' || *at == ',';
		if (is_separator && (has_minor && at == last ? false : !is_group(at) || (has_minor && *at == *last)))
			return false;
		if (!is_separator && (!isdigit((unsigned char)*at) || ++kept > DIGITS_MAX))
			return false;
		if (is_separator)
			continue;
		amount = amount * 10 + (*at - '0');
		after += has_minor && at > last;
	}
	for (; after < digits; after++)
		amount *= 10;
	*minor = amount;
	return kept > 0;
}

const char *currency_text(int64_t minor, const char *code, struct arena *arena) {
	int digits = currency_digits(code);
	int64_t unit = 1;
	for (int i = 0; i < digits; i++)
		unit *= 10;
	const char *major = text_of_count(arena, minor / unit);
	return digits > 0 ? arena_print(arena, "%s.%0*lld", major, digits, (long long)(minor % unit)) : major;
}

/* Where one currency is in use, its sign is clear; of others people know the code better. */
static const char *sign_of(const char *code) {
	static const char *const signs[][2] = {
		{ "EUR", "€" }, { "GBP", "£" }, { "USD", "$" }, { "INR", "₹" }, { "ILS", "₪" }, { "KRW", "₩" },
		{ "NGN", "₦" }, { "PHP", "₱" }, { "TRY", "₺" }, { "UAH", "₴" }, { "VND", "₫" },
	};
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (strcmp(signs[i][0], code) == 0)
			return signs[i][1];
	return NULL;
}

const char *currency_full(int64_t minor, const char *code, struct arena *arena) {
	const char *text = currency_text(minor, code, arena), *sign = sign_of(code);
	const char *point = strchr(text, '.');
	if (point && strspn(point + 1, "0") == strlen(point + 1))
		text = arena_copy_bytes(arena, text, (size_t)(point - text));
	return sign ? arena_print(arena, "%s%s", sign, text) : arena_print(arena, "%s\u00a0%s", code, text);
}
