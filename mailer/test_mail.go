package mailer

import (
	"html"
	"regexp"

	"latchkey/i18n"
)

// asTest marks a mail as a test, whatever its templates are: in its subject, and at the top of both parts.
func (r Rendered) asTest(words i18n.Words) Rendered {
	notice := words.T("This is a test mail with invented data: nothing has happened to any account.")
	return Rendered{
		Subject: words.T("Test: {{.Subject}}", "Subject", r.Subject),
		Text:    notice + "\n\n" + r.Text,
		HTML:    onTop(r.HTML, `<p style="`+noticeStyle+`">`+html.EscapeString(notice)+"</p>"),
	}
}

// noticeStyle has colours that go together on any ground, light or dark.
const noticeStyle = "margin:0;padding:12px 16px;font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:20px;" +
	"text-align:center;color:#4d3300;background-color:#fde9b8;"

// bodyTag is where the visible part of a document begins.
var bodyTag = regexp.MustCompile(`(?i)<body(\s("[^"]*"|'[^']*'|[^>"'])*)?>`)

// onTop puts a piece before all else that is shown of a document.
func onTop(document, piece string) string {
	at := 0
	if found := bodyTag.FindStringIndex(document); found != nil {
		at = found[1]
	}
	return document[:at] + "\n" + piece + document[at:]
}
