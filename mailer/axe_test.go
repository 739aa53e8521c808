package mailer

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// shown is the HTML of a mail, with the name of its golden file.
type shown struct{ file, html string }

// TestMailsPassAxe looks at the HTML of every mail, in light and dark, wide and narrow. Those that have no part which
// is not in a mail before are only looked at for whether they fit into a narrow window; in the long mode each is looked at
// in full.
func TestMailsPassAxe(t *testing.T) {
	testkit.Parallel(t)
	testbrowser.AxeScript(t)
	var mails []shown
	pages, seen, full := http.NewServeMux(), map[string]bool{}, 0
	every(t, newMailer(t, nil), func(_ *testing.T, file string, _ models.Mail, words Rendered) {
		mails = append(mails, shown{file, words.HTML})
		pages.HandleFunc("/"+file, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, words.HTML) })
	})
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)
	p := testbrowser.Browser(t)
	for _, mail := range mails {
		parts, err := testbrowser.Parts(mail.html)
		if err != nil {
			t.Fatal(err)
		}
		known := len(seen)
		maps.Copy(seen, parts)
		if len(seen) > known || testkit.Long() {
			full++
			lookAtMail(t, p, server.URL, mail.file)
			continue
		}
		p.Look(testbrowser.Looks()[1])
		p.Goto(server.URL + "/" + mail.file)
		wantNothing(t, mail.file, p.Sideways())
	}
	t.Logf("%d mails, %d looked at in full", len(mails), full)
}

// lookAtMail looks at a mail in all ways: in the first by all rules, in the others by those that a look matters to, or, in
// the long mode, by all again.
func lookAtMail(t *testing.T, p *testbrowser.Page, site, file string) {
	t.Helper()
	p.Goto(site + "/" + file)
	if p.Status != http.StatusOK {
		t.Fatalf("%s is answered %d", file, p.Status)
	}
	for n, look := range testbrowser.Looks() {
		p.Look(look)
		rules := p.AxeOfLook
		if n == 0 || testkit.Long() {
			rules = p.AxeOfMail
		}
		wantNothing(t, file+", "+look.String(), append(rules(), p.Sideways()...))
	}
}

func wantNothing(t *testing.T, where string, found []string) {
	t.Helper()
	for _, line := range found {
		t.Errorf("%s: %s", where, line)
	}
}
