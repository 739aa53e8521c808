package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// linked are the addresses that a text or a page names.
var linked = regexp.MustCompile(`https?://[^\s"'<>]+`)

// Links in mails and the set-up address come from the base URL, whatever host the requests named that caused them; a host that
// is not known causes nothing.
func TestHostPoisoning(t *testing.T) {
	engines(t, func(t *testing.T, p *program) {
		const base = "http://latchkey.example"
		sink := testsmtp.NewSink(t)
		p.args = append(p.args, "--smtp", sink.URL(), "--base-url", base)
		setUp := p.start("127.0.0.1:0")
		if !strings.HasPrefix(setUp, base+"/setup?token=") {
			t.Errorf("the set-up address is %s", setUp)
		}
		p.must("Winter-Tea-7\n", "create-superadmin", "--name", "olga", "--email", "olga@example.com")
		wrong, right := url.Values{"name": {"olga"}, "password": {"wrong"}}, url.Values{"name": {"olga"}, "password": {"Winter-Tea-7"}}
		known := "latchkey.example:" + p.port // under which a link that takes the host from the request would have a port
		if status, _ := p.poison("evil.example", "/sign-in", "", right); status != http.StatusMisdirectedRequest {
			t.Errorf("signing in under an unknown host is answered %d", status)
		}
		status, session := p.poison(known, "/sign-in", "", right)
		if status != http.StatusSeeOther {
			t.Fatalf("signing in is answered %d", status)
		}
		for _, template := range models.MailTemplates() {
			if status, _ := p.poison(known, "/mail/templates/"+template+"/test", session, url.Values{"locale": {"en"}, "state": {"1"}}); status != http.StatusSeeOther {
				t.Errorf("asking for a test of %s is answered %d", template, status)
			}
		}
		for range 10 {
			p.poison(known, "/sign-in", "", wrong)
		}
		for _, message := range sink.Wait(len(models.MailTemplates()) + 1) {
			mail, err := message.Content()
			if err != nil {
				t.Fatal(err)
			}
			links := linked.FindAllString(mail.Text+"\n"+mail.HTML, -1)
			for _, link := range links {
				if link != base && !strings.HasPrefix(link, base+"/") {
					t.Errorf("%s links %s", mail.Subject, link)
				}
			}
			if len(links) < 2 || strings.Contains(string(message.Raw), "evil") || strings.Contains(string(message.Raw), p.port) {
				t.Errorf("%s links %q:\n%s", mail.Subject, links, message.Raw)
			}
		}
	})
}

// poison sends a form under a host, with a session, and names another host in every header that could say one. It returns the
// session that the answer opens.
func (p *program) poison(host, path, session string, form url.Values) (status int, opened string) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, "http://127.0.0.1:"+p.port+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Host = host
	for name, value := range map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https",
		"Forwarded": "host=evil.example;proto=https", "Referer": "https://evil.example/", "X-Original-Url": "https://evil.example/",
		"Cookie": "latchkey=" + session,
	} {
		request.Header.Set(name, value)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = response.Body.Close()
	for _, cookie := range response.Cookies() {
		if cookie.Name == "latchkey" {
			opened = cookie.Value
		}
	}
	return response.StatusCode, opened
}
