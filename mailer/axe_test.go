package mailer

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"

	"latchkey/i18n"
	"latchkey/internal/testbrowser"
	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestMailsPassAxe looks at the HTML of every mail, in light and dark, wide and narrow: in the first look by all rules, in the others
// by those that a look matters to; with a brand one of each template. Mails that differ from an earlier one in their texts only are checked for fitting into a narrow
// window. The long mode checks all by all rules.
func TestMailsPassAxe(t *testing.T) {
	testkit.Parallel(t)
	testbrowser.AxeScript(t)
	texts := regexp.MustCompile(`>[^<]+<`)
	var files []string
	pages, seen, full := http.NewServeMux(), map[string]bool{}, map[string]bool{}
	for name, change := range map[string]func(*Options){"latchkeys": nil, "branded": branded(t)} {
		every(t, newMailer(t, change), func(_ *testing.T, file string, _ models.Mail, words Rendered) {
			if change != nil && (!strings.HasPrefix(file, i18n.Locales[0]) || !strings.HasSuffix(file, "-1")) {
				return // its look is that of the first
			}
			file = path.Join(name, file)
			files = append(files, file)
			skeleton := texts.ReplaceAllString(words.HTML, "><")
			full[file] = !seen[skeleton] || testkit.Long()
			seen[skeleton] = true
			html := strings.ReplaceAll(words.HTML, "cid:"+logoID, "/logo.png")
			pages.HandleFunc("/"+file, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, html) })
		})
	}
	pages.HandleFunc("/logo.png", func(w http.ResponseWriter, _ *http.Request) { w.Write(pngLogo(t).Content) })
	t.Logf("%d mails, %d kinds of them", len(files), len(seen))
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)
	p := testbrowser.Browser(t)
	for n, look := range testbrowser.Looks() {
		rules := p.AxeOfLook
		if n == 0 || testkit.Long() {
			rules = p.AxeOfMail
		}
		for _, file := range files {
			if n != 1 && !full[file] {
				continue
			}
			p.Goto(server.URL + "/" + file)
			if p.Status != http.StatusOK {
				t.Fatalf("%s is answered %d", file, p.Status)
			}
			p.Look(look)
			found := p.Sideways()
			if full[file] {
				found = append(found, rules()...)
			}
			for _, line := range found {
				t.Errorf("%s, %s: %s", file, look, line)
			}
		}
	}
}
