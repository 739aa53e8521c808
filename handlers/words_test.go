package handlers_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"latchkey/accounts"
	"latchkey/i18n"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// ids are the messages whose id is made of a value of the program, for every value that there is.
func ids(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{"rule.off": true, "rule.blockingTimeInMin.forever": true}
	add := func(prefix string, values ...string) {
		for _, value := range values {
			all[prefix+"."+value] = true
		}
	}
	for _, value := range password.Default().Account.Values() {
		add("rule", string(value.Rule))
	}
	add("broken", string(password.RuleForbiddenLastPasswords))
	for _, value := range (password.Policy{MinimumSymbols: 1, MaximumSymbols: 9, MinimumSpecialSymbols: 1, MinimumUpperCaseSymbols: 1,
		MinimumDigits: 1, UserNameForbidden: true, AllowedRegex: "x"}).Composition() {
		add("broken", string(value.Rule))
	}
	for _, state := range models.States() {
		add("state", string(state))
	}
	for _, state := range models.MailStates() {
		add("mail", string(state))
		add("became", string(state))
	}
	add("kind", string(models.SuperAdmin), string(models.Organization), string(models.Customer))
	add("sort", string(models.ByName), string(models.Newest), string(models.Oldest), string(models.ByExpiry))
	add("locale", i18n.Locales...)
	add("action", accounts.Actions()...)
	add("template", models.MailTemplates()...)
	add("reason", "unknown", string(models.Disabled), string(models.Blacklisted), string(models.NoPassword), string(models.OneTimeLapsed))
	add("reason", constants(t, "../accounts", "reason")...)
	return all
}

// constants are the values of a package's constants whose names begin with prefix.
func constants(t *testing.T, dir, prefix string) (values []string) {
	t.Helper()
	for _, file := range must[[]string](t)(filepath.Glob(dir + "/*.go")) {
		syntax := must[*ast.File](t)(parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution))
		ast.Inspect(syntax, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != len(spec.Names) {
				return true
			}
			for i, name := range spec.Names {
				if literal, ok := spec.Values[i].(*ast.BasicLit); ok && strings.HasPrefix(name.Name, prefix) {
					values = append(values, must[string](t)(strconv.Unquote(literal.Value)))
				}
			}
			return true
		})
	}
	if len(values) == 0 {
		t.Errorf("no constant of %s begins with %q any more", dir, prefix)
	}
	return values
}

func catalogue(t *testing.T, locale string) map[string]any {
	t.Helper()
	var messages map[string]any
	if err := yaml.Unmarshal(must[[]byte](t)(os.ReadFile("../i18n/"+locale+".yaml")), &messages); err != nil {
		t.Fatal(err)
	}
	return messages
}

// The catalogue has a word for every value of the program, and none that nobody says.
func TestEveryValueHasItsWords(t *testing.T) {
	wanted, messages := ids(t), catalogue(t, "en")
	for id := range wanted {
		if messages[id] == nil {
			t.Errorf("en.yaml has no %s", id)
		}
	}
	text := source(t)
	for id := range messages {
		if !wanted[id] && !strings.Contains(text, strconv.Quote(id)) {
			t.Errorf("nobody says %s", id)
		}
	}
}

// source is all that the program is made of.
func source(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return err
		}
		if ending := filepath.Ext(path); ending != ".go" && ending != ".templ" && ending != ".html" && ending != ".txt" {
			return nil
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// Every action and every detail of the audit log is told in words.
func TestTheLogIsToldInWords(t *testing.T) {
	app := testkit.NewApp(t, testkit.SQLite(t))
	who := app.Company()
	var events []models.AuditEvent
	for _, action := range accounts.Actions() {
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
		for _, prefix := range []string{"action.", "reason.", "template.", "state.", "why.", "kind."} {
			if strings.Contains(text, prefix) {
				t.Errorf("%s shows an id that begins with %s", path, prefix)
			}
		}
		if !strings.Contains(text, "reason: wrong password, template: Password expires soon, until: 2 Mar 2026, 10:00 UTC") {
			t.Errorf("%s does not tell the details: %.300s", path, text)
		}
	}
}
