package words_test

import (
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/views/words"
)

// A phrase says what a label and a value would; the values themselves stay as they are stored.
func TestDetailsArePhrases(t *testing.T) {
	at := testkit.Start
	for name, test := range map[string]struct {
		stored map[string]string
		en, de string
	}{
		"reason":        {map[string]string{"reason": "wrong-password"}, "Wrong password", "Falsches Passwort"},
		"generated":     {map[string]string{"kind": "customer", "one-time": "yes", "password": "generated"}, "Customer · Generated one-time password", "Kunde · Erzeugtes Einmalpasswort"},
		"typed":         {map[string]string{"one-time": "yes", "password": "typed"}, "Typed one-time password", "Eingegebenes Einmalpasswort"},
		"lasting":       {map[string]string{"password": "generated", "sessions": "0"}, "Generated password", "Erzeugtes Passwort"},
		"lasting typed": {map[string]string{"password": "typed", "technical": "yes"}, "Typed password · Technical", "Eingegebenes Passwort · Technisch"},
		"claimed":       {map[string]string{"password": "sent-with-form"}, "Password sent with the form", "Mit dem Formular gesendetes Passwort"},
		"sessions":      {map[string]string{"sessions": "4"}, "4 sessions ended", "4 Sitzungen beendet"},
		"one session":   {map[string]string{"address": "192.0.2.1", "sessions": "1"}, "Session from \u2068192.0.2.1\u2069 · 1 session ended", "Sitzung von \u2068192.0.2.1\u2069 · 1 Sitzung beendet"},
		"e-mail":        {map[string]string{"email": "new@example.com", "email-before": "old@example.com"}, "\u2068old@example.com\u2069 → \u2068new@example.com\u2069", "\u2068old@example.com\u2069 → \u2068new@example.com\u2069"},
		"gate":          {map[string]string{"opens": "reset-page"}, "Must change password", "Passwort muss geändert werden"},
		"block":         {map[string]string{"attempts": "10", "until": at.Add(time.Hour).Format(time.RFC3339)}, "10 failed attempts · Until 11:00", "10 Fehlversuche · Bis 11:00"},
		"long block":    {map[string]string{"until": at.Add(24 * time.Hour).Format(time.RFC3339)}, "Until 3 Mar 2026, 10:00 CET", "Bis 3. März 2026, 10:00 CET"},
		"reload":        {map[string]string{"changed": "no", "version": "3"}, "Rules unchanged · Version 3", "Regeln unverändert · Version 3"},
		"mails":         {map[string]string{"mails": "1"}, "1 e-mail", "1 E-Mail"},
		"no longer":     {map[string]string{"locale": "de", "technical": "no"}, "Language: Deutsch · Not technical", "Sprache: Deutsch · Nicht technisch"},
		"refused":       {map[string]string{"request": "GET /x", "suppressed": "2"}, "\u2068GET /x\u2069 · 2 earlier ones not logged", "\u2068GET /x\u2069 · 2 frühere nicht protokolliert"},
		"hidden":        {map[string]string{"from": "acme"}, "", ""}, // the reader is no SuperAdmin
		"from a robot":  {map[string]string{"sessions": "many"}, "\u2068many\u2069", "\u2068many\u2069"},
	} {
		for locale, want := range map[string]string{"en": test.en, "de": test.de} {
			if got := words.Events(printerIn(t, locale), []models.AuditEvent{{At: at, Detail: test.stored}})[0].Detail; got != want {
				t.Errorf("%s in %s: %q, want %q", name, locale, got, want)
			}
		}
	}
}

// A timeline is that of the account: it names only other actors.
func TestTimelineNamesOtherActorsOnly(t *testing.T) {
	events := words.Events(printerIn(t, "en"), []models.AuditEvent{
		{ActorID: "1", ActorName: "ann", SubjectID: "1", Address: "192.0.2.1"},
		{ActorID: "2", ActorName: "bob", SubjectID: "1", Address: "192.0.2.1"},
	})
	for i, want := range []string{"", "\u2068bob\u2069"} {
		if got := events[i].Line(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if events[0].Actor != "\u2068ann\u2069" {
		t.Errorf("the audit log has the actor %q", events[0].Actor)
	}
}
