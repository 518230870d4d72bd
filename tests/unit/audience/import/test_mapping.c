/* Which column is what. */
#include <criterion/criterion.h>
#include <string.h>

#include "audience/fields/definition.h"
#include "audience/import/mapping.h"
#include "core/base/buf.h"

static const struct import_field fields[] = { { "usage", "Yearly usage (kWh)", IMPORT_TYPE_NUMBER },
	                                          { "verbrauch", "Verbrauch", IMPORT_TYPE_NUMBER } };

static struct import_mapping guess(struct arena *arena, const char *text) {
	struct layout layout;
	struct import_mapping mapping;
	struct error err = ERROR_INIT;
	cr_assert(layout_read(arena, text, strlen(text), true, &(struct layout_choice){ 0 }, &layout, &err), "%s",
	          err.text);
	mapping_guess(arena, &layout, fields, 2, &mapping);
	return mapping;
}

static const char *targets(struct arena *arena, const char *text) {
	struct import_mapping mapping = guess(arena, text);
	BUF_AUTO out = { 0 };
	for (int i = 0; i < mapping.count; i++)
		buf_print(&out, "%s%s", i ? " " : "", choice_name(&import_targets, (int)mapping.columns[i].target));
	return arena_copy(arena, buf_text(&out));
}

Test(mapping, headings_in_six_languages) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(targets(arena, "Email Address,First Name,Last Name,Phone Number,Company,Job title,City,Tags\n"),
	                 "email first_name last_name phone company job_title location tags");
	cr_expect_str_eq(targets(arena, "E-Mail;Vorname;Nachname;Telefon;Verbrauch;Gruppe;Notiz\n"),
	                 "email first_name last_name phone field tags ignore");
	cr_expect_str_eq(targets(arena, "Adresse e-mail;Prénom;Nom;Téléphone;Société;Fonction;Ville;Étiquettes\n"),
	                 "email first_name last_name phone company job_title location tags");
	cr_expect_str_eq(targets(arena, "Correo electrónico;Nombre;Apellidos;Teléfono;Empresa;Cargo;Ciudad;Etiquetas\n"),
	                 "email first_name last_name phone company job_title location tags");
	cr_expect_str_eq(targets(arena, "Indirizzo e-mail;Nome;Cognome;Telefono;Azienda;Ruolo;Città;Etichette\n"),
	                 "email first_name last_name phone company job_title location tags");
	cr_expect_str_eq(targets(arena, "E-mailadres;Voornaam;Achternaam;Telefoon;Bedrijf;Functie;Woonplaats;Labels\n"),
	                 "email first_name last_name phone company job_title location tags");
	cr_expect_str_eq(targets(arena, "email;consent source;consent_time;Consent text;Status;Created at;Unsubscribed\n"),
	                 "email consent_source consent_time consent_text status created opt_out");
}

Test(mapping, names_of_people_depend_on_the_others) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(targets(arena, "Email;Vorname;Name\n"), "email first_name last_name");
	cr_expect_str_eq(targets(arena, "email;name\n"), "email full_name");
	cr_expect_str_eq(targets(arena, "email;Nombre\n"), "email full_name");
	cr_expect_str_eq(targets(arena, "email;First name;Last name;Name\n"), "email first_name last_name ignore");
}

Test(mapping, values_tell_what_headings_do_not) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(targets(arena, "Wer,Wo,Nr\na@b.example,Berlin,+49 30 5550142\nc@d.example,Bonn,+49 30 5550143\n"),
	                 "email ignore phone");
	cr_expect_str_eq(targets(arena, "a@b.example,Ann,4100\nc@d.example,Bo,3900\n"), "email ignore ignore");
	cr_expect_str_eq(targets(arena, "Email,E-mail address\n,a@b.example\n,c@d.example\n"), "ignore email");
}

Test(mapping, a_heading_that_its_values_contradict_tells_nothing) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(targets(arena, "Mail;E-Mail-Kontakt;Estado;Created\nja;a@b.example;Madrid;Ann\n"),
	                 "ignore email ignore ignore");
	cr_expect_str_eq(targets(arena, "email;Phone;Mobile\na@b.example;030 5550142;0170 5550199\n"),
	                 "email ignore phone");
	cr_expect_str_eq(targets(arena, "email;Phone;Mobile\na@b.example;030 5550142;\n"), "email phone ignore");
}

