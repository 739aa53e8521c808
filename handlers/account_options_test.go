package handlers_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"latchkey/internal/testapp"
	"latchkey/internal/testbrowser"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
	"latchkey/password"
)

// wished are options that the built-in policy of customers leaves room for.
var wished = []string{"generator_length", "9", "generator_upper", "ÄÖÜ", "generator_lower", "äöü", "generator_digits", "٣7", "generator_special", "§~"}

func wantWished(t *testing.T, secret string) {
	t.Helper()
	if strings.Trim(secret, "ÄÖÜäöü٣7§~") != "" || utf8.RuneCountInString(secret) != 9 {
		t.Errorf("%q is not as it was wished for", secret)
	}
}

// TestGeneratorOptions: an operator can change length and alphabets for one password, in each form that makes one, with
// scripts and without.
func TestGeneratorOptions(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		form := root.Get("/accounts/new").Want(200)
		check(t, "open", form.Has("details.options[open]"), false)
		for name, want := range map[string]string{
			"length": "20", "upper": "ABCDEFGHJKLMNPQRSTUVWXYZ", "lower": "abcdefghijkmnpqrstuvwxyz", "digits": "23456789", "special": "!#$%&*+-.:=?@_",
		} {
			check(t, name, form.Value("generator_"+name), want)
		}
		fields := append([]string{"name", "new", "email", "new@example.com"}, wished...)
		reply := root.Post("/accounts/generate-password", testapp.Form(fields...), "Accept", "application/json").Want(200)
		var answer struct{ Password string }
		if err := json.Unmarshal([]byte(reply.Body), &answer); err != nil {
			t.Fatal(err)
		}
		wantWished(t, answer.Password)
		again := root.Post("/accounts/generate-password", testapp.Form(append(fields, "kind", "customer", "submission", form.Value("submission"))...)).Want(200)
		wantWished(t, again.Value("password"))
		check(t, "kept", again.Value("generator_special"), "§~")
		wantWished(t, wantShownOnce(t, form.Submit("/accounts", fields...)))
		account := root.Get("/accounts/" + who.Ann.ID).Want(200)
		wantWished(t, wantShownOnce(t, account.Submit("/accounts/"+who.Ann.ID+"/password", wished...)))
	})
}

// TestEmptyAlphabet: no symbols of a class are used if its field is empty. A policy that requires that class then cannot be met.
func TestEmptyAlphabet(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) {
		o.Policies = password.Policies{Account: password.Policy{MinimumDigits: 1}}
	})
	app.Company()
	root := app.SignIn("root")
	generate := func(fields ...string) *testapp.Reply {
		return root.Post("/accounts/generate-password", testapp.Form(append(fields, "name", "new", "kind", "customer")...))
	}
	secret := generate("generator_special", "", "generator_upper", "").Want(200).Value("password")
	if secret == "" || strings.Trim(secret, "abcdefghijkmnpqrstuvwxyz23456789") != "" {
		t.Errorf("%q has other symbols than small letters and digits", secret)
	}
	page := generate("generator_digits", "").Want(422)
	check(t, "kept", page.Value("generator_digits"), "")
	if said := page.Text("#password-error"); !strings.Contains(said, "with these options") {
		t.Errorf("it says %q", said)
	}
}

// TestOptionsAreKept: unchanged and missing fields count as no choice.
func TestOptionsAreKept(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Policies = raisedPolicies(t) })
	app.Company()
	root := app.SignIn("root")
	form := root.Get("/accounts/new").Want(200)
	check(t, "length", form.Value("generator_length"), "16")
	check(t, "digits", form.Value("generator_digits"), "٣")
	for i, fields := range [][]string{{}, {"generator_length", ""}} {
		form := root.Get("/accounts/new").Want(200)
		name := "new" + strconv.Itoa(i)
		secret := wantShownOnce(t, form.Submit("/accounts", append([]string{"name", name, "email", name + "@example.com"}, fields...)...))
		if !strings.Contains(secret, "٣") || utf8.RuneCountInString(secret) != 16 {
			t.Errorf("%v: %q", fields, secret)
		}
	}
}

func raisedPolicies(t *testing.T) password.Policies {
	t.Helper()
	return must[password.Policies](t)(password.Default().With(password.Compliance{
		MinLength: 14, Complexity: 4, LastPasswords: 9, Options: password.GeneratorOptions{Length: 16, Digits: password.Set{Symbols: "٣"}},
	}))
}

