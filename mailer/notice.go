package mailer

import (
	"html"
	"regexp"

	"latchkey/i18n"
)

// asTest marks a mail as a test in its subject and at the top of both parts, whatever its templates are.
func (r Rendered) asTest(words i18n.Words) Rendered {
	notice := words.T("This is a test mail with sample data. Nothing has happened to any account.")
	return Rendered{
		Subject: words.T("Test: {{.Subject}}", "Subject", r.Subject),
		Text:    notice + "\n\n" + r.Text,
		HTML:    prepend(r.HTML, `<p style="`+noticeStyle+`">`+html.EscapeString(notice)+"</p>"),
	}
}

// noticeStyle sets text and background colours, so that the notice is readable in light and dark mode.
const noticeStyle = "margin:0;padding:12px 16px;font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:20px;" +
	"text-align:center;color:#4d3300;background-color:#fde9b8;"

// bodyTag starts the visible part of a document.
var bodyTag = regexp.MustCompile(`(?i)<body(\s("[^"]*"|'[^']*'|[^>"'])*)?>`)

// prepend inserts a piece at the top of the visible part of a document.
func prepend(document, piece string) string {
	at := 0
	if found := bodyTag.FindStringIndex(document); found != nil {
		at = found[1]
	}
	return document[:at] + "\n" + piece + document[at:]
}
