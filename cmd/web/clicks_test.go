package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
	"latchkey/models"
	"latchkey/password"
)

// TestTasksInFewClicks does the tasks of every day twice: with the mouse, whose clicks are counted, and with the keyboard alone, where
// every element on the way must show that it has the focus. Each task starts at the overview, or for a customer at the sign-in page.
//
// Typing is not counted: the text of a field, Tab from one field of a form to another, and the keys of the search. A click that brings
// the focus into a form is counted.
func TestTasksInFewClicks(t *testing.T) {
	testkit.Parallel(t)
	for name, handOf := range map[string]func(person) hand{
		"mouse":    func(p person) hand { return &mouse{person: p} },
		"keyboard": func(p person) hand { return keyboard{typist{p}} },
	} {
		t.Run(name, func(t *testing.T) {
			testkit.Parallel(t)
			doTasks(t, handOf)
		})
	}
}

func doTasks(t *testing.T, handOf func(person) hand) {
	w := newOffice(t)
	w.crowd(10)
	w.block("customer-07")
	w.block("customer-08")
	for name, days := range map[string]int{"customer-01": 6, "customer-02": 1, "customer-04": 4, "customer-05": 8} {
		w.change(name, func(a *models.Account) { at := time.Now().AddDate(0, 0, days-64); a.PasswordSetAt = &at })
	}
	w.failFrom("198.51.100.7", "customer-07", "customer-08")
	olga, greta := w.browser(), w.browser()
	olga.signIn(operator, operatorPassword)
	w.create(olga, models.Organization, "nordkai", "")
	downloads := t.TempDir()
	olga.Downloads(downloads)
	var oneTime string // of greta

	for _, task := range []struct {
		name   string
		by     person
		clicks int // at most
		do     func(hand)
		done   func()
	}{
		{"open an account by its name", olga, 0, func(h hand) {
			h.search("customer-05")
		}, func() {
			olga.at("/accounts/" + w.idOf("customer-05"))
		}},
		{"learn why a customer cannot sign in", olga, 0, func(h hand) {
			h.search("customer-07")
		}, func() {
			if first := olga.Text("main .split"); !strings.HasPrefix(first, "Blocked") || !strings.Contains(olga.Text("#why"), "10 failed sign-ins") {
				t.Errorf("the account's page does not begin with the reason, but with\n%s", first)
			}
			if below := testbrowser.Eval[bool](olga.Page, `document.querySelector("#why").getBoundingClientRect().bottom > innerHeight`); below {
				t.Error("the reason is not on the screen")
			}
		}},
		{"see whose passwords expire within a week, the first one at the top, with dates", olga, 1, func(h hand) {
			h.follow(`a[href="/accounts?expiring=7"]`)
		}, func() {
			if got := strings.Join(olga.texts("main tbody tr th a"), " "); got != "customer-02 customer-04 customer-01" {
				t.Errorf("the list has %q", got)
			}
			if got := olga.texts("main thead [aria-sort=ascending]"); len(got) != 1 || got[0] != "Password expires" || !olga.has("main tbody tr time[datetime]") {
				t.Errorf("the list is sorted by %q, or has no dates", got)
			}
		}},
		{"see what happened to an account in the last week", olga, 2, func(h hand) {
			h.search("customer-07")
			h.follow(`a[href^="/audit?account="]`)
			h.follow(`.filter a[href*="from=` + time.Now().AddDate(0, 0, -6).Format(time.DateOnly) + `"]`)
		}, func() {
			if olga.texts("main .chip") == nil || !strings.Contains(olga.Text("main table"), "Sign-in failed") {
				t.Errorf("the log of a week has %s", olga.Text("main"))
			}
		}},
		{"see everything from an IP address", olga, 1, func(h hand) {
			h.search("customer-07")
			h.follow(`.timeline a[href="/audit?ip=198.51.100.7"]`)
		}, func() {
			if got := olga.Text("main table"); !strings.Contains(got, "customer-07") || !strings.Contains(got, "customer-08") {
				t.Errorf("the events from the address are %s", got)
			}
		}},
		{"unblock a customer", olga, 1, func(h hand) {
			h.follow(`form[action="/accounts/` + w.idOf("customer-08") + `/unblock"] button`)
		}, func() {
			olga.at("/")
			olga.says("Account unblocked.")
			if w.account("customer-08").BlockedAt != nil || olga.has(`form[action="/accounts/`+w.idOf("customer-08")+`/unblock"]`) {
				t.Error("the customer is still blocked, or waits to be unblocked")
			}
		}},
		{"create a customer of an organization and copy the sign-in details", olga, 3, func(h hand) {
			h.follow(`a[href="/accounts/new?kind=customer"]`)
			h.fill("[name=name]", "greta")
			h.fill("[name=email]", "greta@example.com")
			h.fill("[name=organization]", "nordkai")
			h.follow(sendsTo("/accounts"))
			olga.keepCopies()
			h.use("[data-text]")
		}, func() {
			oneTime = olga.Text("#generated-password")
			want := "Account name: greta\nPassword: " + oneTime + "\nSign in at: " + w.program.base + "/sign-in\nValid until "
			if got := olga.copied(); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, ", for one sign-in.") {
				t.Errorf("copied is\n%s\nwant\n%s…", got, want)
			}
			if owner := w.account("greta").OwnerID(); owner != w.idOf("nordkai") {
				t.Errorf("the customer belongs to %s", owner)
			}
		}},
		{"choose an own password after the one-time password", greta, 2, func(h hand) {
			h.fill("[name=name]", "greta")
			h.fill("[name=password]", oneTime)
			h.follow("main button.primary")
			greta.at("/password")
			if testbrowser.Eval[bool](greta.Page, `document.querySelector("#confirmation").checkVisibility()`) || strings.Contains(greta.Text("main"), "entropy") {
				t.Error("the page asks twice, or says something of entropy")
			}
			h.fill("[name=password]", carlaPassword)
			h.follow(sendsTo("/password"))
		}, func() {
			greta.at("/me")
			if w.account("greta").OneTime {
				t.Error("the password is still the one-time password")
			}
		}},
		{"give a caller a new one-time password", olga, 3, func(h hand) {
			h.search("customer-04")
			h.use(`a[href="#issue"]`)
			h.follow("#issue " + sendsTo("/accounts/"+w.idOf("customer-04")+"/password"))
			olga.keepCopies()
			h.use("[data-text]")
		}, func() {
			if secret := olga.Text("#generated-password"); !strings.Contains(olga.copied(), "Account name: customer-04\nPassword: "+secret+"\n") {
				t.Errorf("the password is %s, copied is\n%s", secret, olga.copied())
			}
			if !w.account("customer-04").OneTime {
				t.Error("the password is not for one use")
			}
		}},
		{"disable the account of a leaver", olga, 3, func(h hand) {
			h.search("customer-01")
			h.use("main .menu > summary")
			h.use(`a[href="#disable"]`)
			h.follow("#disable button.danger")
		}, func() {
			olga.says("Account disabled")
			if w.account("customer-01").DisabledAt == nil {
				t.Error("the account is not disabled")
			}
		}},
		{"delete an account", olga, 4, func(h hand) {
			h.search("customer-02")
			h.use("main .menu > summary")
			h.use(`a[href="#delete"]`)
			h.fill("[name=confirm]", "customer-02")
			h.follow("#delete button.danger")
		}, func() {
			olga.at("/accounts")
			olga.says("Account deleted.")
			_, err := w.program.database().Read(context.Background()).AccountByIdentifier("customer-02")
			if !errors.Is(err, models.ErrNotFound) {
				t.Errorf("the deleted account: %v", err)
			}
		}},
		{"move a customer to another organization", olga, 4, func(h hand) {
			h.search("customer-05")
			h.use("main .menu > summary")
			h.use(`a[href="#move"]`)
			h.fill("[name=organization]", "nordkai")
			h.follow("#move button.primary")
		}, func() {
			olga.says("Customer moved.")
			if owner := w.account("customer-05").OwnerID(); owner != w.idOf("nordkai") {
				t.Errorf("the customer belongs to %s", owner)
			}
		}},
		{"preview another minimum length and get the policy file", olga, 4, func(h hand) {
			h.follow(`a[href="/policy"]`)
			h.follow(`a[href="/policy/preview"]`)
			h.fill(`[name="ACCOUNT.minimumSymbols"]`, "12")
			h.follow(previewButton)
			h.use(downloadButton)
		}, func() {
			if got := olga.Text(".changes tbody"); !strings.Contains(got, "Minimum length") || !strings.Contains(got, "12") {
				t.Errorf("the changes are %q", got)
			}
			want := strings.Replace(password.Default().File(), `"minimumSymbols": 6,
      "maximumSymbols": 30`, `"minimumSymbols": 12,
      "maximumSymbols": 30`, 1)
			file := filepath.Join(downloads, "passwordpolicy.json")
			first := awaitFile(t, file)
			olga.Click(downloadButton) // the page stays open, and the guard against sending twice lets a second one through
			for _, got := range []string{first, awaitFile(t, file)} {
				if got != want {
					t.Errorf("the file has\n%s", got)
				}
			}
		}},
	} {
		t.Logf("task: %s", task.name)
		task.by.open("/")
		h := handOf(task.by)
		task.do(h)
		task.done()
		if clicks := h.clicks(); clicks > task.clicks {
			t.Errorf("%s: %d clicks, want %d at most", task.name, clicks, task.clicks)
		}
	}
	olga.noProblems()
	greta.noProblems()
}