Test(mapping, fields_are_known_or_suggested) {
	ARENA_AUTO arena = arena_new();
	struct import_mapping mapping = guess(arena,
	                                      "email,Yearly Usage (kWh),Moved in,Owner,Notiz\n"
	                                      "a@b.example,4100,27/11/2026,yes,Rückruf\nc@d.example,3900,1/2/2026,no,\n");
	cr_expect_str_eq(mapping.columns[1].field, "usage");
	cr_expect_eq(mapping.columns[1].target, TARGET_FIELD);
	cr_expect_not(mapping.columns[1].is_new);
	cr_expect_str_eq(mapping.columns[2].field, "moved_in");
	cr_expect_eq(mapping.columns[2].type, IMPORT_TYPE_DATE);
	cr_expect_eq(mapping.columns[2].order, DATE_DAY_FIRST);
	cr_expect_eq(mapping.columns[3].type, IMPORT_TYPE_BOOLEAN);
	cr_expect_eq(mapping.columns[4].type, IMPORT_TYPE_TEXT);
	cr_expect_eq(mapping.columns[4].target, TARGET_IGNORE);
	cr_expect_eq(mapping.columns[4].sample_count, 1);
	cr_expect_str_eq(mapping.columns[0].samples[1], "c@d.example");
	cr_expect_eq(mapping_recognised(&mapping), 2);
	cr_expect_str_eq(custom_key_of(arena, "Größe (m²)"), "grosse_m2");
	cr_expect_str_eq(custom_key_of(arena, "2026"), "field_2026");
}

Test(mapping, exports_of_other_tools) {
	ARENA_AUTO arena = arena_new();
	const char *mailchimp = "Email Address,First Name,Last Name,Phone "
							"Number,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,"
							"LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n";
	cr_expect_str_eq(guess(arena, mailchimp).preset, "Mailchimp");
	cr_expect_str_eq(targets(arena, mailchimp), "email first_name last_name phone ignore created ignore consent_time "
	                                            "ignore ignore ignore ignore ignore ignore "
	                                            "ignore ignore ignore ignore ignore ignore tags");
	const char *listmonk = "uuid,email,name,attributes,status,created_at,updated_at\n";
	cr_expect_str_eq(guess(arena, listmonk).preset, "listmonk");
	cr_expect_str_eq(targets(arena, listmonk), "ignore email full_name ignore status created ignore");
	const char *octopus = "Identifier,Email address,First name,Last name,Tags,Created,Last changed\n";
	cr_expect_str_eq(guess(arena, octopus).preset, "EmailOctopus");
	cr_expect_str_eq(targets(arena, octopus), "ignore email first_name last_name tags created ignore");
	const char *zoho = "Record Id,Contact Owner.id,Contact Owner,Lead Source,First Name,Last Name,Account "
					   "Name.id,Account Name,Title,Email,"
					   "Phone,Mobile,Created Time,Modified Time,Contact Name,Mailing City,Email Opt Out,Tag\n";
	cr_expect_str_eq(guess(arena, zoho).preset, "Zoho CRM");
	cr_expect_str_eq(targets(arena, zoho),
	                 "ignore ignore ignore ignore first_name last_name ignore company job_title email phone ignore "
	                 "created ignore ignore location opt_out tags");
	cr_expect_null(guess(arena, "email,name\n").preset);
}

static void refuse(struct import_mapping mapping, const char *why) {
	struct error err = ERROR_INIT;
	cr_expect_not(mapping_check(&mapping, &err));
	cr_expect_str_eq(err.text, why);
}

Test(mapping, is_checked) {
	ARENA_AUTO arena = arena_new();
	struct import_mapping mapping = guess(arena, "email,Notiz,Mehr,Vorname\n");
	struct error err = ERROR_INIT;
	cr_expect(mapping_check(&mapping, &err));
	mapping.columns[1].target = mapping.columns[2].target = TARGET_FIELD;
	cr_expect(mapping_check(&mapping, &err));
	mapping.columns[2].field = "notiz";
	refuse(mapping, "“Notiz” and “Mehr” both go to notiz. Leave one of them out.");
	static const char *const keys[] = { "$where", "a$b", "", "1a", "a.", "a\nb", "_id", NULL };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		mapping.columns[2].field = keys[i];
		refuse(mapping, "“Mehr”: a custom field's name begins with a letter and has letters, digits, - and _.");
	}
	mapping.columns[2].target = TARGET_EMAIL;
	refuse(mapping, "“email” and “Mehr” both go to Email. Leave one of them out.");
	mapping.columns[2].target = TARGET_FULL_NAME;
	refuse(mapping, "Choose either the full name, or first and last name.");
	mapping.columns[2].target = TARGET_IGNORE;
	mapping.columns[0].target = TARGET_IGNORE;
	refuse(mapping, "Choose the column that has the email addresses.");
	mapping.columns[0].target = TARGET_PHONE;
	cr_expect(mapping_check(&mapping, &err));
}
