/* JPEG: its segments (ITU-T T.81, B.1). What they hold is decoded by libjpeg-turbo. */
#include <string.h>
#include <strings.h>

#include "media/image_kind.h"

enum {
	MARK = 0xff,
	START = 0xd8,
	END = 0xd9,
	SCAN = 0xda,
	RESTART = 0xd0,
	RESTART_LAST = 0xd7,
	FRAME = 0xc0,
	FRAME_PROGRESSIVE = 0xc2,
	FRAME_LAST = 0xcf,
	TABLE_HUFFMAN = 0xc4,
	EXTENSION = 0xc8,
	TABLE_ARITHMETIC = 0xcc,
	APPLICATION = 0xe0,
	APPLICATION_LAST = 0xef,
	EXIF = 0xe1,
	ADOBE = 0xee,
	COMMENT = 0xfe,
	FRAME_BYTES = 6,
};

static unsigned read_u16(const unsigned char *b) {
	return (unsigned)b[0] << 8 | b[1];
}

struct jpeg {
	struct scan *scan;
	struct image *image;
	struct buf *needed;
	int scans;
};

static bool is_frame(int marker) {
	return marker >= FRAME && marker <= FRAME_LAST && marker != TABLE_HUFFMAN && marker != EXTENSION &&
	       marker != TABLE_ARITHMETIC;
}

static bool take_frame(struct image *image, int marker, const unsigned char *content, size_t size, struct error *err) {
	if (size < FRAME_BYTES || image->width)
		return image_is_damaged(err);
	if (marker > FRAME_PROGRESSIVE)
		return error_field(err, "file", "No mail app shows this kind of JPEG. Save it as an ordinary one");
	image->height = read_u16(content + 1);
	image->width = read_u16(content + 3);
	image->grey = content[5] == 1;
	if (content[5] == 4)
		return error_field(err, "file", "The image is in print colours (CMYK). Save it as RGB");
	return image_check_size(image->width, image->height, err);
}

/* To the next marker: in the data of a scan, 0xff stands for itself before 0, and restarts belong to it. */
static void pass_data(struct scan *scan) {
	while (scan->at + 1 < scan->size) {
		const unsigned char *mark = memchr(scan->bytes + scan->at, MARK, scan->size - scan->at - 1);
		scan->at = mark ? (size_t)(mark - scan->bytes) : scan->size;
		if (!mark || (mark[1] && mark[1] != MARK && (mark[1] < RESTART || mark[1] > RESTART_LAST)))
			return;
		scan->at += mark[1] == MARK ? 1 : 2;
	}
	scan->at = scan->size;
}

static bool is_dropped(int marker) {
	return (marker >= APPLICATION && marker <= APPLICATION_LAST && marker != ADOBE) || marker == COMMENT;
}

/* Reads the segment behind its marker. */
static bool take_segment(struct jpeg *jpeg, int marker, struct error *err) {
	struct scan *scan = jpeg->scan;
	const unsigned char *from = scan->bytes + scan->at;
	if (scan->size - scan->at < 2 || read_u16(from) < 2 || read_u16(from) > scan->size - scan->at)
		return image_is_cut(err);
	size_t size = read_u16(from);
	if (is_frame(marker) && !take_frame(jpeg->image, marker, from + 2, size - 2, err))
		return false;
	if (marker == EXIF && jpeg->image->turn == 1)
		jpeg->image->turn = exif_turn(from + 2, size - 2);
	scan->at += size;
	if (marker == SCAN) {
		if (!jpeg->image->width || ++jpeg->scans > JPEG_SCANS_MAX)
			return image_is_damaged(err);
		pass_data(scan);
	}
	if (!is_dropped(marker)) {
		buf_add(jpeg->needed, (const char[]){ (char)MARK, (char)marker }, 2);
		buf_add(jpeg->needed, (const char *)from, (size_t)(scan->bytes + scan->at - from));
	}
	return true;
}

/* Cameras put a second image or data of theirs behind the first, which is left out; never what a browser or a viewer
 * could take for a document. */
static bool may_follow(const struct scan *scan) {
	static const char *const refused[] = { "<html", "<script", "<svg", "<!doctype", "<?php", "%PDF-", "PK\3\4" };
	const char *from = (const char *)scan->bytes + scan->at, *end = (const char *)scan->bytes + scan->size;
	for (const char *at = from; at < end; at++) {
		for (size_t i = 0; strchr("<%P", *at) && *at && i < sizeof refused / sizeof *refused; i++) {
			size_t size = strlen(refused[i]);
			if ((size_t)(end - at) >= size && strncasecmp(at, refused[i], size) == 0)
				return false;
		}
	}
	return true;
}

bool image_look_jpeg(struct scan *scan, struct image *image, struct buf *needed, struct error *err) {
	struct jpeg jpeg = { scan, image, needed, 0 };
	buf_add(needed, (const char *)scan->bytes, 2);
	for (scan->at = 2;;) {
		if (scan->size - scan->at < 2)
			return image_is_cut(err);
		if (scan->bytes[scan->at] != MARK)
			return image_is_damaged(err);
		int marker = scan->bytes[++scan->at];
		if (marker == MARK) /* marks may be filled up with more of them */
			continue;
		scan->at++;
		if (marker == END)
			break;
		if (marker == START || marker == 0)
			return image_is_damaged(err);
		if (!take_segment(&jpeg, marker, err))
			return false;
	}
	buf_add(needed, "\xff\xd9", 2);
	if (!jpeg.scans)
		return image_is_damaged(err);
	return may_follow(scan) || image_has_more(err);
}
