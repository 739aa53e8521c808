package mailer

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"latchkey/models"
)

// known is the CSS that common mail programs support, including Word, with which Outlook on Windows renders mails. Check
// support before adding to it.
var known = strings.Fields(`background-color border border-radius color display font-family font-size font-weight line-height margin
	max-height max-width mso-hide mso-line-height-rule mso-padding-alt mso-table-lspace mso-table-rspace overflow overflow-wrap padding
	text-align text-decoration vertical-align width word-break -webkit-text-size-adjust -ms-text-size-adjust`)

var (
	pixels      = regexp.MustCompile(`(?:^|[;\s])(?:max-)?width:\s*(\d+)px`)
	comments    = regexp.MustCompile(`(?s)<!--.*?-->`)
	conditional = regexp.MustCompile(`(?s)^<!--\[if mso\]>.*<!\[endif\]-->$`)
)

// Mail programs remove scripts, foreign pictures, style sheets and unknown CSS.
func TestMailsNeedOnlyWhatMailProgramsSupport(t *testing.T) {
	for name, change := range map[string]func(*Options){"": nil, "replies": func(o *Options) { o.ReplyTo = o.From }, "brand": branded(t)} {
		m := newMailer(t, change)
		every(t, m, func(t *testing.T, _ string, row models.Mail, words Rendered) {
			for _, test := range []bool{false, true} {
				if row.Data.Test = test; test {
					words = must(m.Render(row, sampleToken))(t)
				}
				for _, fault := range faultsOf(t, words.HTML) {
					t.Errorf("%s, a test %t: %s", name, test, fault)
				}
			}
		})
	}
}

// faultsOf returns what some mail program would render wrong.
func faultsOf(t *testing.T, html string) (faults []string) {
	t.Helper()
	note := func(wrong bool, fault string) {
		if wrong {
			faults = append(faults, fault)
		}
	}
	page, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	note(len(html) > 20_000, "it is large: Gmail cuts off what is beyond 102 kB, and quoted-printable adds to it")
	note(page.Find("img").Not(`[src^="cid:"][width][height][alt=""]`).Length() > 0, "a picture that is not shown, or jumps, or has no alternative")
	note(page.Find("picture, svg, video, script, form, input, button, iframe, object, link, base, font, center").Length() > 0, "an element that is taken away")
	note(page.Find(":not(img)[src], [background], [action], [onclick], [id]").Length() > 0, "an attribute that is taken away")
	note(strings.Contains(html, "url(") || strings.Contains(html, "@import") || strings.Contains(html, "@font-face"), "something is fetched")
	note(page.Find("html[lang][dir]").Length() != 1 || page.Find("body > table[lang][dir]").Length() != 1, "language and direction, which Gmail takes from html, stand on the outermost table too")
	note(page.Find(`meta[name="color-scheme"][content="light dark"]`).Length() != 1 || page.Find("style").Length() != 1, "it does not say that it can be dark")
	return slices.Concat(faults, tableFaults(page), styleFaults(page), linkFaults(page), darkFaults(page), outlookFaults(html), preheaderFaults(page))
}

func tableFaults(page *goquery.Document) (faults []string) {
	for _, table := range page.Find("table").EachIter() {
		if table.AttrOr("role", "") != "presentation" || table.AttrOr("cellpadding", "") != "0" || table.AttrOr("cellspacing", "") != "0" || table.AttrOr("border", "") != "0" {
			faults = append(faults, "a table that is read as one, or that has lines or gaps of its own")
		}
	}
	for _, cell := range page.Find("td").EachIter() {
		if cell.ChildrenFiltered("p, h1, a").Length() == 0 {
			continue
		}
		of := cell.AttrOr("style", "")
		if cell.Is(".button") { // whose words are all in its link
			of = cell.ChildrenFiltered("a").AttrOr("style", "")
		}
		if !strings.Contains(of, "font-family:") || !strings.Contains(of, "line-height:") || !strings.Contains(of, "mso-line-height-rule:exactly") {
			faults = append(faults, "a cell with words whose font Word would choose: Word lets nothing through a table")
		}
	}
	return faults
}

// styleFaults checks inline styles: Gmail drops others in mails of accounts fetched from elsewhere.
func styleFaults(page *goquery.Document) (faults []string) {
	for _, element := range page.Find("body, body [style]").EachIter() {
		style := element.AttrOr("style", "")
		for declaration := range strings.SplitSeq(strings.Trim(style, "; "), ";") {
			property, value, _ := strings.Cut(declaration, ":")
			if !slices.Contains(known, strings.TrimSpace(property)) {
				faults = append(faults, property+" is not known everywhere")
			}
			if strings.Contains(value, "flex") || strings.Contains(value, "grid") || strings.Contains(value, "var(") || strings.Contains(value, "!important") {
				faults = append(faults, declaration+" is not known everywhere")
			}
		}
		for _, width := range pixels.FindAllStringSubmatch(style, -1) {
			if len(width[1]) > 3 || width[1] > "600" {
				faults = append(faults, width[0]+" is wider than a mail program's window")
			}
		}
		if strings.Contains(style, "background-color:") && element.Is("table, td") && element.AttrOr("bgcolor", "") == "" {
			faults = append(faults, "a ground that Word does not see without bgcolor")
		}
	}
	for _, plain := range page.Find("body p:not([style]), body a:not([style]), body h1:not([style])").EachIter() {
		faults = append(faults, "no style of its own: "+plain.Text())
	}
	return faults
}

