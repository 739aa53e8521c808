package mailer

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"latchkey/internal/testbrowser"
	"latchkey/models"
)

// TestMailsCanBeReadByAll looks at the HTML of every mail, in light and dark, wide and narrow.
func TestMailsCanBeReadByAll(t *testing.T) {
	testbrowser.AxeScript(t)
	shown := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, shown) }))
	defer server.Close()
	every(t, newMailer(t, nil), func(t *testing.T, _ string, _ models.Mail, words Rendered) {
		shown = words.HTML
		p := testbrowser.Browser(t)
		p.Goto(server.URL)
		for _, look := range testbrowser.Looks() {
			p.Look(look)
			for _, line := range append(p.AxeOfMail(), p.Sideways()...) {
				t.Errorf("%s: %s", look, line)
			}
		}
	})
}
