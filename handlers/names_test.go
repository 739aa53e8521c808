package handlers_test

import (
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/models"
)

// TestNames: equivalent names belong to one account, and all of them sign in to it. Names that look like another account's, or that
// cannot be typed again, are refused.
func TestNames(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		root := app.SignIn("root")
		for _, written := range sameNames {
			create(root, written[0], "own-"+mailable(app)+"@example.com").Want(303).Follow().Want(200)
			for _, other := range written {
				unchanged(t, app, "a second "+other, func() {
					wantProblems(t, create(root, other, mailable(app)+"@example.com").Want(422), "name")
				})
				home := app.Client().SignIn(other, testapp.Secret).WantRedirect("/me").Follow()
				check(t, other+" opens", home.Text(".identity .who bdi"), written[0])
			}
		}
		unchanged(t, app, "a name that nobody may have", func() {
			for _, name := range refusedNames {
				page := create(root, name, mailable(app)+"@example.com").Want(422)
				wantProblems(t, page, "name")
				check(t, "the name as it was typed", page.Value("name"), name)
			}
		})
	})
}

// sameNames are ways to write one name: composed and decomposed, in both cases, in full width.
var sameNames = [][]string{
	{"José", "Jose\u0301", "JOSÉ", "JOSE\u0301", "ｊｏｓé", "Ｊｏｓｅ\u0301"},
	{"Ａｄａ．Ｌ＿１", "ada.l_1", "ADA.L_1", "ａda.L＿1"},
	{"Ångström", "A\u030angstro\u0308m", "ÅNGSTRÖM", "\u212bngström"}, // the last with the sign for the unit
	{"이름", "\u110b\u1175\u1105\u1173\u11b7"},
	{"ガス", "カ\u3099ス", "ｶﾞｽ"},
	{"ИВАН", "иван"},
	{"Γιάννης", "ΓΙΆΝΝΗΣ", "γιάννησ"},
	{"Weißmann", "WEISSMANN", "WEIẞMANN", "weissmann"},
	{"việt", "vie\u0323\u0302t", "vie\u0302\u0323t", "VIỆT"},
}

// TestConfusableNamesAreRefused says so at the field, and names no other account.
func TestConfusableNamesAreRefused(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		root := app.SignIn("root")
		create(root, "scope", "scope@example.com").Want(303).Follow().Want(200)
		unchanged(t, app, "a name that looks like another", func() {
			page := create(root, "ѕсоре", "other@example.com").Want(422)
			wantProblems(t, page, "name")
			if text := page.Text("#name-error"); !strings.HasPrefix(text, "This name looks too similar to an existing one.") {
				t.Errorf("the page says %q", text)
			}
		})
	})
}

// TestInvisibleSymbolsAreNamed: an e-mail with one is refused when an account is created and when it is edited, and the page
// says which symbol it is.
func TestInvisibleSymbolsAreNamed(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		unchanged(t, app, "an e-mail with what is not seen", func() {
			for email, symbol := range map[string]string{"new@exam\u00adple.com": "U+00AD", "new@example\u200b.com": "U+200B", "new@exa\ufe0fmple.com": "U+FE0F"} {
				for _, page := range []*testapp.Reply{
					create(root, "new", email).Want(422),
					root.Post("/accounts/"+who.Ann.ID+"/edit", testapp.Form("email", email)).Want(422),
				} {
					wantProblems(t, page, "email")
					if text := page.Text("#email-error"); !strings.Contains(text, symbol) {
						t.Errorf("%+q: the page says %q", email, text)
					}
				}
			}
		})
	})
}

// refusedNames have ligatures, spaces, mixed scripts, or what is not seen.
var refusedNames = []string{
	"\ufb01sh", "\u01c6ep", "\u0133s", "o\ufb03ce", "\u2163", "①", "x²",
	" ada", "ada ", "a b", "a\u00a0b", "\u3000ada", "a\tb", "a\u2028b", "\u2003ada",
	"pаypal", "αda", "adа", "ΑBΓ", "сaлам", "ไทยada", "한글ガス",
	"a\u200bb", "a\u200db", "a\u202eb", "\ufeffada", "a\u00adb", "a\u0085b", "a\u007fb", "a\u2060b", "\u0301a",
	"<b>", "a/b", `a\b`, "a,b", "a;b", "a'b", `a"b`, "a%b", "a&b", "😀", "", "Default", "DEFAULT", "ｄｅｆａｕｌｔ",
	strings.Repeat("x", 65), strings.Repeat("ä", 65),
}

// TestNamesAndAddresses: names and e-mails open accounts alike, so neither may be another's.
func TestNamesAndAddresses(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		root := app.SignIn("root")
		create(root, "Eve@Example.com", "eve@example.com").Want(303).Follow().Want(200)
		unchanged(t, app, "a name or an e-mail that is another's", func() {
			for _, tc := range []struct{ name, email, wrong string }{
				{"ann@example.com", "new@example.com", "name"},
				{"ANN@EXAMPLE.COM", "new@example.com", "name"},
				{"ａnn＠example．com", "new@example.com", "name"},
				{"nobody@example.com", "new@example.com", "name"},
				{"new", "eve@example.com", "email"},
				{"new", "EVE@EXAMPLE.COM", "email"},
				{"new", "Ann@example.com", "email"},
				{"new", "ann@ｅｘａｍｐｌｅ.com", "email"},
				{"ann", "ann@example.com", "name email"},
				{"ann@example.com", "ann@example.com", "name"},
			} {
				wantProblems(t, create(root, tc.name, tc.email).Want(422), strings.Fields(tc.wrong)...)
			}
		})
		for _, identifier := range []string{"eve@example.com", "EVE@example.COM"} {
			app.Client().SignIn(identifier, testapp.Secret).WantRedirect("/me")
		}
		create(root, "müller", "m@bücher.example").Want(303).Follow().Want(200)
		unchanged(t, app, "one domain in two ways to write it", func() {
			wantProblems(t, create(root, "mueller", "M@xn--bcher-kva.example").Want(422), "email")
			wantProblems(t, create(root, "mueller", "m@bu\u0308cher.EXAMPLE").Want(422), "email")
		})
	})
}

// create sends the form that creates a customer.
func create(root *testapp.Client, name, email string) *testapp.Reply {
	root.App.Helper()
	return root.Post("/accounts", testapp.Form("kind", "customer", "name", name, "email", email, "organization", models.DefaultOrganizationID,
		"password_mode", "typed", "password", testapp.Secret, "submission", root.App.Accounts.NewID()))
}

// mailable returns a local part that no other account has.
func mailable(app *testapp.App) string { return app.Accounts.NewID() }