func TestRefusedOptions(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		form := root.Get("/accounts/new").Want(200)
		account := root.Get("/accounts/" + who.Ann.ID).Want(200)
		for _, tc := range []struct{ field, value, says string }{
			{"generator_length", "31", "from 6 to 30"},
			{"generator_length", "5", "from 6 to 30"},
			{"generator_length", "20.5", "from 6 to 30"},
			{"generator_length", "99999999999999999999", "from 6 to 30"},
			{"generator_upper", "A\tB", "U+0009 cannot be used by itself"},
			{"generator_lower", "l·l", "U+00B7 '·' cannot be used by itself"},
			{"generator_digits", "1\u200d", "U+200D cannot be used by itself"},
			{"generator_special", strings.Repeat("!", 257), "At most 256"},
			{"generator_upper", "Abc", "U+0062 'b' is not an upper-case letter"},
			{"generator_lower", "ABC", "U+0041 'A' is not a lower-case letter"},
			{"generator_digits", "1²", "U+00B2 '²' is not a digit"},
			{"generator_special", "!x", "U+0078 'x' is a letter or digit, not a special character"},
		} {
			sent := []string{"name", "new", "email", "new@example.com", tc.field, tc.value}
			unchanged(t, app, tc.field, func() {
				for _, page := range []*testapp.Reply{
					form.Submit("/accounts", sent...).Want(422),
					root.Post("/accounts/generate-password", testapp.Form(sent...)).Want(422),
					account.Submit("/accounts/"+who.Ann.ID+"/password", tc.field, tc.value).Want(422),
				} {
					wantProblems(t, page, tc.field)
					check(t, "open", page.Has("details.options[open]"), true)
					check(t, "kept", page.Value(tc.field), tc.value)
					if said := page.Text("#" + tc.field + "-error"); !strings.Contains(said, tc.says) {
						t.Errorf("%s %q: %q", tc.field, tc.value, said)
					}
				}
				root.Post("/accounts/generate-password", testapp.Form(sent...), "Accept", "application/json").Want(422)
			})
		}
		// A password that is there already is not generated: the options do not matter.
		form.Submit("/accounts", "name", "new", "email", "new@example.com", "generator_length", "x", "password_mode", "typed", "password", "Aa1!efgh").Want(303)
	})
}

// TestRulesFromSettings: pages show which setting a rule comes from, and passwords are checked by it.
func TestRulesFromSettings(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t), func(o *testapp.AppOptions) { o.Policies = raisedPolicies(t) })
	app.Company()
	root := app.SignIn("root")
	text := root.Get("/policy").Want(200).Text("main")
	for _, setting := range []string{password.SettingMinLength, password.SettingComplexity, password.SettingLastPasswords} {
		check(t, setting+" on the policy page", strings.Count(text, setting), 2)
	}
	form := root.Get("/accounts/new").Want(200)
	check(t, "minlength", form.Find("#password").AttrOr("minlength", ""), "14")
	check(t, "wanted kinds", form.Find(".checklist:not([hidden]) [data-rule=minimumComplexity]").AttrOr("data-want", ""), "4")
	page := form.Submit("/accounts", "name", "new", "email", "new@example.com", "password_mode", "typed", "password", "AAAAAAA1!").Want(422)
	for _, says := range []string{"at least 14 characters; it has 9", "at least 4 of these: lower-case letters, upper-case letters, digits, special characters; it has 3"} {
		if !strings.Contains(page.Text(".notice.bad"), says) {
			t.Errorf("it does not say %q: %s", says, page.Text(".notice.bad"))
		}
	}
}

// TestLengthFollowsThePolicy: where the two policies generate passwords of different lengths, ticking "technical" changes
// the length, unless one was chosen.
func TestLengthFollowsThePolicy(t *testing.T) {
	testkit.Parallel(t)
	page := checklist(t)
	testbrowser.Eval[bool](page, `(document.querySelector(".checklist[data-policy=TECHNICAL]").dataset.length = "24", true)`)
	page.Click("[name=password_mode][value=generated]")
	page.Click(".options summary")
	for _, step := range []struct{ click, fill, want string }{
		{"#technical", "", "24"}, {"#technical", "", "20"}, {"", "22", "22"}, {"#technical", "", "22"},
	} {
		if step.fill != "" {
			page.Fill("#generator_length", step.fill)
		} else {
			page.Click(step.click)
		}
		check(t, "length", page.Value("#generator_length"), step.want)
	}
}
