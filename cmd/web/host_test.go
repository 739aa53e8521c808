package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"latchkey/internal/testsmtp"
)

// linked are the addresses that a text or a page names.
var linked = regexp.MustCompile(`https?://[^\s"'<>]+`)

// Links in mails and the set-up address come from the base URL, whatever host the requests named that caused them.
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
		for range 10 {
			p.poison("/sign-in", url.Values{"name": {"olga"}, "password": {"wrong"}})
		}
		mail, err := sink.Wait(1)[0].Content()
		if err != nil {
			t.Fatal(err)
		}
		links := linked.FindAllString(mail.Text+"\n"+mail.HTML, -1)
		for _, link := range links {
			if link != base && !strings.HasPrefix(link, base+"/") {
				t.Errorf("the mail links %s", link)
			}
		}
		if len(links) < 2 || strings.Contains(string(sink.Messages()[0].Raw), "evil") {
			t.Errorf("the mail links %q:\n%s", links, sink.Messages()[0].Raw)
		}
	})
}

// poison sends a form that names another host in every header that could say one.
func (p *program) poison(path string, form url.Values) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, "http://127.0.0.1:"+p.port+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Host = "evil.example"
	for name, value := range map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https",
		"Forwarded": "host=evil.example;proto=https", "Referer": "https://evil.example/", "X-Original-Url": "https://evil.example/",
	} {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusUnprocessableEntity {
		p.t.Errorf("%s is answered %d", path, response.StatusCode)
	}
}
