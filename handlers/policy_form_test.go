package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/password"
	"latchkey/views"
)

// policyForm returns the fields of the preview as a browser sends them, changed by pairs of name and value.
func policyForm(page *testapp.Reply, changes ...string) url.Values {
	form := stands(page.Find("form.policy-form"))
	form.Set("from", "form")
	for i := 0; i < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	return form
}

// TestPolicyForm: from the fields to the file, which has the rest of the policy in force. The text of the form does not count.
func TestPolicyForm(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		start := root.Get(views.PolicyPreviewURL).Want(http.StatusOK)
		check(t, "columns", strings.Join(start.Texts(".fields thead th"), ", "), "Rule, Accounts ACCOUNT, Technical TECHNICAL")
		check(t, "maximum of technical accounts", start.Value("TECHNICAL.maximumSymbols"), "20")
		check(t, "changed fields at first", start.Find(".changed").Length(), 0)
		unchanged(t, app, "the preview and the download", func() {
			form := policyForm(start, "ACCOUNT.minimumSymbols", " 12 ", "ACCOUNT.maximumSymbols", "", "policy", "not looked at")
			form.Del("TECHNICAL.userNameForbidden")
			page := root.Post(views.PolicyPreviewURL, form).Want(http.StatusOK)
			check(t, "changes", rowsOf(page, ".changes tbody tr:not(.group)"), "Minimum length minimumSymbols stricter | 6 | 12; "+
				"Maximum length maximumSymbols looser | 30 | No limit; Account name in the password userNameForbidden looser | Not allowed | Allowed")
			check(t, "typed", page.Value("ACCOUNT.minimumSymbols"), " 12 ")
			check(t, "changed fields", strings.Join(fieldNames(page, ".changed"), " "), "ACCOUNT.minimumSymbols ACCOUNT.maximumSymbols TECHNICAL.userNameForbidden")
			check(t, "text is open", page.Has("details[open] textarea"), false)
			want := strings.Replace(strings.Replace(password.Default().File(), "      \"userNameForbidden\": true,\n", "", 1), "\"minimumSymbols\": 6,\n      \"maximumSymbols\": 30", "\"minimumSymbols\": 12", 1)
			check(t, "text", page.Find("textarea").Text(), want)

			file := page.Submit(views.PolicyDownloadURL).Want(http.StatusOK)
			check(t, "file", file.Body, want)
			check(t, "type", file.Header.Get("Content-Type"), "application/json")
			check(t, "disposition", file.Header.Get("Content-Disposition"), `attachment; filename="passwordpolicy.json"`)
			check(t, "again", page.Submit(views.PolicyDownloadURL).Want(http.StatusOK).Body, want)
		})
		check(t, "nothing to download", root.Post(views.PolicyPreviewURL, policyForm(start)).Want(http.StatusOK).Has(".apply"), false)
		broken := root.Post(views.PolicyDownloadURL, url.Values{"policy": {brokenPolicy}}).Want(http.StatusUnprocessableEntity)
		check(t, "a broken file is kept", broken.Find("details[open] textarea").Text(), brokenPolicy)
		app.SignIn("acme").Post(views.PolicyDownloadURL, url.Values{"policy": {stricterPolicy}}).Want(http.StatusForbidden)
	})
}

// fieldNames returns the names of fields.
func fieldNames(page *testapp.Reply, selector string) (names []string) {
	for _, field := range page.Find(selector).EachIter() {
		names = append(names, field.AttrOr("name", ""))
	}
	return names
}

