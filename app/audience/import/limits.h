/* What an import takes at most. */
#ifndef AUDIENCE_IMPORT_LIMITS_H
#define AUDIENCE_IMPORT_LIMITS_H

enum {
	IMPORT_FILE_MAX = 200 * 1024 * 1024, /* bytes, as uploaded */
	IMPORT_ROWS_MAX = 1000000,           /* without the headings */
	IMPORT_COLUMNS_MAX = 64,
	IMPORT_CELL_MAX = 10000,    /* bytes of UTF-8 */
	IMPORT_PIECE = 1024 * 1024, /* how much of the beginning decides what the file is */
	IMPORT_LOOKED_AT = 50,      /* rows from which separator and columns are guessed */
	IMPORT_TAGS_MAX = 100,      /* of one row */
	IMPORT_TEXT_MAX = 200,      /* characters of a name, company and the like */
	IMPORT_VALUE_MAX = 1000,    /* characters of a custom field or a consent's text */
	IMPORT_KEY_MAX = 64,        /* characters of a custom field's key */
	IMPORT_SHOWN = 60,          /* characters of a value in a message */
};

#endif