// linkFaults returns foreign links, and links whose text hides their target.
func linkFaults(page *goquery.Document) (faults []string) {
	shown := map[string]bool{}
	for _, link := range page.Find("a").EachIter() {
		shown[link.Text()] = true
	}
	for _, link := range page.Find("a").EachIter() {
		href := link.AttrOr("href", "")
		if href != base && !strings.HasPrefix(href, base+"/") || !shown[href] {
			faults = append(faults, "a link to elsewhere, or whose address is not written out: "+href)
		}
	}
	return faults
}

// darkFaults checks that each inline colour has a dark one, by media query and for Outlook.com.
func darkFaults(page *goquery.Document) (faults []string) {
	sheet := page.Find("style").Text()
	for _, element := range page.Find("body, body [style*=color]").EachIter() {
		class, style := element.AttrOr("class", ""), element.AttrOr("style", "")
		if strings.Contains(style, noticeStyle) {
			continue // which looks the same in the dark
		}
		for property, mark := range map[string]string{"background-color:": "[data-ogsb]", ";color:": "[data-ogsc]"} {
			if strings.Contains(";"+style, property) && (strings.Count(sheet, "."+class+" {") < 2 || !strings.Contains(sheet, mark+" ."+class+" {")) {
				faults = append(faults, "class "+class+" has a colour, and none in the dark")
			}
		}
	}
	return faults
}

// outlookFaults checks the conditional comments for Word: tables need a width and must be closed.
func outlookFaults(html string) (faults []string) {
	var inside strings.Builder
	for _, comment := range comments.FindAllString(html, -1) {
		if !conditional.MatchString(comment) {
			faults = append(faults, "a comment: "+comment)
		}
		inside.WriteString(comment)
	}
	if opened := strings.Count(inside.String(), "<table"); opened != 1 || opened != strings.Count(inside.String(), "</table>") ||
		!strings.Contains(inside.String(), `width="560"`) || strings.Count(html, "<!--[if") != strings.Count(html, "<![endif]-->") {
		faults = append(faults, "Word, which knows no max-width, is given no table of a width")
	}
	return faults
}

// preheaderFaults checks the preview text that mail lists show after the subject: it must add something.
func preheaderFaults(page *goquery.Document) (faults []string) {
	hidden := page.Find(`body > div[style^="display:none"][style*="mso-hide:all"]`)
	words, _, padded := strings.Cut(hidden.Text(), "\u034f")
	if hidden.Length() != 1 || !padded || !strings.Contains(words, "ada.lovelace: ") || strings.TrimSpace(words) == page.Find("h1").Text() {
		faults = append(faults, "lists of mails show no words of their own beside the subject: "+words)
	}
	if invisible.MatchString(page.Find("body").AttrOr("style", "") + hidden.AttrOr("style", "")) {
		faults = append(faults, "a font too small to be seen, which filters take for a trick")
	}
	return faults
}

// invisible matches what SpamAssassin's rules __FONT_INVIS… match.
var invisible = regexp.MustCompile(`font-size:[01](\.\d+)?(px|pt|em)`)

func TestLintFindsProblems(t *testing.T) {
	m := newMailer(t, nil)
	_, words := letter(t, m, models.MailReminder)
	if faults := faultsOf(t, words.HTML); len(faults) > 0 {
		t.Fatal(faults)
	}
	for old, now := range map[string]string{
		"</h1>": `</h1><img src="https://latchkey.example.com/x.png" width="1" height="1" alt="">`, ` role="presentation"`: "", "max-width:560px": "max-width:760px", "display:inline-block": "display:flex",
		"font-family:Arial,Helvetica,sans-serif;font-size:16px": "font-size:16px", `href="https://latchkey`: `href="https://evil`,
		"<!--[if mso]><table": "<!-- x --><table", "mso-hide:all;": "", "display:none;": "display:none;font-size:1px;", "[data-ogsb] .card": "[data-ogsb] .cart", ` bgcolor="#ffffff"`: "",
		"padding:28px": "position:absolute;padding:28px", ` dir="ltr"`: "", "<bdi>ada.lovelace</bdi>:": "",
		`<a class="link" href="https://latchkey.example.com/password" style="color:#0b5c75;">https://`: `<a class="link" href="https://latchkey.example.com/password" style="color:#0b5c75;">here: `,
	} {
		broken := strings.Replace(words.HTML, old, now, 1)
		if broken == words.HTML {
			t.Errorf("%q does not stand there", old)
		}
		if len(faultsOf(t, broken)) == 0 {
			t.Errorf("%q in place of %q is not found", now, old)
		}
	}
}
