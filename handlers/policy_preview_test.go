package handlers_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testapp"
	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
)

const (
	stricterPolicy = `{"passwordPolicyConfigurations": { // for next year
  "ACCOUNT": {"minimumSymbols": 12, "passwordExpirationInDays": 30, "emailBeforeExpirationInDays": 5, "maxLoginAttempts": 3},
  "TECHNICAL": {"minimumSymbols": 6}
}}
`
	brokenPolicy = `{"passwordPolicyConfigurations": {
  "ACCOUNT": {"minimumSymbol": 12,
    "minimumDigits": "two"},
  "TECHNICAL": {}
}}
`
)

// upload returns the preview's form as a browser sends it, with a file where it has a name.
func upload(c *testapp.Client, text, name, file string) *testapp.Reply {
	c.App.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	field, errField := form.CreateFormField("policy")
	_, errText := field.Write([]byte(text))
	part, errPart := form.CreateFormFile("file", name)
	_, errFile := part.Write([]byte(file))
	for _, err := range []error{errField, errText, errPart, errFile, form.Close()} {
		if err != nil {
			c.App.Fatal(err)
		}
	}
	return c.Do(c.Request(http.MethodPost, views.PolicyPreviewURL, &body, "Content-Type", form.FormDataContentType(),
		"Origin", c.App.BaseURL.String(), "Sec-Fetch-Site", "same-origin"))
}

// TestPolicyPreview: a text and a file, which wins, with what they would do; and nothing is changed.
func TestPolicyPreview(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		aged := func(a *models.Account) { a.PasswordSetAt = new(app.Clock.Now().AddDate(0, 0, -40)) }
		app.Tamper(who.Ann.ID, aged)
		app.Tamper(who.Bob.ID, aged)
		root := app.SignIn("root")
		blank := root.Get("/policy").Want(http.StatusOK).Find(".actions a[href='/policy/preview']")
		check(t, "links to the preview", blank.Length(), 1)
		first := root.Get(views.PolicyPreviewURL).Want(http.StatusOK)
		check(t, "the text at first", strings.Contains(first.Find("textarea").Text(), `"passwordExpirationInDays": 64`), true)
		unchanged(t, app, "the preview", func() {
			for what, page := range map[string]*testapp.Reply{
				"pasted":     root.Post(views.PolicyPreviewURL, url.Values{"policy": {stricterPolicy}}),
				"sent":       upload(root, stricterPolicy, "", ""),
				"file":       upload(root, "not looked at", "next.json", stricterPolicy),
				"first text": root.Post(views.PolicyPreviewURL, url.Values{"policy": {strings.ReplaceAll(stricterPolicy, "\n", "\r\n")}}),
			} {
				judgePreview(t, what, page.Want(http.StatusOK))
			}
			same := root.Post(views.PolicyPreviewURL, url.Values{"policy": {first.Find("textarea").Text()}}).Want(http.StatusOK)
			check(t, "the same again", same.Text(".section .empty"), "No changes to the rules.")
			check(t, "how to put it in force", same.Has(".apply"), false)
		})
		check(t, "the policy in force", rowsOf(root.Get("/policy"), ".policy [data-rule=minimumSymbols]"), "Minimum length minimumSymbols | 6 | 6")
	})
}

