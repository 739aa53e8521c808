package mailer

import (
	"bytes"
	"net/mail"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"latchkey/i18n"
	"latchkey/internal/problem"
	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

// Data never changes the structure of a mail: it appears as text only.
func FuzzMails(f *testing.F) {
	f.Add("ada", "ada@example.com", "Call 4711.", "", uint8(0))
	f.Add("josé", "o'hara@xn--bcher-kva.example", "", "/latchkey", uint8(3))
	for i, piece := range evil {
		f.Add("ada"+piece, "ada"+piece+"@example.com", "Call "+piece+" now", "/"+piece, uint8(i))
		f.Add(piece, "ada@example.com"+piece, piece, piece, uint8(i*7))
	}
	f.Add("ada", "a..b.@example.com.", "", "", uint8(1)) // no address, and yet nothing that could end a command
	for i, piece := range []string{
		`"><script>alert(1)</script>`, "</title><script>alert(1)</script>", "{{.Help}}", "{{template \"closing\"}}", "]]>", "--><img src=x onerror=alert(1)>",
		"' onmouseover='alert(1)", "&lt;b&gt;&amp;", "<!--", "</style>", "javascript:alert(1)", "%00%0d%0a", "\xff\xfe", "=?utf-8?b?", strings.Repeat("ä", 2000),
	} {
		f.Add(piece, "ada@example.com", piece, "/?x="+piece+"#"+piece, uint8(i))
	}
	m := bare(f)
	f.Fuzz(func(t *testing.T, name, recipient, help, path string, which uint8) {
		base := base + "/" + path
		if (Options{From: m.From, Zone: m.Zone, Now: m.Now, BaseURL: base}).check() != nil {
			base = "https://latchkey.example.com"
		}
		row, plain := choose(which), choose(which)
		row.AccountName, row.Recipient = name, recipient
		mine, usual := m.telling(base, help), m.telling("https://latchkey.example.com", strings.Repeat("x", min(1, len(cleanLine(help)))))
		words := must(mine.Render(row, sampleToken))(t)
		wantReadable(t, words)
		wantSameParts(t, words.HTML, must(usual.Render(plain, sampleToken))(t).HTML)
		wantTold(t, words, mine, row)
		wantHeaders(t, mine, row, words)
	})
}

// bare returns a mailer that captures.
func bare(f *testing.F) *Mailer {
	f.Helper()
	m, err := New(Options{From: &mail.Address{Name: "Latchkey", Address: "latchkey@example.com"}, BaseURL: base, Zone: testkit.Start.Location(), Now: testkit.NewClock().Now})
	if err != nil {
		f.Fatal(err)
	}
	return m
}

// telling returns the same mailer with another base URL, without parsing all templates again.
func (m *Mailer) telling(base, help string) *Mailer {
	other := *m
	other.BaseURL, other.Help = strings.TrimRight(base, "/"), cleanLine(help)
	return &other
}

// choose returns a mail in one of its states and languages.
func choose(which uint8) models.Mail {
	var all []models.Mail
	for _, locale := range i18n.Locales {
		for _, name := range models.MailTemplates() {
			for _, sample := range Samples(name, testkit.Start) {
				sample.Mail.Locale = locale
				all = append(all, sample.Mail)
			}
		}
	}
	return all[int(which)%len(all)]
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// wantReadable checks that the subject is one line, and that no part has characters that a database or mail server rejects.
func wantReadable(t *testing.T, words Rendered) {
	t.Helper()
	if words.Subject == "" || strings.ContainsAny(words.Subject, "\r\n\x00\u0085\u2028\u2029") {
		t.Errorf("the subject %q", words.Subject)
	}
	for _, part := range []string{words.Text, words.HTML} {
		if strings.ContainsAny(part, "\r\x00\x1b") || strings.ToValidUTF8(part, "") != part {
			t.Errorf("a part that not everybody can read: %q", part)
		}
	}
}

// wantSameParts checks that the mail has the elements and attributes of its template.
func wantSameParts(t *testing.T, got, want string) {
	t.Helper()
	if got, want := parts(t, got), parts(t, want); got != want {
		t.Errorf("the mail consists of\n%s, want\n%s", got, want)
	}
}

// parts lists elements and comments with their attributes.
func parts(t *testing.T, page string) string {
	t.Helper()
	var list strings.Builder
	for node := range must(html.Parse(strings.NewReader(page)))(t).Descendants() {
		if node.Type == html.ElementNode || node.Type == html.CommentNode {
			list.WriteString(node.Data)
			for _, attribute := range node.Attr {
				list.WriteString(" " + attribute.Key)
				if attribute.Key != "href" {
					list.WriteString("=" + attribute.Val)
				}
			}
			list.WriteString("\n")
		}
	}
	return list.String()
}

// wantTold: name and help stand there as text, the name without what could make a link or a line of it, and links lead nowhere but to the base URL.
func wantTold(t *testing.T, words Rendered, m *Mailer, row models.Mail) {
	t.Helper()
	page := must(goquery.NewDocumentFromReader(strings.NewReader(words.HTML)))(t)
	name := cleanName(row.AccountName)
	if strings.ContainsAny(name, ":/<>&\"'()[] \t\r\n\x00\u0085\u2028\u2029") {
		t.Errorf("the name is shown as %q", name)
	}
	for _, text := range []string{name, m.Help} {
		if !strings.Contains(words.Text, cleanText(text)) || !strings.Contains(page.Find("body").Text(), cleanText(text)) {
			t.Errorf("a part does not say %q: %s", text, page.Find("body").Text())
		}
	}
	for _, link := range page.Find("[href]").EachIter() {
		to := must(url.Parse(link.AttrOr("href", "")))(t)
		if from := must(url.Parse(m.BaseURL))(t); to.Scheme != from.Scheme || to.Host != from.Host || to.User.String() != from.User.String() {
			t.Errorf("a link leads to %s, the base is %s", to, from)
		}
	}
}

// wantHeaders: the recipient is refused, or the message has the headers that were meant.
func wantHeaders(t *testing.T, m *Mailer, row models.Mail, words Rendered) {
	t.Helper()
	raw, err := m.message(row, words)
	if err != nil {
		if problem.CheckAddress(row.Recipient) == nil {
			t.Errorf("%q cannot be written to: %v", row.Recipient, err)
		}
		return
	}
	message := must(mail.ReadMessage(bytes.NewReader(raw)))(t)
	checkIntact(t, testsmtp.Message{From: m.From.Address, To: []string{row.Recipient}, Header: message.Header, Raw: raw}, row)
	// What is no address though nothing in it ends a command may come in quotes, or not be read.
	to, err := mail.ParseAddress(message.Header.Get("To"))
	if err == nil && strings.ReplaceAll(to.Address, `"`, "") != row.Recipient {
		t.Errorf("the mail is for %q, want %q", to.Address, row.Recipient)
	}
}
