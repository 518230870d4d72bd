/* Files of a mail as its parts, encoded; private to the room. */
#ifndef CONTENT_MESSAGE_PART_H
#define CONTENT_MESSAGE_PART_H

#include "content/message.h"

/* Each with its headers. */
struct message_parts {
	struct encoded {
		const char *bytes;
		size_t size;
	} *items;
	int count;
};

struct message_parts message_parts(const struct message_files *files, struct arena *arena);

/* Appends the file with its headers. */
void message_part_add(struct buf *out, const struct message_file *file);

#endif