// TestPolicyFormRefuses: each mistake is at its field, and everything typed stays.
func TestPolicyFormRefuses(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		start := root.Get(views.PolicyPreviewURL).Want(http.StatusOK)
		wrong := []string{
			"ACCOUNT.minimumSymbols", "twelve", "TECHNICAL.minimumDigits", "-1", "ACCOUNT.blockingTimeInMin", "2147483648",
			"ACCOUNT.allowedRegex", `[<"`, "policy", "mine",
		}
		page := root.Post(views.PolicyPreviewURL, policyForm(start, wrong...)).Want(http.StatusUnprocessableEntity)
		check(t, "summary", strings.Join(page.Texts("[role=alert] li"), "\n"), strings.Join([]string{
			"Minimum length, Accounts: enter a whole number from 0 to 2,147,483,647.",
			"Digits, Technical: enter a whole number from 0 to 2,147,483,647.",
			"Block duration, Accounts: enter a whole number from 0 to 2,147,483,647.",
		}, "\n"))
		check(t, "fields", strings.Join(fieldNames(page, "[aria-invalid]"), " "), "ACCOUNT.minimumSymbols TECHNICAL.minimumDigits ACCOUNT.blockingTimeInMin")
		for i := 0; i < len(wrong)-2; i += 2 {
			check(t, wrong[i], page.Value(wrong[i]), wrong[i+1])
		}
		check(t, "result", page.Has(".impact"), false)

		page = root.Post(views.PolicyPreviewURL, policyForm(start, "ACCOUNT.minimumSymbols", "40", "ACCOUNT.allowedRegex", `[<"`)).Want(http.StatusUnprocessableEntity)
		check(t, "fields that the check found", strings.Join(fieldNames(page, "[aria-invalid]"), " "), "ACCOUNT.minimumSymbols ACCOUNT.allowedRegex")
		if text := page.Text(`[id="ACCOUNT.allowedRegex-error"]`); !strings.HasPrefix(text, "ACCOUNT.allowedRegex: ") {
			t.Errorf("the expression's error is %q", text)
		}
		check(t, "expression", page.Value("ACCOUNT.allowedRegex"), `[<"`)
		root.Post(views.PolicyPreviewURL, url.Values{"from": {"form"}}).Want(http.StatusUnprocessableEntity)
		root.Post(views.PolicyPreviewURL, policyForm(start, "ACCOUNT.allowedRegex", strings.Repeat("x", 70_000))).Want(http.StatusRequestEntityTooLarge)
	})
}

// TestPolicyFormOfSuperAdmins: a section of theirs has a column, and comes from the text too.
func TestPolicyFormOfSuperAdmins(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		const own = `{"passwordPolicyConfigurations": {"ACCOUNT": {}, "TECHNICAL": {}, "SUPERADMIN": {"minimumSymbols": 20, "blockingTimeInMin": 7}}}`
		page := root.Post(views.PolicyPreviewURL, url.Values{"policy": {own}}).Want(http.StatusOK)
		check(t, "minimum", page.Value("SUPERADMIN.minimumSymbols"), "20")
		again := root.Post(views.PolicyPreviewURL, policyForm(page, "SUPERADMIN.minimumSymbols", "21")).Want(http.StatusOK)
		check(t, "minimum then", rowsOf(again, ".changes tr:contains('minimumSymbols')"), "Minimum length minimumSymbols looser | 6 | Off; "+
			"Minimum length minimumSymbols looser | 6 | Off; Minimum length minimumSymbols stricter | 6 | 21")
		check(t, "what is off without another rule", again.Value("SUPERADMIN.blockingTimeInMin"), "7")
	})
}

// TestPolicyPreset: the numbers that the project knows fill in the form, and have no deviations.
func TestPolicyPreset(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		page := root.Get(root.Get(views.PolicyPreviewURL).Find("a[href*=preset]").AttrOr("href", "")).Want(http.StatusOK)
		for name, want := range map[string]string{"minimumSymbols": "15", "maximumSymbols": "0", "passwordExpirationInDays": "0", "forbiddenLastPasswords": "1"} {
			check(t, "accounts: "+name, page.Value("ACCOUNT."+name), want)
			check(t, "technical: "+name, page.Value("TECHNICAL."+name), want)
		}
		shown := root.Post(views.PolicyPreviewURL, policyForm(page)).Want(http.StatusOK)
		file := shown.Submit(views.PolicyDownloadURL).Want(http.StatusOK)
		policies, err := password.Parse("f", []byte(file.Body))
		if err != nil {
			t.Fatal(err)
		}
		for _, policy := range policies.All() {
			check(t, string(policy.Section)+": departures", len(policy.Departures()), 0)
		}
		root.Get(views.PolicyPresetURL("strict")).Want(http.StatusNotFound)
		root.Get(views.PolicyPresetURL("../x")).Want(http.StatusNotFound)
	})
}
