package mailer

import (
	"fmt"
	htmltemplate "html/template"
)

// outlook holds template functions for Outlook on Windows, which renders mails with Word: it ignores max-width and scales
// pictures on high-density screens. Conditional comments reach it alone; html/template strips comments from templates.
var outlook = htmltemplate.FuncMap{
	"outlookHead":  func() htmltemplate.HTML { return outlookHead },
	"outlookTable": outlookTable,
	"outlookEnd":   func() htmltemplate.HTML { return outlookEnd },
}

const (
	outlookHead = "<!--[if mso]><noscript><xml><o:OfficeDocumentSettings xmlns:o=\"urn:schemas-microsoft-com:office:office\">" +
		"<o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml></noscript><![endif]-->"
	outlookEnd = "<!--[if mso]></td></tr></table><![endif]-->"
)

// outlookTable opens a table of a width in pixels, which outlookEnd closes.
func outlookTable(width int) htmltemplate.HTML {
	return htmltemplate.HTML(fmt.Sprintf( //nolint:gosec // only a number is inserted
		`<!--[if mso]><table role="presentation" align="center" width="%d" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`, width))
}
