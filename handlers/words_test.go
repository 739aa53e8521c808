package handlers_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"latchkey/accounts/core"
	"latchkey/accounts/lockout"
	"latchkey/i18n"
	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
	"latchkey/views/ui"
)

// valuesOf returns what can stand behind a prefix such as "state.": every value of the program that is put into words.
func (s said) valuesOf(prefix string) []string {
	switch prefix {
	case "rule.", "off.", "rule-label.":
		return texts(password.Rules())
	case "rule-value.":
		return texts([]password.Rule{
			password.RuleMinimumComplexity, password.RulePasswordExpirationInDays, password.RuleEmailBeforeExpirationInDays, password.RuleBlockingTimeInMin,
		})
	case "section.":
		return texts([]password.Section{password.SectionAccount, password.SectionTechnical, password.SectionSuperAdmin})
	case "direction.":
		return texts([]password.Direction{password.Stricter, password.Looser, password.Changed})
	case "warning.":
		return texts([]password.Rule{password.RuleAllowedRegexDescription, password.RuleBlockingTimeInMin})
	case "departure.":
		return texts(password.DepartureKinds())
	case "error.":
		codes := s.typed["latchkey/accounts/core.Code"]
		for _, kind := range password.SymbolKinds() {
			codes = append(codes, "symbol."+string(kind))
		}
		return codes
	case "error.symbol.":
		return texts(password.SymbolKinds())
	case "not-provable.":
		return texts(password.Reasons())
	case "state.":
		return texts(models.States())
	case "mail.", "became.":
		return texts(models.MailStates())
	case "template.", "occasion.":
		return models.MailTemplates()
	case "sample.":
		states := []string{"soon", "expired", "for-a-time", "without-end", "over", "deleted-for-good", "invitation", "reset", "after-undo", "forgotten", "confirm-email", "undo-email", string(models.NoticeSecretLinkRead), string(models.NoticeAccountsEnd)} // of mailer.Samples
		for _, change := range models.SecurityChanges() {
			states = append(states, string(change))
		}
		return append(states, texts(models.Deadlines())...)
	case "kind.":
		return texts([]models.Kind{models.SuperAdmin, models.Organization, models.Customer})
	case "sort.":
		return texts(models.AccountSorts())
	case "described.":
		return s.typed["latchkey/accounts/core.Described"]
	case "link-state.":
		return texts(models.LinkStates())
	case "link.":
		return texts([]models.LinkPurpose{models.LinkInvitation, models.LinkReset, models.LinkForgotten, models.LinkAfterUndo})
	case "passphrase.":
		return []string{"yes", "no"}
	case "secret-link.":
		return texts(models.SecretLinkStates())
	case "emergency.":
		return texts(models.EmergencyStates())
	case "theme.":
		return ui.Themes
	case "locale.":
		return i18n.Locales
	case "action.":
		return core.Actions()
	case "reason.":
		var reasons []string
		for of, texts := range s.constants {
			if strings.HasSuffix(of, ".reason") {
				reasons = append(reasons, texts...)
			}
		}
		for _, gate := range core.Gates() {
			reasons = append(reasons, gate.Name+"-first")
		}
		reasons = append(reasons, core.GateConfirm+"-first", core.GateStepUp+"-first")
		return append(reasons,
			lockout.ReasonUnknown, lockout.ReasonWrong, lockout.ReasonCode, lockout.ReasonChanged, lockout.ReasonAddress,
			string(models.DisabledInactive), string(models.Disabled), string(models.NotYetValid), string(models.Ended), string(models.Blacklisted), string(models.NoPassword), string(models.OneTimeLapsed))
	case "factor.":
		return texts([]models.FactorKind{models.TOTPFactor, models.PasskeyFactor, models.NoFactor})
	case "weekday.":
		return namesOf(time.Sunday, time.Saturday)
	case "month.", "month.short.":
		return namesOf(time.January, time.December)
	default:
		return nil
	}
}

func texts[T ~string](values []T) (list []string) {
	for _, value := range values {
		list = append(list, string(value))
	}
	return list
}

// namesOf are those of all values from first to last.
func namesOf[T interface {
	~int
	String() string
}](first, last T) (list []string) {
	for value := first; value <= last; value++ {
		list = append(list, value.String())
	}
	return list
}