// judgePreview: two accounts' passwords are 40 days old, and the others' new.
func judgePreview(t *testing.T, what string, page *testapp.Reply) {
	t.Helper()
	check(t, what+": figures", strings.Join(page.Texts(".impact strong"), " "), "2 0 0 2")
	check(t, what+": figures as it is", strings.Join(page.Texts(".impact small")[2:], ", "), "Now: 0, Now: 0")
	check(t, what+": text", page.Find("textarea").Text(), stricterPolicy)
	check(t, what+": steps", page.Find(".apply li").Length(), 3)
	check(t, what+": changes", rowsOf(page, ".changes tbody tr:not(.group)"), strings.Join([]string{
		"Minimum length minimumSymbols stricter | 6 | 12", "Maximum length maximumSymbols looser | 30 | No limit",
		"Special characters minimumSpecialSymbols looser | 1 | Off", "Upper-case letters minimumUpperCaseSymbols looser | 1 | Off", "Digits minimumDigits looser | 1 | Off",
		"Account name in the password userNameForbidden looser | Not allowed | Allowed", "Last passwords not allowed forbiddenLastPasswords looser | 3 | Off",
		"Expires after passwordExpirationInDays stricter | 64 days | 30 days", "Failed attempts until blocked maxLoginAttempts stricter | 10 | 3",
		"Block duration blockingTimeInMin stricter | 20 min | Until unblocked",
		"Maximum length maximumSymbols looser | 20 | No limit", "Special characters minimumSpecialSymbols looser | 1 | Off",
		"Upper-case letters minimumUpperCaseSymbols looser | 1 | Off", "Digits minimumDigits looser | 1 | Off",
		"Account name in the password userNameForbidden looser | Not allowed | Allowed", "Last passwords not allowed forbiddenLastPasswords looser | 5 | Off",
		"Failed attempts until blocked maxLoginAttempts looser | 5 | Off", "Block duration blockingTimeInMin looser | 20 min | Off",
	}, "; "))
	rows := page.Find(".chart tbody tr")
	then, asIs := 0, 0
	for _, row := range rows.EachIter() {
		then += number(t, row.Find("td").First().Text())
		asIs += number(t, row.Find("td").Last().Text())
	}
	if rows.Length() != 13 || then != 3 || asIs != 5 {
		t.Errorf("%s: %d weeks with %d passwords, and %d as it is", what, rows.Length(), then, asIs)
	}
}

func number(t *testing.T, text string) (n int) {
	t.Helper()
	if _, err := fmt.Sscan(text, &n); err != nil {
		t.Errorf("%q is no number", text)
	}
	return n
}

// TestBrokenPolicyPreview: every mistake is shown with its line, and the input is kept.
func TestBrokenPolicyPreview(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root := app.SignIn("root")
		for name, page := range map[string]*testapp.Reply{
			"passwordpolicy.json": root.Post(views.PolicyPreviewURL, url.Values{"policy": {brokenPolicy}}),
			"next <b>.json":       upload(root, "", "next <b>.json", brokenPolicy),
		} {
			page.Want(http.StatusUnprocessableEntity)
			check(t, name+": text", page.Find("textarea").Text(), brokenPolicy)
			told := strings.Join(page.Texts("#policy-error p[lang=en]"), "\n")
			check(t, name+": listed as English", page.Find("[role=alert] li[lang=en]").Length(), 2)
			for _, part := range []string{name + ":2: ", name + ":3: ", "ACCOUNT.minimumSymbol", "ACCOUNT.minimumDigits"} {
				if !strings.Contains(told, part) || !strings.Contains(page.Summary(), part) {
					t.Errorf("%s: %q is not said in\n%s\n%s", name, part, told, page.Summary())
				}
			}
			check(t, name+": result", page.Has(".impact"), false)
		}
		for what, text := range map[string]string{
			"is empty": "", "is larger than 1 MiB": strings.Repeat(" ", 1<<20) + "x", "is not UTF-8 from here on": "{\n\xff", "nothing": "\x00",
		} {
			page := upload(root, "", "file.json", text).Want(http.StatusUnprocessableEntity)
			if what != "nothing" && !strings.Contains(page.Summary(), what) {
				t.Errorf("%s: %s", what, page.Summary())
			}
		}
		root.Post(views.PolicyPreviewURL, nil).Want(http.StatusUnprocessableEntity)
	})
}

// doubtfulPolicy has expressions about which nothing can be proved, and one of them takes no password.
const doubtfulPolicy = `{"passwordPolicyConfigurations": {
  "ACCOUNT": {"allowedRegex": "(?<=x)[a-z]{9}", "maxLoginAttempts": 3},
  "TECHNICAL": {"allowedRegex": "(?=.*(.)(?!.*\\1)).*"}
}}
`

