/* A mail server for unit tests, with a process for each session. */
#ifndef UNIT_SMTP_SERVER_H
#define UNIT_SMTP_SERVER_H

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"

/* What the server has seen; shared with its processes. */
struct seen {
	atomic_int sessions, mails, bodies, quits, sign_ins;
	char last[512]; /* the command before */
};

/* How it behaves. A word in the recipient's address before the @ is a manner, too. */
struct manner {
	const char *greeting, *features;
	int mails_a_session;  /* then 421 to MAIL; 0: any number */
	int sessions_at_once; /* 421 to those beyond; 0: any number */
	int ms;               /* before the reply to the end of a message */
	bool mute;            /* no greeting */
	bool flood;           /* the reply to EHLO has no end */
	const char *sign_in;  /* the reply to AUTH; NULL: it is not offered */
	bool unheeding;       /* what has arrived together with MAIL is lost */
};

static const char PLAIN[] = "250-mail.example\r\n250 8BITMIME\r\n", QUICK[] = "250-mail.example\r\n250 PIPELINING\r\n";
static struct seen *seen;
static pid_t server;
static int port;

static bool say(int fd, const char *words) {
	return send(fd, words, strlen(words), MSG_NOSIGNAL) >= 0;
}

static void rest(void) {
	for (;;)
		(void)pause();
}

static bool say_without_end(int fd, const char *words, useconds_t pause) {
	while (say(fd, words))
		(void)usleep(pause);
	return false;
}

/* What the end of a message for this recipient is answered with; false: the connection ends. */
static bool take_message(int fd, const struct manner *manner, const char *to) {
	atomic_fetch_add(&seen->bodies, 1);
	if (manner->ms > 0)
		(void)usleep((useconds_t)manner->ms * 1000);
	if (strstr(to, "close"))
		return false;
	if (strstr(to, "silent"))
		rest();
	if (strstr(to, "trickle"))
		return say_without_end(fd, "2", 50000);
	if (strstr(to, "babble"))
		return say_without_end(fd, "250-and so on\r\n", 0);
	return say(fd, strstr(to, "rubbish") ? "what?\r\n" : "250 kept\r\n");
}

static bool take_line(int fd, const struct manner *manner, const char *line, int *mails, char *to, bool *in_body) {
	if (*in_body) {
		*in_body = strcmp(line, ".\r\n") != 0;
		return *in_body || take_message(fd, manner, to);
	}
	(void)snprintf(seen->last, sizeof seen->last, "%s", line);
	if (text_starts(line, "EHLO") && manner->flood)
		return say_without_end(fd, "250-and so on\r\n", 0);
	if (text_starts(line, "EHLO") && manner->sign_in)
		return say(fd, "250-mail.example\r\n250 AUTH PLAIN\r\n");
	if (text_starts(line, "AUTH")) {
		atomic_fetch_add(&seen->sign_ins, 1);
		return say(fd, text_same(line, "AUTH PLAIN\r\n") ? "334 \r\n" : manner->sign_in);
	}
	if (text_starts(line, "AG1lA")) /* NUL, "me", NUL and the password, in base64 */
		return say(fd, manner->sign_in);
	if (text_starts(line, "EHLO"))
		return say(fd, manner->features ? manner->features : PLAIN);
	if (text_starts(line, "MAIL")) {
		atomic_fetch_add(&seen->mails, 1);
		if (manner->mails_a_session > 0 && ++*mails > manner->mails_a_session)
			return say(fd, "421 enough\r\n") && false;
	} else if (text_starts(line, "RCPT")) {
		(void)snprintf(to, 100, "%s", line);
		if (strstr(to, "slow"))
			rest();
		return !strstr(to, "leave") && say(fd, strstr(to, "gone") ? "550 5.1.1 nobody\r\n" : "250 OK\r\n");
	} else if (text_starts(line, "DATA")) {
		*in_body = say(fd, "354 go\r\n");
		if (strstr(to, "stuck"))
			rest();
		return *in_body;
	} else if (text_starts(line, "QUIT")) {
		atomic_fetch_add(&seen->quits, 1);
		return say(fd, "221 bye\r\n") && false;
	}
	return say(fd, "250 OK\r\n");
}

static void talk(int fd, const struct manner *manner) {
	char line[8192], to[100] = "";
	int mails = 0;
	bool in_body = false, goes_on = say(fd, manner->greeting ? manner->greeting : "220 mail.example\r\n");
	FILE *in = fdopen(fd, "r");
	while (goes_on && in && fgets(line, sizeof line, in)) {
		if (manner->unheeding && text_starts(line, "MAIL"))
			__fpurge(in);
		goes_on = take_line(fd, manner, line, &mails, to, &in_body);
	}
}

static void serve(int listener, const struct manner *manner) {
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGCHLD, SIG_IGN);
	for (int fd; (fd = accept(listener, NULL, NULL)) >= 0; (void)close(fd)) {
		int number = atomic_fetch_add(&seen->sessions, 1) + 1;
		if (fork() != 0)
			continue;
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (manner->mute)
			rest();
		if (manner->sessions_at_once > 0 && number > manner->sessions_at_once)
			(void)say(fd, "421 4.7.0 too many\r\n");
		else
			talk(fd, manner);
		_exit(0);
	}
}

static void start_server(struct manner manner) {
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	cr_assert(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 64) == 0);
	cr_assert(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
	port = ntohs(address.sin_port);
	server = fork();
	if (server == 0) {
		serve(listener, &manner);
		_exit(0);
	}
	(void)close(listener);
}

static void stop_server(void) {
	if (server <= 0)
		return;
	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
}

#endif
