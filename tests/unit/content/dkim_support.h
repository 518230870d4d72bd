/* Keys of RFC 8463, appendix A, in PKCS#8; and the reader of dkimpy that checks signed mails. */
#ifndef TESTS_DKIM_SUPPORT_H
#define TESTS_DKIM_SUPPORT_H

static const char rfc_ed25519[] = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
static const char
	rfc_rsa[] = "MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAOQeU5CgFPNZGIazlXo2k/eJ1jpaTTxrmqF1HrDLlt04pvaMtCJj"
				"8nXoliLRC/H9vJjMI1vdb3XLcW60AIN/PBD8EL97/y4GwJH7LPUvGP48vqUe+owqszesbiGy1PlCO8c70/OjFnJVgvMF87YR4Lci"
				"ncb7aSvI5MgpP6X8rjDdAgMBAAECgYAfRzE6EVkODNdaEOGcAkPDmziug5c3g6GOJdrxbtjeuFfcUmqYlI+4Lw329CbpJVtosATh"
				"IbmYsy54eWHgpd98Sm4sSI2n1Kzc7hh8uJCltGoTtOblLEqO+9Chll7MeiuKY5oKFEvaK3juK5bHPFKJEy/hz6PvQaJZ3FefF7hS"
				"gQJBAPMkH/RTnxbtFnLp6cZWPaRYXvfYKhYVlbOLUWJy52sEWjLrdDByjCmgJrMq29kYw2U9acLvH/qjwZy5J7SBrbECQQDwLs+K"
				"k+bX/V9NFC+PWj90OZmnbjfTjhk3LGOD78483ShYJtcgbHJa+ZlteuI5ahIAslOMTESCtocSCdeyy6TtAkEAuXkgKxgy7qEzE7ve"
				"Cd81rI2A/F1YVXpntQucrJXsdJVgXSGBg4eN5h72Boy2IliijTMY34vcAC00/2G6qRaXMQJATVqWJwh5WWjV76onoyCqvRDsBrt9"
				"qVnjjxxxtIVgQ8PqgXGI6X1j2x72Jgdkop8hyy2jsNTDX+HPYKTg3kmuBQJBALIq942+POSR3weNizRLAzR8+MrXr//moNnZSIMa"
				"c564TPEEMCvnXxnxUVtHjWKfdbhjfIIOBCUuVwROtL7Nhws=";

/* Its arguments: the file of mails, then "selector=record" for each key. A line is a mail in base64, the number of
 * signatures and whether they are good. */
static const char dkimpy
	[] = "import base64, dkim, sys\n"
		 "records = dict(one.split('=', 1) for one in sys.argv[2:])\n"
		 "records = {f'{name}._domainkey.example.org.'.encode(): text.encode() for name, text in records.items()}\n"
		 "wrong = 0\n"
		 "for number, line in enumerate(open(sys.argv[1])):\n"
		 "    mail, count, good = line.split(' ')\n"
		 "    check = dkim.DKIM(base64.b64decode(mail))\n"
		 "    for one in range(int(count)):\n"
		 "        try: fine = check.verify(idx=one, dnsfunc=lambda name, timeout=5: records[name])\n"
		 "        except dkim.DKIMException as error: fine = str(error) if int(good) else False\n"
		 "        if fine is not bool(int(good)):\n"
		 "            wrong += 1\n"
		 "            if wrong < 4: print(number, one, fine, base64.b64decode(mail), file=sys.stderr)\n"
		 "print(number + 1, 'mails', wrong, 'wrong', file=sys.stderr)\n"
		 "sys.exit(wrong > 0)\n";

#endif