// hand is all that a task can do to a page.
type hand interface {
	search(text string)      // and opens what is found first
	fill(field, text string) // types into a field
	use(control string)      // of the page that stays
	follow(control string)   // to another page
	clicks() int             // so far
}

// mouse is a hand that clicks, and types.
type mouse struct {
	person
	count int
}

// click is the only way in which the mouse works a page. It clicks where the element is, whatever lies above it.
func (m *mouse) click(selector string, click func(string)) {
	m.w.t.Helper()
	m.count++
	click(selector)
}

func (m *mouse) clicks() int { return m.count }

func (m *mouse) use(control string) { m.w.t.Helper(); m.click(control, m.Click) }

func (m *mouse) follow(control string) { m.w.t.Helper(); m.click(control, m.Submit) }

func (m *mouse) fill(field, text string) {
	m.w.t.Helper()
	if !testbrowser.Eval[bool](m.Page, `document.activeElement.form === document.querySelector('`+field+`').form`) {
		m.click(field, m.Click)
	}
	tabTo(m.w.t, m.Page, field)
	m.Press(text)
}

// keyboard is a hand that uses no mouse.
type keyboard struct{ typist }

func (keyboard) clicks() int { return 0 }

func (k keyboard) use(control string) {
	k.w.t.Helper()
	k.TabTo(control)
	k.Press(kb.Enter)
}

// search opens what is found first, as fast as keys can be pressed.
func (p person) search(text string) {
	p.w.t.Helper()
	p.Press("/")
	p.Press(text)
	p.Enter()
}

// keepCopies remembers what the page copies, as the clipboard would.
func (p person) keepCopies() {
	p.w.t.Helper()
	testbrowser.Eval[bool](p.Page, `(navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }, true)`)
}

// copied returns what the page copied.
func (p person) copied() string {
	p.w.t.Helper()
	p.WaitFor(`window.copied !== undefined`)
	return testbrowser.Eval[string](p.Page, `window.copied`)
}

// awaitFile returns the text of a file that a download writes, and removes it. The browser first makes an empty one.
func awaitFile(t *testing.T, path string) string {
	t.Helper()
	var text []byte
	for end := time.Now().Add(20 * time.Second); len(text) == 0 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		text, _ = os.ReadFile(path)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// texts returns the texts of all elements that a selector finds.
func (p person) texts(selector string) []string {
	p.w.t.Helper()
	return testbrowser.Eval[[]string](p.Page, `[...document.querySelectorAll("`+selector+`")].map(found => found.innerText.trim())`)
}
