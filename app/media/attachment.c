/* What may be attached. */
#include "media/attachment.h"

#include <string.h>
#include <strings.h>

static const struct ending {
	const char *ending, *type;
} types[] = {
	{ "pdf", "application/pdf" },
	{ "ics", "text/calendar" },
	{ "csv", "text/csv" },
	{ "txt", "text/plain" },
	{ "vcf", "text/vcard" },
	{ "png", "image/png" },
	{ "jpg", "image/jpeg" },
	{ "jpeg", "image/jpeg" },
	{ "gif", "image/gif" },
	{ "zip", "application/zip" },
	{ "doc", "application/msword" },
	{ "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
	{ "xls", "application/vnd.ms-excel" },
	{ "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	{ "ppt", "application/vnd.ms-powerpoint" },
	{ "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
	{ "odt", "application/vnd.oasis.opendocument.text" },
	{ "ods", "application/vnd.oasis.opendocument.spreadsheet" },
	{ "odp", "application/vnd.oasis.opendocument.presentation" },
};

/* What Gmail and Outlook do not deliver. */
static const char programs[] = " ade adp apk app appx appxbundle bat cab chm cmd com cpl deb diagcab diagcfg diagpkg "
							   "dll dmg elf ex ex_ exe hta htm html "
							   "img ins iso isp jar jnlp js jse lib lnk mde mjs msc msi msix msixbundle msp mst nsh "
							   "php pif pl ps1 py reg rpm scr sct "
							   "sh shb svg swf sys vb vbe vbs vhd vxd wsc wsf wsh xhtml xll ";

static const char *ending_of(const char *name) {
	const char *dot = strrchr(name, '.');
	return dot ? dot + 1 : "";
}

const char *attachment_type(const char *name) {
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcasecmp(ending_of(name), types[i].ending) == 0)
			return types[i].type;
	return "application/octet-stream";
}

static bool is_listed(const char *ending) {
	size_t size = strlen(ending);
	for (const char *at = programs; size && *at; at++)
		if (*at == ' ' && strncasecmp(at + 1, ending, size) == 0 && at[1 + size] == ' ')
			return true;
	return false;
}

static bool is_program(const char *bytes, size_t size) {
	static const struct begin {
		const char *bytes;
		size_t size;
	} begins[] = { { "MZ", 2 },
		           { "\x7f"
		             "ELF",
		             4 },
		           { "#!", 2 },
		           { "\xca\xfe\xba\xbe", 4 },
		           { "\xcf\xfa\xed\xfe", 4 } };
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (size >= begins[i].size && memcmp(bytes, begins[i].bytes, begins[i].size) == 0)
			return true;
	return false;
}

bool attachment_check(const char *name, const char *bytes, size_t size, struct error *err) {
	const char *ending = ending_of(name);
	if (!size)
		return error_field(err, "file", "Choose a file: this one is empty");
	if (size > ATTACHMENTS_BYTES_MAX)
		return error_field(err, "file", "Attachments may have at most %d MB", ATTACHMENTS_BYTES_MAX / 1024 / 1024);
	if (is_listed(ending))
		return error_field(err, "file",
		                   "Mail servers do not deliver “.%.20s” files. Put it on a website and link to it", ending);
	return !is_program(bytes, size) ||
	       error_field(err, "file", "This is a program, whatever its name says. Mail servers do not deliver it");
}
