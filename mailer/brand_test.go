package mailer

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"latchkey/brand"
	"latchkey/models"
)

const brandName = "Hollenbeck <b> & Co"

// branded sets an operator's name, logo and accent.
func branded(t *testing.T) func(*Options) {
	t.Helper()
	return func(o *Options) {
		o.Brand = brand.Brand{Name: brandName, Logo: pngLogo(t), Accent: must(brand.ParseAccent("#8a3212"))(t)}
	}
}

// pngLogo returns a wide logo.
func pngLogo(t *testing.T) *brand.Logo {
	t.Helper()
	var content bytes.Buffer
	picture := image.NewRGBA(image.Rect(0, 0, 160, 80))
	draw.Draw(picture, picture.Rect, image.NewUniform(color.RGBA{138, 50, 18, 255}), image.Point{}, draw.Src)
	if err := png.Encode(&content, picture); err != nil {
		t.Fatal(err)
	}
	return must(brand.ParseLogo(content.Bytes()))(t)
}

// The operator's brand replaces the program's in both parts: the name as text, the accent in light and dark mode, and the logo.
func TestMailsShowTheBrandOfTheOperator(t *testing.T) {
	m := newMailer(t, branded(t))
	dark := m.Brand.Accent.Dark
	every(t, m, func(t *testing.T, _ string, row models.Mail, words Rendered) {
		by := map[string]string{"en": "Sent automatically by ", "de": "Automatisch gesendet von "}[row.Locale]
		if !strings.Contains(words.Text, by+brandName+", ") || strings.Contains(words.Text+words.HTML, "Latchkey") {
			t.Errorf("the text does not say %q, or the mail names Latchkey:\n%s", by, words.Text)
		}
		page, err := goquery.NewDocumentFromReader(strings.NewReader(words.HTML))
		if err != nil {
			t.Fatal(err)
		}
		head, logo := page.Find("td > p:first-child").First(), page.Find("td > p:first-child > img")
		if strings.TrimSpace(head.Text()) != brandName || !strings.Contains(page.Find("p").Last().Text(), by+brandName+", ") {
			t.Errorf("it begins with %q and ends with %q", head.Text(), page.Find("p").Last().Text())
		}
		if logo.AttrOr("src", "")+" "+logo.AttrOr("width", "")+"×"+logo.AttrOr("height", "") != "cid:logo@latchkey 80×40" {
			t.Errorf("no logo at its head: %v", logo.Nodes)
		}
		for _, link := range page.Find("a.link").EachIter() {
			if link.AttrOr("style", "") != "color:#8a3212;" {
				t.Errorf("a link in another colour: %s", link.AttrOr("style", ""))
			}
		}
		if button := page.Find(".button"); button.Length() > 0 && button.AttrOr("bgcolor", "") != "#8a3212" {
			t.Errorf("a button in another colour: %s", button.AttrOr("style", ""))
		}
		for _, rule := range []string{".link { color: " + dark.Accent, ".button { background-color: " + dark.Accent, ".button-text { color: " + dark.On} {
			if strings.Count(page.Find("style").Text(), rule+" !important") != 2 {
				t.Errorf("no %s in the dark", rule)
			}
		}
	})
}

// All backgrounds of mails are such that every accent can be read on them.
func TestAccentsCanBeReadInMails(t *testing.T) {
	background := regexp.MustCompile(`\.(?:page|card) \{ background-color: (#\w+)|class="(?:page|card)"[^>]* bgcolor="(#\w+)"`)
	for _, text := range []string{"", "#767676", "#c8102e", "#00843d", "#0000ff", "#000000"} {
		m := newMailer(t, func(o *Options) {
			if text != "" {
				o.Brand.Accent = must(brand.ParseAccent(text))(t)
			}
		})
		_, words := letter(t, m, models.MailExpiration)
		colours := m.Brand.Colours()
		found := map[string]bool{}
		for _, match := range background.FindAllStringSubmatch(words.HTML, -1) {
			surface, tones := match[2], colours.Light
			if match[1] != "" {
				surface, tones = match[1], colours.Dark
			}
			found[surface] = true
			if ratio := brand.Contrast(tones.Accent, surface); ratio < brand.MinContrast {
				t.Errorf("%q: %s on %s has %.2f:1", text, tones.Accent, surface, ratio)
			}
			if ratio := brand.Contrast(tones.Accent, tones.On); ratio < brand.MinContrast {
				t.Errorf("%q: the button's %s on %s has %.2f:1", text, tones.On, tones.Accent, ratio)
			}
		}
		if len(found) != 4 {
			t.Errorf("backgrounds are %v", found)
		}
	}
}

// mimePart is a part of a message.
type mimePart struct{ kind, id, disposition, content string }

// partsOfMessage returns the parts that contain no others.
func partsOfMessage(t *testing.T, header map[string][]string, body io.Reader) (parts []mimePart) {
	t.Helper()
	get := func(name string) string { return mail.Header(header).Get(name) }
	kind, parameters, err := mime.ParseMediaType(get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		if get("Content-Transfer-Encoding") == "base64" {
			body = base64.NewDecoder(base64.StdEncoding, body)
		}
		return []mimePart{{kind, get("Content-Id"), get("Content-Disposition"), string(must(io.ReadAll(body))(t))}}
	}
	parts = []mimePart{{kind: kind}}
	reader := multipart.NewReader(body, parameters["boundary"])
	for {
		part, err := reader.NextRawPart()
		if err != nil {
			return parts
		}
		parts = append(parts, partsOfMessage(t, part.Header, part)...)
	}
}

// The logo is a part of the message (RFC 2392), since mail programs load no pictures. They show neither SVG nor WebP.
func TestLogoIsAPartOfTheMail(t *testing.T) {
	logo := pngLogo(t)
	svg := must(brand.ParseLogo([]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 40"/>`)))(t)
	without := []string{"multipart/alternative", "text/plain", "text/html"}
	for name, c := range map[string]struct {
		change func(*Options)
		want   []string
	}{
		"PNG":  {func(o *Options) { o.Brand.Logo = logo }, append(append([]string{"multipart/related"}, without...), "image/png")},
		"SVG":  {func(o *Options) { o.Brand.Logo = svg }, without},
		"none": {nil, without},
		"not in the operator's template": {func(o *Options) {
			o.Brand.Logo, o.TemplatesDir = logo, own(t, "layout.html", `<html><body>{{template "content" .}}</body></html>`)
		}, without},
	} {
		m := newMailer(t, c.change)
		row, words := letter(t, m, models.MailReminder)
		row.MessageID, row.Recipient = "<1@example.com>", "ada@example.com"
		message := must(mail.ReadMessage(bytes.NewReader(must(m.message(row, words))(t))))(t)
		parts := partsOfMessage(t, message.Header, message.Body)
		var kinds []string
		for _, part := range parts {
			kinds = append(kinds, part.kind)
		}
		if !slices.Equal(kinds, c.want) {
			t.Errorf("%s: the parts are %v", name, kinds)
			continue
		}
		last := parts[len(parts)-1]
		if shows := strings.Contains(words.HTML, "<img"); shows != (last.kind == "image/png") {
			t.Errorf("%s: a picture is shown: %t", name, shows)
		} else if shows && (last.id != "<logo@latchkey>" || !strings.HasPrefix(last.disposition, "inline") || last.content != string(logo.Content)) {
			t.Errorf("%s: the part is %s, %s, %d bytes", name, last.id, last.disposition, len(last.content))
		}
	}
}