// all returns the messages that the program can say, by id.
func (s said) all(t *testing.T) map[string]message {
	t.Helper()
	all := maps.Clone(s.messages)
	for prefix, from := range s.prefixes {
		values := s.valuesOf(prefix)
		if len(values) == 0 {
			t.Errorf("%s: nobody knows what can stand behind %q; say so in valuesOf", from.at, prefix)
		}
		for _, value := range values {
			all[prefix+value] = from
		}
	}
	return all
}

// forms are a catalogue's words for one message: one form, or those of its numbers.
type forms map[string]string

func (f *forms) UnmarshalYAML(node *yaml.Node) error {
	var text string
	if node.Kind == yaml.ScalarNode {
		err := node.Decode(&text)
		*f = forms{"": text}
		return err
	}
	return node.Decode((*map[string]string)(f))
}

func catalogue(t *testing.T, locale string) (messages map[string]forms) {
	t.Helper()
	if err := yaml.Unmarshal(must[[]byte](t)(os.ReadFile("../i18n/"+locale+".yaml")), &messages); err != nil {
		t.Fatal(err)
	}
	return messages
}

// ofValue knows the ids whose English is in en.yaml; all others are their own English.
var ofValue = regexp.MustCompile(`^[a-z-]+(\.[A-Za-z0-9_-]+)+$`)

// englishOf returns a message's English.
func englishOf(id string, m message, catalogue map[string]forms) forms {
	switch {
	case ofValue.MatchString(id):
		return catalogue[id]
	case m.other != "":
		return forms{"one": m.one, "other": m.other}
	default:
		return forms{"": id}
	}
}

// Every language has words for all that the program can say, in every form that a number needs, with the places that the
// English has, and has no unused words.
func TestEveryLanguageIsComplete(t *testing.T) {
	testkit.Parallel(t)
	program := readProgram(t)
	for _, lost := range program.lost {
		t.Error(lost)
	}
	all, english := program.all(t), catalogue(t, "en")
	for _, locale := range i18n.Locales {
		messages := catalogue(t, locale)
		for id := range messages {
			if _, said := all[id]; !said {
				t.Errorf("%s.yaml: nobody says %q", locale, id)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(all)) {
			if locale != i18n.Locales[0] || ofValue.MatchString(id) {
				wantWords(t, locale+".yaml: "+id, all[id].at, messages[id], englishOf(id, all[id], english))
			}
		}
	}
}

func wantWords(t *testing.T, what, at string, got, english forms) {
	t.Helper()
	if len(got) == 0 {
		t.Errorf("%s has no words (%s)", what, at)
		return
	}
	for form, text := range english {
		switch {
		case got[form] == "":
			t.Errorf("%s has no form %q", what, form)
		case !slices.Equal(places(text, form), places(got[form], form)):
			t.Errorf("%s has the places %v, the English %v", what, places(got[form], form), places(text, form))
		}
	}
	for form := range got {
		if _, known := english[form]; !known {
			t.Errorf("%s has a form %q, which the English has not", what, form)
		}
	}
}

var place = regexp.MustCompile(`{{[^}]*}}`)

// places returns what a message leaves open. That the one form for the number 1 names the number is for each language to say.
func places(text, form string) []string {
	found := place.FindAllString(text, -1)
	slices.Sort(found)
	found = slices.Compact(found)
	if form == "one" {
		found = slices.DeleteFunc(found, func(p string) bool { return p == "{{.N}}" })
	}
	return found
}

// Every action and every detail of the audit log has a text.
func TestTimelineHasTextForEveryEvent(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	who := app.Company()
	var events []models.AuditEvent
	for _, action := range core.Actions() {
		events = append(events, models.AuditEvent{
			ID: app.Accounts.NewID(), At: app.Clock.Now(), Action: action, SubjectID: who.Ann.ID, SubjectName: "ann",
			Detail: map[string]string{"reason": "wrong-password", "until": "2026-03-02T10:00:00Z", "template": models.MailReminder},
		})
	}
	if err := app.DB.Update(t.Context(), func(tx *models.Tx) error {
		for _, event := range events {
			if err := tx.Audit(event); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	root := app.SignIn("root")
	for _, path := range []string{"/audit", "/accounts/" + who.Ann.ID} {
		text := root.Get(path).Want(200).Text("main")
		for _, prefix := range []string{"action.", "reason.", "template.", "state.", "kind."} {
			if strings.Contains(text, prefix) {
				t.Errorf("%s shows an id that begins with %s", path, prefix)
			}
		}
		if !strings.Contains(text, "Wrong password · Password expires soon · Until 10:00") {
			t.Errorf("%s does not tell the details: %.300s", path, text)
		}
	}
}
