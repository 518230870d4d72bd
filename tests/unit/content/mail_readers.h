/* Readers that are not ours, for the mails of test_message.c: each compares what it finds with what is said of it,
 * tells the first differences and ends with 1. */
#ifndef TESTS_MAIL_READERS_H
#define TESTS_MAIL_READERS_H

/* Names of several words are read by the older functions: those of the policy keep the blanks between words, which RFC
 * 2047 drops. */
static const char python_reader
	[] = "import sys, base64, email, email.policy, email.header, email.utils\n"
		 "def leaves(part, around=''):\n"
		 "    if part.is_multipart():\n"
		 "        for one in part.iter_parts(): yield from leaves(one, around + part.get_content_subtype() + '/')\n"
		 "        return\n"
		 "    shown = part.get_content_disposition() or ''\n"
		 "    facts = [around, part.get_content_type(), shown, (part['content-id'] or '').strip('<> '), "
		 "part.get_filename() or '']\n"
		 "    content = part.get_payload(decode=True)\n"
		 "    yield '|'.join(facts).encode()\n"
		 "    yield content if shown else content.replace(b'\\r\\n', b'\\n')\n"
		 "wrong = 0\n"
		 "for line in open(sys.argv[1]):\n"
		 "    mail, subject, name, *ours = (base64.b64decode(one) for one in line.rstrip('\\n').split(' '))\n"
		 "    got = email.message_from_bytes(mail, policy=email.policy.default)\n"
		 "    shown, address = email.utils.parseaddr(email.message_from_bytes(mail)['from'].replace('\\r\\n', ''))\n"
		 "    shown = str(email.header.make_header(email.header.decode_header(shown)))\n"
		 "    ours = [subject, name, b'a@b.example', *ours]\n"
		 "    theirs = [str(got['subject']).encode(), shown.encode(), address.encode(), *leaves(got)]\n"
		 "    if ours != theirs or any(part.defects for part in got.walk()):\n"
		 "        wrong += 1\n"
		 "        if wrong < 4: print(*[pair for pair in zip(ours, theirs) if pair[0] != pair[1]], len(ours), "
		 "len(theirs), sep='\\n', file=sys.stderr)\n"
		 "sys.exit(wrong > 0)\n";

static const char
	perl_reader[] = "use strict; use warnings; use Email::MIME; use MIME::Base64; use Encode;\n"
					"my $wrong = 0;\n"
					"sub leaves {\n"
					"    my ($part, $around) = @_;\n"
					"    my ($type) = ($part->content_type // 'text/plain') =~ /^([^;\\s]+)/;\n"
					"    my ($kind, $sub) = split m{/}, $type;\n"
					"    return map { leaves($_, \"$around$sub/\") } $part->subparts if $kind eq 'multipart';\n"
					"    my ($shown) = ($part->header('Content-Disposition') // '') =~ /^(\\w*)/;\n"
					"    my $id = $part->header('Content-ID') // ''; $id =~ s/^\\s*<|>\\s*$//g;\n"
					"    my $name = $shown ? "
					"Email::MIME::ContentType::parse_content_disposition($part->header_raw('Content-Disposition'))->{"
					"attributes}{filename} : '';\n"
					"    my $content = $part->body; $content =~ s/\\r\\n/\\n/g unless $shown;\n"
					"    return (encode('UTF-8', join '|', $around, $type, $shown, $id, $name), $content);\n"
					"}\n"
					"open my $file, '<', $ARGV[0] or die;\n"
					"while (<$file>) {\n"
					"    chomp;\n"
					"    my ($mail, $subject, $name, @ours) = map { decode_base64($_) } split / /, $_, -1;\n"
					"    my $got = Email::MIME->new($mail);\n"
					"    my ($from) = $got->header_as_obj('From')->addresses;\n"
					"    my @theirs = (encode('UTF-8', $got->header_str('Subject')), encode('UTF-8', $from->phrase // "
					"''), $from->address, leaves($got, ''));\n"
					"    @ours = ($subject, $name, 'a@b.example', @ours);\n"
					"    my $same = @ours == @theirs && !grep { $ours[$_] ne $theirs[$_] } 0 .. $#ours;\n"
					"    next if $same || ++$wrong > 3;\n"
					"    print STDERR scalar @ours, ' ', scalar @theirs, \"\\n\";\n"
					"    for (0 .. $#ours) { print STDERR \"$_ <$ours[$_]>\\n  <$theirs[$_]>\\n\" if $ours[$_] ne "
					"($theirs[$_] // 'none'); }\n"
					"}\n"
					"print STDERR \"$wrong mails differ\\n\" if $wrong; exit($wrong > 0);\n";

#endif