// TestPolicyPreviewShowsWarnings: what cannot be proved is a warning in the preview and, with the same text, on the policy page,
// which organizations also see.
func TestPolicyPreviewShowsWarnings(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, acme := app.SignIn("root"), app.SignIn("acme")
		const impossible = "No password that meets all of these rules could be generated. Passwords must be typed; there may be no valid one."
		page := root.Post(views.PolicyPreviewURL, url.Values{"policy": {doubtfulPolicy}}).Want(http.StatusOK)
		wanted := []string{
			"Technical: The required format cannot be verified: it uses a back-reference (such as \\1). ",
			"Accounts: The required format cannot be verified: it uses look-behind. ",
			"Accounts: " + impossible + " passwordpolicy.json:2: passwordPolicyConfigurations.ACCOUNT",
			"Accounts: A blocked account stays blocked until an operator unblocks it, because there is no block duration. " +
				"passwordpolicy.json:2: passwordPolicyConfigurations.ACCOUNT.blockingTimeInMin",
		}
		warnings := page.Texts(".warnings li")
		check(t, "warnings", len(warnings), len(wanted))
		for i, words := range wanted {
			if i < len(warnings) && !strings.HasPrefix(warnings[i], words) {
				t.Errorf("it warns %q, want %q", warnings[i], words)
			}
		}
		for name, c := range map[string]*testapp.Client{"root": root, "acme": acme} {
			check(t, name+" of what can be generated", c.Get("/policy").Want(http.StatusOK).Has(".example .hint"), false)
		}
		if err := app.Accounts.Policies.Reload(t.Context(), func() (password.Policies, error) {
			return password.Parse("next.json", []byte(doubtfulPolicy))
		}); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]*testapp.Client{"root": root, "acme": acme} {
			page := c.Get("/policy").Want(http.StatusOK)
			check(t, name+": in force", page.Text(".split .unproved"), "Accounts: "+impossible)
			check(t, name+": examples", page.Find(".example code").Length(), 1)
		}
	})
}

// TestLargestPolicyPreview: a file of 1 MiB passes, as does a text, and who may not look is not read at all.
func TestLargestPolicyPreview(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		root, acme := app.SignIn("root"), app.SignIn("acme")
		largest := stricterPolicy + strings.Repeat("\n", 1<<20-len(stricterPolicy))
		upload(root, largest, "next.json", largest).Want(http.StatusOK)
		upload(root, largest, "", "").Want(http.StatusOK)
		root.Post(views.PolicyPreviewURL, url.Values{"policy": {largest}}).Want(http.StatusRequestEntityTooLarge) // as other forms
		upload(root, "", "next.json", strings.Repeat(" ", 6<<20)).Want(http.StatusRequestEntityTooLarge)
		upload(acme, largest, "next.json", largest).Want(http.StatusForbidden)
		upload(app.Client(), largest, "next.json", largest).Want(http.StatusUnauthorized)
		for _, kind := range []string{"multipart/form-data", "multipart/form-data; boundary=x", "application/json", "multipart/mixed; boundary=x"} {
			want := http.StatusUnsupportedMediaType
			if strings.HasPrefix(kind, "multipart/form-data") {
				want = http.StatusBadRequest
			}
			request := root.Request(http.MethodPost, views.PolicyPreviewURL, strings.NewReader("rubbish"), "Content-Type", kind, "Sec-Fetch-Site", "same-origin")
			root.Do(request).Want(want)
		}
		request := root.Request(http.MethodPost, "/sign-out", strings.NewReader("--x--"), "Content-Type", "multipart/form-data; boundary=x", "Sec-Fetch-Site", "same-origin")
		root.Do(request).Want(http.StatusUnsupportedMediaType)
	})
}

// TestPolicyPreviewUsesTheTimeZone: days end in the time zone of the pages.
func TestPolicyPreviewUsesTheTimeZone(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, who testapp.Company) {
		app.Clock.Set(time.Date(2026, time.March, 2, 23, 30, 0, 0, time.UTC))
		app.Tamper(who.Ann.ID, func(a *models.Account) { a.PasswordSetAt = new(app.Clock.Now().Add(-30*24*time.Hour + time.Hour)) })
		page := app.SignIn("root").Post(views.PolicyPreviewURL, url.Values{"policy": {stricterPolicy}}).Want(http.StatusOK)
		check(t, "figures", strings.Join(page.Texts(".impact strong"), " "), "0 0 1 0")
	})
}
