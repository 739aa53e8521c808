package handlers_test

import (
	"slices"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/models"
)

const threeWords = `"minimumSymbols": 5, "allowedRegex": "[a-z]+-[a-z]+-[a-z]+", "allowedRegexDescription":
	{"en": "three words with <b>hyphens</b>", "de": "drei Wörter mit <b>Bindestrichen</b>"}`

// Wherever people meet the expression as a rule, they read what it means in their own language, as text.
func TestExpressionInWords(t *testing.T) {
	const english, german = "three words with <b>hyphens</b>", "drei Wörter mit <b>Bindestrichen</b>"
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.Seed(models.Customer, "dora", testapp.OneTime)
		reload(t, app, threeWords)
		root := app.SignIn("root")
		for language, want := range map[string]string{"en": english, "de": german} {
			root.Header.Set("Accept-Language", language)
			customer := app.Client()
			customer.Header.Set("Accept-Language", language)
			reset := customer.SignIn("dora", testapp.Secret).Follow()
			for name, page := range map[string]struct {
				*testapp.Reply
				selector string
			}{
				"the checklist of a new account": {root.Get("/accounts/new?kind=organization"), ".checklist [data-rule=allowedRegex]"},
				"the reset page":                 {reset, ".checklist [data-rule=allowedRegex]"},
				"the tip":                        {reset, "#policy-tip li"},
				"the policy page":                {root.Get("/policy"), ".policy td"},
				"the version":                    {root.Get("/policy/versions/1"), ".policy td"},
				"the preview":                    {root.Post("/policy/preview", testapp.Form("policy", candidate)), "main"},
				"a refusal":                      {reset.Submit("/password", "password", "Canary-1!", "confirmation", "Canary-1!"), "[role=alert]"},
			} {
				if text := strings.Join(page.Texts(page.selector), " | "); !strings.Contains(text, want) {
					t.Errorf("%s: %s says %q", language, name, text)
				}
				if page.Has("b") {
					t.Errorf("%s: %s has markup of the description", language, name)
				}
			}
		}
		root.Header.Set("Accept-Language", "en")
		check(t, "the refusal", root.Get("/password").Submit("/password", "current", testapp.Secret, "password", "abcdefgh", "confirmation", "abcdefgh").Text("[role=alert] li"),
			"The password does not match the required format: "+english)
		rules := root.Get("/policy").Texts(".policy th code")
		if !slices.Contains(rules, "allowedRegexDescription") {
			t.Errorf("operators cannot see where the words come from: %v", rules)
		}
		reload(t, app, strings.Replace(threeWords, `"en"`, `"de"`, 1)[:strings.Index(threeWords, `, "de"`)]+"}")
		check(t, "in German only", root.Get("/accounts/new?kind=organization").Text("[data-rule=allowedRegex]"), english+" (checked when you submit)")
		reload(t, app, `"minimumSymbols": 5, "allowedRegex": "[a-z]+-[a-z]+-[a-z]+"`)
		check(t, "without words", root.Get("/accounts/new?kind=organization").Text("[data-rule=allowedRegex]"), "matches the required format (checked when you submit)")
	})
}

// candidate is a file with other words for the same expression.
var candidate = `{"passwordPolicyConfigurations": {"TECHNICAL": {}, "ACCOUNT": {` + strings.ReplaceAll(threeWords, "words", "lower-case words") + `}}}`
