/* One at a time. */
#include "core/process/turns.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "core/base/moment.h"

/* Byte TURN of the file is locked by whoever works, NEXT by who has the next turn, a byte from FIRST_PLACE on by each
 * of the others and those who wait. */
enum { TURN = 0, NEXT = 1, FIRST_PLACE = 2, WAIT_MS = 1000, LOOK_MS = 10 };

/* The lock ends with the file, so with its process, too. */
static bool lock_byte(const struct turns *turns, int byte) {
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
	return fcntl(turns->file, F_OFD_SETLK, &lock) == 0;
}

static void unlock_byte(const struct turns *turns, int byte) {
	struct flock lock = { .l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
	(void)fcntl(turns->file, F_OFD_SETLK, &lock);
}

static bool is_locked(const struct turns *turns, int byte) {
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
	return fcntl(turns->file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

static bool take_place(const struct turns *turns) {
	for (int i = 0; i < turns->places; i++)
		if (lock_byte(turns, FIRST_PLACE + i))
			return true;
	return false;
}

static bool await_turn(const struct turns *turns, bool is_next) {
	const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
	int64_t end = monotonic_ms() + WAIT_MS;
	do {
		if (!is_next && is_locked(turns, NEXT))
			return false;
		if (lock_byte(turns, TURN))
			return true;
		(void)nanosleep(&pause, NULL);
	} while (monotonic_ms() < end);
	return false;
}

static bool begin(struct turns *turns, bool is_first) {
	bool is_next = is_first && lock_byte(turns, NEXT);
	bool has_turn = (is_next || take_place(turns)) && await_turn(turns, is_next);
	if (is_next)
		unlock_byte(turns, NEXT);
	return has_turn;
}

static bool open_and_begin(struct turns *turns, bool is_first, const char *words, struct error *err) {
	turns->file = turns->path ? open(turns->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	if (turns->file < 0 || begin(turns, is_first))
		return true;
	turns_end(turns);
	return error_wait(err, ERROR_BUSY, SECOND_MS, "%s", words);
}

bool turns_begin(struct turns *turns, const char *words, struct error *err) {
	return open_and_begin(turns, false, words, err);
}

bool turns_begin_first(struct turns *turns, const char *words, struct error *err) {
	return open_and_begin(turns, true, words, err);
}

void turns_end(struct turns *turns) {
	if (turns->file >= 0)
		(void)close(turns->file);
	turns->file = -1;
}

int turns_places(int64_t workers) {
	return workers > 2 ? 2 : 1;
}
