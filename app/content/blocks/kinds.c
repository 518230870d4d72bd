/* The types of blocks: what each has. */
#include "content/blocks/blocks.h"

#include "core/base/text.h"

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

static const char *const type_names[] = {
	[BLOCK_HEADING] = "heading", [BLOCK_TEXT] = "text",         [BLOCK_IMAGE] = "image",   [BLOCK_BUTTON] = "button",
	[BLOCK_COLUMNS] = "columns", [BLOCK_DIVIDER] = "divider",   [BLOCK_SPACER] = "spacer", [BLOCK_QR] = "qr",
	[BLOCK_SOCIAL] = "social",   [BLOCK_PRODUCTS] = "products", [BLOCK_FOOTER] = "footer",
};
const struct choices block_types = CHOICES(type_names);

static const char *const aligns[][2] = { { "left", "Left" }, { "center", "Centred" }, { NULL, NULL } };
static const char *const sizes[][2] = {
	{ "large", "Large" }, { "medium", "Medium" }, { "small", "Small" }, { NULL, NULL }
};
static const char *const text_sizes[][2] = { { "normal", "Normal" }, { "small", "Small" }, { NULL, NULL } };
static const char *const bands[][2] = { { "no", "None" }, { "yes", "In the brand colour" }, { NULL, NULL } };
static const char *const widths[][2] = {
	{ "wide", "From edge to edge" }, { "normal", "As wide as the text" }, { "half", "Half as wide" }, { NULL, NULL }
};
static const char *const styles[][2] = { { "filled", "Filled" }, { "outline", "Outline" }, { NULL, NULL } };
static const char *const lines[][2] = {
	{ "thin", "Thin" }, { "thick", "Thick" }, { "dashed", "Dashed" }, { NULL, NULL }
};
static const char *const yes_no[][2] = { { "yes", "Yes" }, { "no", "No" }, { NULL, NULL } };
static const char *const networks[][2] = { { "facebook", "Facebook" },
	                                       { "instagram", "Instagram" },
	                                       { "linkedin", "LinkedIn" },
	                                       { "youtube", "YouTube" },
	                                       { "mastodon", "Mastodon" },
	                                       { "bluesky", "Bluesky" },
	                                       { "tiktok", "TikTok" },
	                                       { "x", "X" },
	                                       { "whatsapp", "WhatsApp" },
	                                       { "website", "Website" },
	                                       { NULL, NULL } };

#define ALIGN { "align", "Alignment", INPUT_CHOICE, .usual = "left", .choices = aligns }
#define PICTURE(its_name, need)                                                         \
	{                                                                                   \
		(its_name),         "Image",     INPUT_IMAGE,                                   \
		.required = (need), .max = 2000, .hint = "Its address, beginning with https://" \
	}
#define ALT { "alt", "Alt text", INPUT_LINE, .max = 300, .hint = "What the image shows, for whoever does not see it" }

