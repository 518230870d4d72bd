/* What headings mean, in six languages, written as clean_key does: small letters and digits without accents. */
#include <string.h>

#include "audience/import/mapping.h"

static const char *const words[TARGET_COUNT] = {
	[TARGET_EMAIL] =
		" email emailaddress emailadress mail mailaddress email1 email1value primaryemail emailprimary subscriber "
		"subscriberemail "
		"contactemail workemail emailadresse mailadresse emailanschrift courriel adressemail adresseemail "
		"adresseelectronique "
		"adressecourriel adressedecourriel mel correo correoelectronico direcciondecorreo direcciondecorreoelectronico "
		"direccionemail postaelettronica indirizzoemail indirizzomail indirizzodipostaelettronica emailadres mailadres "
		"epostadres ",
	[TARGET_FIRST_NAME] = " firstname fname givenname forename first vorname vornamen rufname prenom prenoms nombre "
						  "nombres "
						  "primernombre nombredepila nome primonome nomeproprio voornaam roepnaam ",
	[TARGET_LAST_NAME] = " lastname lname surname familyname last secondname nachname familienname zuname nom "
						 "nomdefamille "
						 "apellido apellidos primerapellido cognome cognomi achternaam familienaam ",
	[TARGET_FULL_NAME] =
		" name fullname contactname displayname contact contactperson vollername vollstandigername vorundnachname "
		"vornamenachname ansprechpartner kontakt nomcomplet nometprenom prenometnom nomprenom prenomnom nombrecompleto "
		"nombreyapellidos nombreyapellido nomecompleto nomeecognome nomecognome nominativo naam volledigenaam "
		"voorenachternaam ",
	[TARGET_PHONE] = " phone phonenumber telephone telephonenumber mobile mobilephone mobilenumber cell cellphone "
					 "cellnumber sms smsphone "
					 "smsphonenumber phone1value tel telno telefon telefonnummer telefonnr rufnummer handy handynummer "
					 "mobil mobiltelefon "
					 "mobilnummer mobilfunknummer numerodetelephone telephoneportable telephonemobile portable gsm "
					 "telefono numerodetelefono "
					 "movil telefonomovil celular cellulare numeroditelefono telefonocellulare telefoon telefoonnummer "
					 "mobiel "
					 "mobielnummer mobieltelefoonnummer ",
	[TARGET_COMPANY] = " company companyname organization organisation organizationname organisationname "
					   "organization1name accountname "
					   "employer business businessname firma firmenname unternehmen betrieb arbeitgeber societe "
					   "entreprise nomdelentreprise "
					   "raisonsociale empresa compania nombredelaempresa nombredeempresa razonsocial azienda societa "
					   "ragionesociale ditta "
					   "nomeazienda bedrijf bedrijfsnaam organisatie werkgever ",
	[TARGET_JOB_TITLE] =
		" jobtitle position role job jobposition profession occupation funktion berufsbezeichnung stelle "
		"stellenbezeichnung beruf poste fonction intituleduposte titreduposte profesion cargo puesto ruolo posizione "
		"qualifica mansione professione functie functietitel functienaam beroep ",
	[TARGET_LOCATION] = " location city town place mailingcity ort stadt wohnort standort ville localite lieu ciudad "
						"localidad "
						"ubicacion poblacion citta localita luogo comune plaats stad woonplaats locatie ",
	[TARGET_TAGS] =
		" tags tag labels label groups group segments segment schlagworte schlagworter schlagwort gruppe gruppen "
		"etikett etiketten etiquettes etiquette motscles groupe groupes etiquetas etiqueta grupo grupos etichette "
		"etichetta gruppo gruppi groep groepen ",
	[TARGET_CONSENT_SOURCE] =
		" consentsource optinsource signupsource consentorigin einwilligungsquelle quelledereinwilligung "
		"sourceduconsentement origendelconsentimiento fontedelconsenso fonteconsenso bronvantoestemming "
		"toestemmingsbron ",
	[TARGET_CONSENT_TIME] =
		" consenttime consentdate consentat consentedat optintime optindate optedinat optedinon confirmtime "
		"confirmedat "
		"confirmationtime einwilligungam einwilligungsdatum datumdereinwilligung eingewilligtam dateduconsentement "
		"dateconsentement fechadeconsentimiento fechadelconsentimiento dataconsenso datadelconsenso toestemmingsdatum "
		"datumtoestemming ",
	[TARGET_CONSENT_TEXT] = " consenttext consentwording consentstatement einwilligungstext textdereinwilligung "
							"texteduconsentement textodelconsentimiento testodelconsenso testoconsenso "
							"toestemmingstekst ",
	[TARGET_STATUS] = " status subscriptionstatus subscriberstatus emailstatus marketingstatus subscribed issubscribed "
					  "anmeldestatus abostatus statut estado stato statoiscrizione abonnementsstatus ",
	[TARGET_OPT_OUT] = " optout emailoptout optedout hasoptedoutofemail unsubscribed isunsubscribed donotemail "
					   "abgemeldet "
					   "werbewiderspruch desinscrit desabonne dadodebaja disiscritto uitgeschreven afgemeld ",
	[TARGET_CREATED] =
		" created createdat createdon createdtime createddate creationdate datecreated dateadded addedon addedat "
		"signupdate "
		"signupdatetime subscribedat subscribedon subscriptiondate subscribedate joined joinedat joindate registeredat "
		"registrationdate dateregistered erstelltam erstellungsdatum angelegtam anmeldedatum angemeldetam "
		"hinzugefugtam "
		"registriertam datedecreation creele dateinscription datedinscription dateajout datedajout fechadecreacion "
		"creadoel "
		"creado fechadealta fechaderegistro fechadesuscripcion datadicreazione creatoil dataiscrizione datadiscrizione "
		"aangemaaktop aanmaakdatum datumtoegevoegd toegevoegdop inschrijfdatum ingeschrevenop ",
};

static bool has_word(const char *list, const char *word) {
	size_t size = strlen(word);
	for (const char *at = strstr(list, word); at; at = strstr(at + 1, word))
		if (at[-1] == ' ' && at[size] == ' ')
			return true;
	return false;
}

enum import_target mapping_by_name(const char *key) {
	for (int i = 0; *key && i < TARGET_COUNT; i++)
		if (words[i] && has_word(words[i], key))
			return (enum import_target)i;
	return TARGET_IGNORE;
}
