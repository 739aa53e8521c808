package mailer

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestMailsPassAxe looks at the HTML of every mail, in light and dark, wide and narrow: in the first look by all rules, in the others
// by those that a look matters to, or, in the long mode, by all again.
func TestMailsPassAxe(t *testing.T) {
	testkit.Parallel(t)
	testbrowser.AxeScript(t)
	var files []string
	pages := http.NewServeMux()
	every(t, newMailer(t, nil), func(_ *testing.T, file string, _ models.Mail, words Rendered) {
		files = append(files, file)
		pages.HandleFunc("/"+file, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, words.HTML) })
	})
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)
	p := testbrowser.Browser(t)
	for n, look := range testbrowser.Looks() {
		rules := p.AxeOfLook
		if n == 0 || testkit.Long() {
			rules = p.AxeOfMail
		}
		for _, file := range files {
			p.Goto(server.URL + "/" + file)
			if p.Status != http.StatusOK {
				t.Fatalf("%s is answered %d", file, p.Status)
			}
			p.Look(look)
			for _, line := range append(rules(), p.Sideways()...) {
				t.Errorf("%s, %s: %s", file, look, line)
			}
		}
	}
}