static const struct block_field heading[] = {
	{ "text", "Text", INPUT_LINE, .required = true, .max = 300 },
	{ "kicker", "Line above", INPUT_LINE, .max = 120 },
	{ "size", "Size", INPUT_CHOICE, .usual = "large", .choices = sizes },
	{ "band", "Band", INPUT_CHOICE, .usual = "no", .choices = bands },
	ALIGN,
};
static const struct block_field text[] = {
	{ "text", "Text", INPUT_PARAGRAPHS, .required = true, .max = 10000,
	  .hint = "An empty line begins a paragraph. **bold**, *italic*, [link](https://…), “- ” for a list" },
	{ "size", "Size", INPUT_CHOICE, .usual = "normal", .choices = text_sizes },
	ALIGN,
};
static const struct block_field image[] = {
	PICTURE("src", true),
	ALT,
	{ "href", "Link", INPUT_ADDRESS, .max = 2000 },
	{ "width", "Width", INPUT_CHOICE, .usual = "normal", .choices = widths },
	ALIGN,
};
static const struct block_field button[] = {
	{ "text", "Label", INPUT_LINE, .required = true, .max = 80 },
	{ "href", "Link", INPUT_ADDRESS, .required = true, .max = 2000 },
	{ "style", "Style", INPUT_CHOICE, .usual = "filled", .choices = styles },
	ALIGN,
};
static const struct block_field column[] = {
	PICTURE("image", false),
	ALT,
	{ "title", "Title", INPUT_LINE, .max = 200 },
	{ "text", "Text", INPUT_PARAGRAPHS, .max = 2000 },
	{ "label", "Label of its link", INPUT_LINE, .max = 80 },
	{ "href", "Link", INPUT_ADDRESS, .max = 2000 },
};
static const struct block_field divider[] = {
	{ "style", "Line", INPUT_CHOICE, .usual = "thin", .choices = lines },
};
static const struct block_field spacer[] = {
	{ "height", "Height in pixels", INPUT_NUMBER, .min = 4, .max = 120, .usual = "24" },
};
static const struct block_field qr[] = {
	{ "title", "Title", INPUT_LINE, .required = true, .max = 200 },
	{ "text", "Text", INPUT_PARAGRAPHS, .max = 2000 },
	{ "alt", "Alt text", INPUT_LINE, .max = 300, .usual = "QR code with your personal code" },
};
static const struct block_field social[] = { ALIGN };
static const struct block_field network[] = {
	{ "network", "Where", INPUT_CHOICE, .usual = "linkedin", .choices = networks },
	{ "href", "Link", INPUT_ADDRESS, .required = true, .max = 2000 },
};
static const struct block_field products[] = {
	{ "title", "Title above", INPUT_LINE, .max = 200 },
};
static const struct block_field product[] = {
	{ "title", "Name", INPUT_LINE, .required = true, .max = 200 },
	{ "text", "Text", INPUT_PARAGRAPHS, .max = 1000 },
	{ "price", "Price", INPUT_LINE, .max = 60 },
	PICTURE("image", false),
	ALT,
	{ "label", "Label of its link", INPUT_LINE, .max = 80 },
	{ "href", "Link", INPUT_ADDRESS, .max = 2000 },
};
static const struct block_field footer[] = {
	{ "text", "Why they receive it", INPUT_PARAGRAPHS, .max = 1000 },
	{ "address", "Postal address", INPUT_LINE, .max = 300, .hint = "Required by law in marketing emails" },
	{ "unsubscribe", "Unsubscribe link", INPUT_CHOICE, .usual = "yes", .choices = yes_no,
	  .hint = "Only emails about a purchase or an account do without" },
	{ "preferences", "Link to preferences", INPUT_CHOICE, .usual = "no", .choices = yes_no },
	{ "browser", "Link to view it in a browser", INPUT_CHOICE, .usual = "no", .choices = yes_no },
	ALIGN,
};

#define FIELDS(table) .fields = (table), .field_count = COUNT(table)
#define ITEMS(table, least, most, noun) \
	.item_fields = (table), .item_field_count = COUNT(table), .item_min = (least), .item_max = (most), .item = (noun)

const struct block_kind block_kinds[BLOCK_TYPE_COUNT] = {
	[BLOCK_HEADING] = { "Heading", "heading", FIELDS(heading) },
	[BLOCK_TEXT] = { "Text", "text-size", FIELDS(text) },
	[BLOCK_IMAGE] = { "Image", "photo", FIELDS(image) },
	[BLOCK_BUTTON] = { "Button", "section", FIELDS(button) },
	[BLOCK_COLUMNS] = { "Columns", "columns", ITEMS(column, 2, 3, "column") },
	[BLOCK_DIVIDER] = { "Line", "minus", FIELDS(divider) },
	[BLOCK_SPACER] = { "Space", "ruler-measure", FIELDS(spacer) },
	[BLOCK_QR] = { "QR code", "qrcode", FIELDS(qr) },
	[BLOCK_SOCIAL] = { "Social links", "world", FIELDS(social), ITEMS(network, 1, BLOCK_ITEMS, "link") },
	[BLOCK_PRODUCTS] = { "Products", "tag", FIELDS(products), ITEMS(product, 1, BLOCK_ITEMS, "product") },
	[BLOCK_FOOTER] = { "Footer", "mail", FIELDS(footer) },
};

static void fill(const struct block_field *fields, int count, struct block_item *item) {
	for (int i = 0; i < BLOCK_FIELDS; i++)
		item->texts[i] = i < count && fields[i].usual ? fields[i].usual : "";
}

struct block block_fresh(enum block_type type) {
	const struct block_kind *kind = &block_kinds[type];
	struct block block = { .type = type, .only_if = "", .item_count = kind->item_min };
	fill(kind->fields, kind->field_count, &block.own);
	for (int i = 0; i < BLOCK_ITEMS; i++)
		fill(kind->item_fields, kind->item_field_count, &block.items[i]);
	return block;
}
