package mailer

import (
	"fmt"
	htmltemplate "html/template"
)

// outlook are the functions by which the layout speaks to Outlook for Windows alone, which shows mails with Word: it knows
// no max-width, and enlarges pictures and widths on dense screens. It reads comments that a template could not write, since
// html/template leaves comments out.
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

// outlookTable begins a table of a width in pixels, into which everything up to outlookEnd goes.
func outlookTable(width int) htmltemplate.HTML {
	return htmltemplate.HTML(fmt.Sprintf( //nolint:gosec // a number is all that is put in
		`<!--[if mso]><table role="presentation" align="center" width="%d" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`, width))
}
